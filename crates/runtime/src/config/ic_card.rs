//! Settings of signing in with the certificates of ID cards.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::PagesSection;

/// The certificates of ID cards. Without issuers, no card signs in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IcCardSection {
    /// Who issues the certificates on cards: a name for each issuer, by which cards are registered, and
    /// its own certificates (PEM; several when its key was renewed). Each signs the cards' certificates
    /// itself: what stands between is not looked at.
    pub issuers: BTreeMap<String, PathBuf>,
    /// Names of the workloads that terminate TLS for browsers, and whose word counts on who holds the
    /// key of a certificate.
    pub terminators: Vec<String>,
    /// Where identity itself speaks TLS with browsers that hold a card (the card door); none = no
    /// card at the pages. Nothing may terminate TLS before it.
    pub listen: Option<SocketAddr>,
    /// The door's own certificate, and those between it and its issuer (PEM).
    pub certificate_file: Option<PathBuf>,
    /// The key of it (PEM, mode 0600).
    pub key_file: Option<PathBuf>,
    /// Where browsers reach the door: `https://HOST[:PORT]` with the host of the pages, whose cookies
    /// it shares; none = that host at the port of `listen`.
    pub origin: Option<String>,
}

impl IcCardSection {
    /// Where browsers reach the door when it listens at that port.
    pub fn door_origin(&self, pages: &PagesSection, port: u16) -> String {
        let usual = || format!("https://{}:{port}", host(&pages.origin));
        self.origin.clone().unwrap_or_else(usual)
    }

    pub(super) fn check(&self, pages: &PagesSection, problem: &mut impl FnMut(&str, String)) {
        let with_door = [
            ("certificate_file", self.certificate_file.is_some(), true),
            ("key_file", self.key_file.is_some(), true),
            ("issuers", !self.issuers.is_empty(), true),
            ("origin", self.origin.is_some(), false),
        ];
        for (key, set, needed) in with_door {
            if self.listen.is_some() && needed && !set {
                let reason = "is needed with identity.ic_card.listen";
                problem(&format!("identity.ic_card.{key}"), reason.into());
            }
            if self.listen.is_none() && set && key != "issuers" {
                let reason = "means nothing without identity.ic_card.listen";
                problem(&format!("identity.ic_card.{key}"), reason.into());
            }
        }
        let Some(origin) = &self.origin else {
            return;
        };
        let after = origin.strip_prefix("https://").unwrap_or("");
        if after.is_empty() || after.contains(['/', '?', '#', '@']) || !super::is_http_uri(origin) {
            let reason = format!("{origin:?} is not of the form https://HOST[:PORT]");
            problem("identity.ic_card.origin", reason);
        } else if host(origin) != host(&pages.origin) {
            let reason = format!(
                "{origin:?} is on another host than identity.pages.origin {:?}, and would not share \
                 its cookies",
                pages.origin
            );
            problem("identity.ic_card.origin", reason);
        }
    }
}

/// The host of an origin, without its port; an address of IPv6 in its brackets.
fn host(origin: &str) -> &str {
    let after = origin.split_once("://").map_or("", |(_, rest)| rest);
    let end = if after.starts_with('[') {
        after.find(']').map(|at| at + 1)
    } else {
        after.find(':')
    };
    &after[..end.unwrap_or(after.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Vec<String> {
        let section: IcCardSection = toml::from_str(text).expect("a section");
        let pages = PagesSection {
            origin: "https://sekisho.example.city".to_owned(),
            return_to: Vec::new(),
        };
        let mut found = Vec::new();
        section.check(&pages, &mut |key, reason| {
            found.push(format!("{key}: {reason}"))
        });
        found
    }

    const WHOLE: &str = "listen = '0.0.0.0:7443'\nissuers.city = 'c'\ncertificate_file = 'a'\n\
                         key_file = 'b'\n";

    #[test]
    fn the_door_is_set_up_whole_or_not_at_all() {
        assert_eq!(told(""), Vec::<String>::new());
        assert_eq!(
            told("issuers.city = 'c'\nterminators = ['gate']"),
            Vec::<String>::new()
        );
        assert_eq!(told(WHOLE), Vec::<String>::new());
        let lacking = told("listen = '0.0.0.0:7443'");
        for (found, key) in lacking
            .iter()
            .zip(["certificate_file", "key_file", "issuers"])
        {
            assert_eq!(
                *found,
                format!("identity.ic_card.{key}: is needed with identity.ic_card.listen")
            );
        }
        assert_eq!(lacking.len(), 3);
        let idle = told("certificate_file = 'a'\nkey_file = 'b'\norigin = 'https://x'");
        assert_eq!(idle.len(), 4, "{idle:?}");
        assert!(idle[0].ends_with("means nothing without identity.ic_card.listen"));
    }

    #[test]
    fn the_door_is_at_the_host_of_the_pages_and_behind_tls() {
        for (origin, wrong) in [
            ("https://sekisho.example.city:7443", None),
            ("https://sekisho.example.city", None),
            (
                "http://sekisho.example.city:7443",
                Some("is not of the form"),
            ),
            (
                "https://sekisho.example.city/card",
                Some("is not of the form"),
            ),
            ("https://", Some("is not of the form")),
            ("https://card.example.city", Some("is on another host")),
        ] {
            let found = told(&format!("{WHOLE}origin = '{origin}'"));
            match (found.as_slice(), wrong) {
                ([], None) => {}
                ([one], Some(part)) => assert!(
                    one.starts_with("identity.ic_card.origin: ") && one.contains(part),
                    "{one}"
                ),
                other => panic!("{origin}: {other:?}"),
            }
        }
    }

    #[test]
    fn without_an_origin_it_is_the_port_that_it_listens_at() {
        let section = IcCardSection::default();
        for (pages, door) in [
            ("http://localhost:7080", "https://localhost:7443"),
            (
                "https://sekisho.example.city",
                "https://sekisho.example.city:7443",
            ),
            ("http://[::1]:7080", "https://[::1]:7443"),
        ] {
            let pages = PagesSection {
                origin: pages.to_owned(),
                return_to: Vec::new(),
            };
            assert_eq!(section.door_origin(&pages, 7443), door);
        }
    }
}
