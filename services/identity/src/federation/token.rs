//! Tokens of a provider that do not come by the library's ways: logout tokens and access tokens.
//!
//! What a token says of its own verification (`alg`, `kid`) only selects among what is allowed here;
//! keys it brings or points to are passed over, and a header that must be understood is refused.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use openidconnect::{
    JsonWebKey as _,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{
    claims::SKEW,
    code::ALGORITHMS,
    provider::{Metadata, Provider, Unknown},
    refused::Rejected,
};

/// Longest token looked at.
const LONGEST: usize = 12 << 10;

/// A token whose signature, issuer, audience and times are right.
#[derive(Debug)]
pub(super) struct Verified {
    /// The header's `typ`, in small letters and without `application/`.
    pub(super) kind: String,
    pub(super) claims: Map<String, Value>,
    pub(super) issued_at: Timestamp,
    pub(super) ends_at: Timestamp,
}

#[derive(Deserialize)]
struct Header {
    alg: Value,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

impl Verified {
    /// A claim that is text.
    pub(super) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim).and_then(Value::as_str)
    }

    /// A claim that is a time.
    pub(super) fn time(&self, claim: &str) -> Option<Timestamp> {
        time(&self.claims, claim)
    }
}

/// Verifies a token of that provider for us.
///
/// # Errors
/// [`Rejected::Token`] with the reason, [`Rejected::NoKey`] or [`Rejected::Unavailable`].
pub(super) async fn verified(
    text: &str,
    provider: &Provider,
    now: Timestamp,
) -> Result<Verified, Rejected> {
    let bad = |reason: &str| Rejected::Token(reason.to_owned());
    if text.len() > LONGEST {
        return Err(bad("it is too long"));
    }
    let (message, signature) = text.rsplit_once('.').ok_or_else(|| bad("it is no JWT"))?;
    let (header, payload) = message.split_once('.').ok_or_else(|| bad("it is no JWT"))?;
    let bytes = |part: &str| {
        URL_SAFE_NO_PAD
            .decode(part)
            .map_err(|_| bad("it is no JWT"))
    };
    let header: Header =
        serde_json::from_slice(&bytes(header)?).map_err(|_| bad("its header cannot be read"))?;
    if header.crit.is_some() {
        return Err(bad("its header asks for what is not known here"));
    }
    let alg: Option<CoreJwsSigningAlgorithm> = serde_json::from_value(header.alg).ok();
    let alg = alg.filter(|alg| ALGORITHMS.contains(alg));
    let alg = alg.ok_or_else(|| bad("its algorithm is not allowed"))?;
    let kid = header.kid.as_deref();
    let known = provider
        .metadata(now)
        .await
        .map_err(|error| unknown(provider, &error))?;
    let metadata = match key(&known, kid, &alg) {
        Some(_) => known,
        None => provider
            .renewed(&known, now)
            .await
            .map_err(|_| Rejected::NoKey)?,
    };
    let key = key(&metadata, kid, &alg).ok_or(Rejected::NoKey)?;
    let right = key.verify_signature(&alg, message.as_bytes(), &bytes(signature)?);
    right.map_err(|_| bad("its signature is wrong"))?;
    let claims: Map<String, Value> =
        serde_json::from_slice(&bytes(payload)?).map_err(|_| bad("its claims cannot be read"))?;
    judged(header.typ.as_deref(), claims, provider, now).map_err(bad)
}

fn judged(
    typ: Option<&str>,
    claims: Map<String, Value>,
    provider: &Provider,
    now: Timestamp,
) -> Result<Verified, &'static str> {
    let section = &provider.section;
    if claims.get("iss").and_then(Value::as_str) != Some(&section.issuer) {
        return Err("it is another issuer's");
    }
    let us = Value::String(section.client_id.clone());
    let for_us = match claims.get("aud") {
        Some(Value::Array(all)) => all.contains(&us),
        other => other == Some(&us),
    };
    if !for_us {
        return Err("it is not for us");
    }
    let issued_at = time(&claims, "iat").ok_or("it does not say when it was issued")?;
    let ends_at = time(&claims, "exp").ok_or("it does not say when it ends")?;
    if issued_at > now + SKEW {
        return Err("it will be issued later");
    }
    if ends_at <= now {
        return Err("it has ended");
    }
    match claims.get("nbf").map(|_| time(&claims, "nbf")) {
        None => {}
        Some(Some(begins)) if begins <= now + SKEW => {}
        Some(_) => return Err("it is not good yet"),
    }
    let typ = typ.unwrap_or("jwt").to_ascii_lowercase();
    let kind = typ.strip_prefix("application/").unwrap_or(&typ).to_owned();
    Ok(Verified {
        kind,
        claims,
        issued_at,
        ends_at,
    })
}

fn unknown(provider: &Provider, error: &Unknown) -> Rejected {
    tracing::warn!(provider = provider.id(), %error, "a provider cannot be used");
    Rejected::Unavailable
}

/// The one key that a token may be signed with.
fn key<'a>(
    metadata: &'a Metadata,
    kid: Option<&str>,
    alg: &CoreJwsSigningAlgorithm,
) -> Option<&'a CoreJsonWebKey> {
    let fits = |key: &&CoreJsonWebKey| {
        let named = kid.is_none() || key.key_id().map(|id| id.as_str()) == kid;
        let typed = openidconnect::JwsSigningAlgorithm::key_type(alg);
        named && typed.as_ref() == Some(key.key_type())
    };
    let mut fitting = metadata.jwks().keys().iter().filter(fits);
    let one = fitting.next()?;
    // Of several nobody knows which: a provider with more than one key names it.
    fitting.next().is_none().then_some(one)
}

/// Whole seconds only: a time that is text or a fraction is none.
fn time(claims: &Map<String, Value>, claim: &str) -> Option<Timestamp> {
    let seconds = claims.get(claim)?.as_i64()?;
    Timestamp::from_second(seconds).ok()
}

/// The issuer that a token names: whose it claims to be, nothing more.
pub(super) fn issuer(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Claimed {
        iss: String,
    }
    let payload = text.get(..LONGEST.min(text.len()))?.split('.').nth(1)?;
    let bytes = URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claimed: Claimed = serde_json::from_slice(&bytes).ok()?;
    Some(claimed.iss)
}
