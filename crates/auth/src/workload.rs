//! The platform's own workload tokens: how its services, its command line and registered machines
//! identify themselves where no outside issuer does.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use kernel::Actor;

use crate::{
    KeyError, SigningKey,
    claims::{AUDIENCE, Audiences, WorkloadClaims},
};

/// The `iss` of these tokens.
pub const WORKLOAD_ISSUER: &str = "urn:sekisho:workload";
/// The `typ` of these tokens.
pub(crate) const WORKLOAD_TYPE: &str = "JWT";
/// How long they are good.
const LIFETIME: SignedDuration = SignedDuration::from_mins(5);

/// The key that signs workload tokens, shared by the processes of one installation through a file
/// that only its owner may read.
#[derive(Debug, Clone)]
pub struct WorkloadKey(SigningKey);

impl WorkloadKey {
    /// A new key that no other process knows (tests, a single process).
    pub fn generate() -> Self {
        Self(SigningKey::generate())
    }

    /// The key in a file, made at first start.
    ///
    /// # Errors
    /// As [`SigningKey::load_or_create`].
    pub fn load_or_create(path: &Path) -> Result<Self, KeyError> {
        SigningKey::load_or_create(path).map(Self)
    }

    /// A token for a service or workload, good for five minutes from `now`: `sub` is the actor's
    /// form on records, `service/approvals` or `workload/vdi-gateway`.
    pub fn mint(&self, actor: &Actor, now: Timestamp) -> String {
        self.mint_for(&actor.to_string(), now, LIFETIME)
    }

    /// The public half.
    pub fn key(&self) -> &SigningKey {
        &self.0
    }

    pub(crate) fn mint_for(&self, sub: &str, now: Timestamp, lifetime: SignedDuration) -> String {
        let claims = WorkloadClaims {
            iss: WORKLOAD_ISSUER.to_owned(),
            sub: sub.to_owned(),
            aud: Audiences::One(AUDIENCE.to_owned()),
            exp: now.as_second() + lifetime.as_secs(),
            iat: now.as_second(),
            nbf: None,
            jti: Some(runtime::new_id().to_string()),
        };
        self.0.sign(WORKLOAD_TYPE, &claims)
    }
}
