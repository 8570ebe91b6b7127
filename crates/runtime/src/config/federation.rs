//! Providers that people may sign in with (OpenID Connect).

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};
use standard::{FactorKind, amr_category};

/// A provider, and what it is trusted for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FederationSection {
    /// Its name in addresses and on record: 1 to 32 small letters, digits and `-`. Links keep it:
    /// it stays as it is.
    pub id: String,
    /// Its name on the sign-in page, in Japanese.
    pub name_ja: String,
    /// The same in English.
    pub name_en: String,
    /// Its `iss`, exactly: `https://...`, and `/.well-known/openid-configuration` is below it.
    pub issuer: String,
    /// Our `client_id` there.
    pub client_id: String,
    /// The file with our secret there.
    pub client_secret_file: PathBuf,
    /// Scopes asked for beside `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What its `acr` values prove, the one to ask for at a sign-in first. One that is not here
    /// proves nothing.
    #[serde(default)]
    pub acr: Vec<AcrSection>,
    /// What its `amr` values prove. One that is not here proves nothing.
    #[serde(default)]
    pub amr: BTreeMap<String, FactorKind>,
    /// The highest level that counts, whatever it claims.
    #[serde(default)]
    pub ceiling: Ceiling,
    /// How long ago people may have signed in there, in seconds, 1 to 3,600.
    #[serde(default = "five_minutes")]
    pub max_age_seconds: u32,
    /// Hosts that its addresses may name beside the issuer's own.
    #[serde(default)]
    pub allowed_hosts: Vec<String>,
    /// Its hosts may have private addresses (10.0.0.0/8 and the like): a provider in the city's own
    /// network.
    #[serde(default)]
    pub private_addresses: bool,
    /// Its hosts may be this machine, and without TLS: for trying out, where the issuer itself is on
    /// a loopback address.
    #[serde(default)]
    pub loopback: bool,
    /// Who signs its certificates (PEM); none = whom the system trusts.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Its access tokens for us (`aud` names our `client_id`; RFC 9068) are taken in exchange for
    /// ours (RFC 8693).
    #[serde(default)]
    pub exchange: bool,
}

/// What one `acr` value proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcrSection {
    /// The value.
    pub value: String,
    /// The kinds of factors, in the order in which they count up to the ceiling.
    pub proves: Vec<FactorKind>,
}

/// A level of assurance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ceiling {
    /// One category.
    #[default]
    Aal1,
    /// Two categories.
    Aal2,
    /// Two, one of them bound to a device.
    Aal3,
}

impl Ceiling {
    /// The level that one kind reaches by itself.
    fn of(kind: FactorKind) -> Self {
        match kind {
            FactorKind::IcCard => Self::Aal3,
            kind if kind.categories().len() > 1 => Self::Aal2,
            _ => Self::Aal1,
        }
    }
}

const fn five_minutes() -> u32 {
    300
}

/// A problem of a provider: its key, and why.
type Report<'a> = dyn FnMut(&str, String) + 'a;

pub(super) fn check(providers: &[FederationSection], problem: &mut impl FnMut(&str, String)) {
    for (at, provider) in providers.iter().enumerate() {
        let id = &provider.id;
        let mut report = |key: &str, reason: String| {
            problem(
                &format!("identity.federation.{key}"),
                format!("{id:?}: {reason}"),
            );
        };
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if id.is_empty() || id.len() > 32 || !id.chars().all(plain) {
            report(
                "id",
                "it is not 1 to 32 small letters, digits or '-'".to_owned(),
            );
        }
        let same = |other: &FederationSection| other.id == *id || other.issuer == provider.issuer;
        if providers[..at].iter().any(same) {
            report("id", "its id or its issuer is there twice".to_owned());
        }
        if provider.name_ja.is_empty() || provider.name_en.is_empty() {
            report(
                "name_ja",
                "a name in Japanese and in English is needed".to_owned(),
            );
        }
        if provider.client_id.is_empty() {
            report("client_id", "it is empty".to_owned());
        }
        if !(1..=3600).contains(&provider.max_age_seconds) {
            let age = provider.max_age_seconds;
            report("max_age_seconds", format!("{age} is not within 1 to 3600"));
        }
        addresses(provider, &mut report);
        trust(provider, &mut report);
    }
}

