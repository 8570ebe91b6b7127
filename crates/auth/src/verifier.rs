//! From a bearer token to a principal, or a refusal that says which rule it broke.
//!
//! Time is judged by the process's own clock and never by the JWT library, whose checks are
//! switched off: it reads the system clock, does not look at `typ`, and lets a token without `iss`
//! pass.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, dangerous::insecure_decode, errors::ErrorKind,
};
use kernel::Clock;
use quick_cache::sync::Cache;
use runtime::{Tasks, config::IssuerKind};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    ACCESS_TOKEN_TYPE, ENFORCEMENT_POINTS, Issuer, PersonClaims, Principal, Refused, Revocations,
    claims::{CommonClaims, WorkloadClaims, instant},
    steady::Steady,
};

/// Longest token looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;
/// Verified tokens remembered.
const REMEMBERED: usize = 10_000;
/// How far an issuer's clock may be ahead of ours. There is no such grace for expiry.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);
/// How often keys are fetched without being asked for.
const REFRESH_EVERY: Duration = Duration::from_secs(300);

/// Verifies tokens; cheap to clone.
#[derive(Debug, Clone)]
pub struct Verifier {
    inner: Arc<Inner>,
    taken: Taken,
}

/// Whose people's tokens are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Taken {
    /// Those for the platform's RPCs.
    Acting,
    /// Those that are shown to enforcement points, too.
    Shown,
}

#[derive(Debug)]
struct Inner {
    clock: Steady,
    issuers: Vec<Issuer>,
    revocations: Revocations,
    verified: Cache<(Taken, [u8; 32]), Arc<Principal>>,
}

impl Verifier {
    /// Trusts these issuers and no other.
    pub fn new(clock: Arc<dyn Clock>, issuers: Vec<Issuer>, revocations: Revocations) -> Self {
        let inner = Arc::new(Inner {
            clock: Steady::new(clock),
            issuers,
            revocations,
            verified: Cache::new(REMEMBERED),
        });
        Self {
            inner,
            taken: Taken::Acting,
        }
    }

    /// The same for who is shown tokens: takes those for [`ENFORCEMENT_POINTS`] as well. Whoever acts
    /// by what it vouches for would let everybody act who was shown a token.
    #[must_use]
    pub fn of_shown_tokens(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            taken: Taken::Shown,
        }
    }

    /// The principal a token speaks for. A token seen before costs a hash; expiry and revocation
    /// are judged every time.
    ///
    /// # Errors
    /// The first rule the token breaks.
    pub async fn verify(&self, token: &str) -> Result<Arc<Principal>, Refused> {
        let principal = self.recognise(token).await?;
        self.still_good(&principal).map(|()| principal)
    }

    /// The same of a token that may have been revoked: for a record of who it was that is refused.
    ///
    /// # Errors
    /// The first rule the token breaks, revocation aside.
    pub async fn recognise(&self, token: &str) -> Result<Arc<Principal>, Refused> {
        let inner = &self.inner;
        if token.len() > MAX_TOKEN {
            return Err(Refused::Malformed);
        }
        let key = (self.taken, Sha256::digest(token.as_bytes()).into());
        let principal = match inner.verified.get(&key) {
            Some(known) => known,
            None => {
                let new = Arc::new(inner.judge(token, self.taken).await?);
                inner.verified.insert(key, Arc::clone(&new));
                new
            }
        };
        match self.still_good(&principal) {
            Err(Refused::Expired) => {
                inner.verified.remove(&key);
                Err(Refused::Expired)
            }
            Err(Refused::Revoked(_)) | Ok(()) => Ok(principal),
            Err(other) => Err(other),
        }
    }

    /// Whether a principal verified before would be accepted now: for streams that stay open.
    ///
    /// # Errors
    /// Expired or revoked.
    pub fn still_good(&self, principal: &Principal) -> Result<(), Refused> {
        if self.inner.clock.now() >= principal.expires_at {
            return Err(Refused::Expired);
        }
        let against = self.inner.revocations.against(principal);
        against.map_or(Ok(()), |by| Err(Refused::Revoked(by)))
    }

    /// What this verifier holds as withdrawn.
    pub fn revocations(&self) -> &Revocations {
        &self.inner.revocations
    }

    /// Keeps the keys of issuers elsewhere fresh, so that a token rarely waits for a fetch.
    pub fn keep_fresh(&self, tasks: &Tasks) {
        let inner = Arc::clone(&self.inner);
        let stop = tasks.shutdown_token();
        tasks.spawn("auth: issuers' keys", async move {
            loop {
                for issuer in &inner.issuers {
                    issuer.source.refresh().await;
                }
                tokio::select! {
                    () = stop.cancelled() => return Ok::<(), std::convert::Infallible>(()),
                    () = tokio::time::sleep(REFRESH_EVERY) => {}
                }
            }
        });
    }
}