fn addresses(provider: &FederationSection, report: &mut Report<'_>) {
    let issuer = &provider.issuer;
    let (scheme, rest) = issuer.split_once("://").unwrap_or(("", ""));
    if rest.is_empty() || rest.starts_with('/') || rest.contains(['?', '#', '@', ' ']) {
        report(
            "issuer",
            format!("{issuer:?} is not of the form https://HOST/PATH"),
        );
    }
    let host = rest.split('/').next().unwrap_or("");
    let local = ["localhost", "127.0.0.1", "[::1]"];
    let is_local = |local: &&str| {
        let after = host.strip_prefix(*local);
        after.is_some_and(|port| port.is_empty() || port.starts_with(':'))
    };
    let is_local = local.iter().any(is_local);
    if provider.loopback && !is_local {
        report(
            "loopback",
            format!("the issuer {issuer:?} is not on a loopback address"),
        );
    }
    match scheme {
        "https" => {}
        "http" if provider.loopback => {}
        _ => report("issuer", format!("{issuer:?} does not begin with https://")),
    }
    for host in &provider.allowed_hosts {
        if host.is_empty() || host.contains(['/', ':', '@', '*', ' ']) {
            report(
                "allowed_hosts",
                format!("{host:?} is not the name of a host"),
            );
        }
    }
}

fn trust(provider: &FederationSection, report: &mut Report<'_>) {
    if provider.acr.is_empty() && provider.amr.is_empty() {
        let reason = "neither acr nor amr says what it proves, so nobody could sign in with it";
        report("acr", reason.to_owned());
    }
    for (at, acr) in provider.acr.iter().enumerate() {
        if acr.value.is_empty() || acr.value.contains(char::is_whitespace) {
            report("acr", format!("{:?} is not a value of acr", acr.value));
        }
        if provider.acr[..at]
            .iter()
            .any(|other| other.value == acr.value)
        {
            report("acr", format!("{:?} is there twice", acr.value));
        }
        if acr.proves.is_empty() {
            report(
                "acr",
                format!("{:?} proves nothing: leave it out", acr.value),
            );
        }
    }
    for vague in ["mfa", "mca", "rba", "geo", "user", "wia"] {
        if provider.amr.contains_key(vague) {
            report("amr", format!("{vague:?} names no factor and proves none"));
        }
    }
    for (value, kind) in &provider.amr {
        // One registered value is one category, whatever else was verified beside it.
        let Some(category) = amr_category(value) else {
            continue;
        };
        if kind.categories() != [category] {
            let reason = format!("{value:?} proves {category}, and {kind} is more or another");
            report("amr", reason);
        }
    }
    let by_acr = provider.acr.iter().flat_map(|acr| &acr.proves);
    for kind in by_acr.chain(provider.amr.values()) {
        if kind.categories().is_empty() {
            report("acr", format!("{kind} is nothing that a provider proves"));
        } else if Ceiling::of(*kind) > provider.ceiling {
            let reason = format!("{kind} by itself is above its ceiling");
            report("ceiling", reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        id = "city"
        name_ja = "市"
        name_en = "City"
        issuer = "https://idp.example/realms/city"
        client_id = "sekisho"
        client_secret_file = "secret"
        ceiling = "aal2"
        acr = [{ value = "2", proves = ["password", "totp"] }]
        [amr]
        hwk = "totp"
        passkey = "passkey"
    "#;

    fn problems(texts: &[String]) -> Vec<String> {
        let read = |text: &String| toml::from_str(text).expect("read");
        let providers: Vec<FederationSection> = texts.iter().map(read).collect();
        let mut problems = Vec::new();
        check(&providers, &mut |key: &str, reason: String| {
            problems.push(format!("{key} {reason}"));
        });
        problems
    }

    #[test]
    fn a_provider_that_could_not_work_or_be_trusted_is_refused_by_its_key() {
        assert_eq!(problems(&[GOOD.to_owned()]), Vec::<String>::new());
        let cases = [
            ("\"city\"", "\"City\"", "federation.id"),
            ("https://idp", "http://idp", "federation.issuer"),
            (
                "city\"\n        client",
                "city?a\"\n        client",
                "federation.issuer",
            ),
            ("\"2\"", "\"\"", "federation.acr"),
            ("[\"password\", \"totp\"]", "[]", "federation.acr"),
            ("\"totp\"]", "\"recovery_code\"]", "federation.acr"),
            ("hwk =", "mfa =", "federation.amr"),
            ("hwk = \"totp\"", "hwk = \"passkey\"", "federation.amr"),
            ("hwk =", "pwd =", "federation.amr"),
            ("aal2", "aal1", "federation.ceiling"),
            ("\"totp\"]", "\"ic_card\"]", "federation.ceiling"),
            (
                "id = \"city\"",
                "id = \"city\"\nloopback = true",
                "federation.loopback",
            ),
            (
                "id = \"city\"",
                "id = \"city\"\nmax_age_seconds = 0",
                "federation.max_age_seconds",
            ),
            (
                "id = \"city\"",
                "id = \"city\"\nallowed_hosts = [\"*.example\"]",
                "federation.allowed_hosts",
            ),
        ];
        for (from, to, key) in cases {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let found = problems(&[text]);
            assert!(found.iter().any(|one| one.contains(key)), "{to}: {found:?}");
        }
        let twice = problems(&[GOOD.to_owned(), GOOD.to_owned()]);
        assert_eq!(twice.len(), 1, "{twice:?}");
    }
}