impl Inner {
    /// Everything but expiry and revocation.
    async fn judge(&self, token: &str, taken: Taken) -> Result<Principal, Refused> {
        let (issuer, header) = self.issuer(token)?;
        let expected = match issuer.kind {
            IssuerKind::People => header.typ.as_deref() == Some(ACCESS_TOKEN_TYPE),
            IssuerKind::Workload => matches!(header.typ.as_deref(), None | Some("JWT")),
        };
        if !expected {
            return Err(Refused::Type);
        }
        // An extension we do not understand must not be passed over (RFC 7515, 4.1.11).
        if header.crit.is_some() {
            return Err(Refused::Malformed);
        }
        let kid = header.kid.as_deref().ok_or(Refused::UnknownKey)?;
        let found = issuer.source.find(kid).await?;
        if header.alg != found.algorithm || !issuer.algorithms.contains(&found.algorithm) {
            return Err(Refused::Algorithm);
        }
        let claims = verified_claims(token, &found.key, header.alg)?;
        self.check(&read(&claims)?, issuer, taken)?;
        match issuer.kind {
            IssuerKind::People => read::<PersonClaims>(&claims)?.principal(),
            IssuerKind::Workload => machine(issuer, &read(&claims)?),
        }
    }

    /// Whose token it claims to be. Nothing it says is believed before the signature is checked
    /// with that issuer's keys; a key or address in its header is never looked at.
    fn issuer(&self, token: &str) -> Result<(&Issuer, Header), Refused> {
        #[derive(serde::Deserialize)]
        struct Named {
            iss: Option<String>,
        }
        let unverified = insecure_decode::<Named>(token).map_err(|_| Refused::Malformed)?;
        let name = unverified.claims.iss.ok_or(Refused::Issuer)?;
        let mut issuers = self.issuers.iter();
        let issuer = issuers.find(|issuer| issuer.name == name);
        Ok((issuer.ok_or(Refused::Issuer)?, unverified.header))
    }

    fn check(&self, claims: &CommonClaims, issuer: &Issuer, taken: Taken) -> Result<(), Refused> {
        if claims.iss != issuer.name {
            return Err(Refused::Issuer);
        }
        let shown = taken == Taken::Shown && issuer.kind == IssuerKind::People;
        let for_us = claims.aud.contains(&issuer.audience)
            || shown && claims.aud.contains(ENFORCEMENT_POINTS);
        if !for_us {
            return Err(Refused::Audience);
        }
        let now: Timestamp = self.clock.now();
        if now >= instant(claims.exp)? {
            return Err(Refused::Expired);
        }
        let latest = now.saturating_add(AHEAD).map_err(|_| Refused::Malformed)?;
        let begins = instant(claims.nbf.unwrap_or(claims.iat).max(claims.iat))?;
        if begins > latest {
            return Err(Refused::NotYet);
        }
        Ok(())
    }
}

fn machine(issuer: &Issuer, claims: &WorkloadClaims) -> Result<Principal, Refused> {
    Ok(Principal {
        actor: issuer.machine(&claims.sub).ok_or(Refused::Malformed)?,
        roles: Vec::new(),
        section: None,
        acr: None,
        amr: Vec::new(),
        auth_time: None,
        epoch: 0,
        issuer: claims.iss.clone(),
        expires_at: instant(claims.exp)?,
    })
}

fn read<T: DeserializeOwned>(claims: &Value) -> Result<T, Refused> {
    T::deserialize(claims).map_err(|_| Refused::Malformed)
}

fn verified_claims(token: &str, key: &DecodingKey, algorithm: Algorithm) -> Result<Value, Refused> {
    let mut rules = Validation::new(algorithm);
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    jsonwebtoken::decode::<Value>(token, key, &rules)
        .map(|data| data.claims)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => Refused::Signature,
            ErrorKind::InvalidAlgorithm => Refused::Algorithm,
            _ => Refused::Malformed,
        })
}

#[cfg(test)]
mod tests;
