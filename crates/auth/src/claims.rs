//! What the tokens say.

use jiff::Timestamp;
use kernel::{Actor, PersonId, SectionId, SessionId};
use serde::{Deserialize, Deserializer, Serialize};
use standard::Role;

use crate::{Principal, Refused, SigningKey};

/// The audience of the tokens that this platform's own RPCs take.
pub const AUDIENCE: &str = "sekisho";
/// The audience of a token that a person shows to enforcement points and applications. By it they ask
/// whether the person may enter; no RPC takes it, so whoever is shown it cannot act as its bearer.
pub const ENFORCEMENT_POINTS: &str = "urn:sekisho:enforcement-points";
/// The `typ` of people's access tokens (RFC 9068).
pub const ACCESS_TOKEN_TYPE: &str = "at+jwt";

/// The claims of a person's access token. Times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonClaims {
    /// The identity service.
    pub iss: String,
    /// Staff number.
    pub sub: PersonId,
    /// Exactly one audience: [`AUDIENCE`] or [`ENFORCEMENT_POINTS`].
    #[serde(deserialize_with = "sole_audience")]
    pub aud: String,
    /// No longer good from then on.
    pub exp: i64,
    /// Issued then.
    pub iat: i64,
    /// Last authenticated then.
    pub auth_time: i64,
    /// Assurance: `urn:sekisho:aal1`, `aal2`, `aal3`.
    pub acr: String,
    /// How authenticated (RFC 8176).
    pub amr: Vec<String>,
    /// The session.
    pub sid: SessionId,
    /// The subject's epoch when it was issued.
    pub epoch: u64,
    /// Roles of the posts held. A role this version does not know grants nothing.
    #[serde(default, deserialize_with = "known_roles")]
    pub roles: Vec<Role>,
    /// The person's section.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<SectionId>,
    /// The client it was issued to: `cli`, `portal`.
    pub client_id: String,
    /// Unique id of the token.
    pub jti: String,
}

impl PersonClaims {
    /// The signed token.
    pub fn mint(&self, key: &SigningKey) -> String {
        key.sign(ACCESS_TOKEN_TYPE, self)
    }

    pub(crate) fn principal(self) -> Result<Principal, Refused> {
        if self.sub.as_str().is_empty() || self.sid.as_str().is_empty() {
            return Err(Refused::Malformed);
        }
        Ok(Principal {
            actor: Actor::Person {
                id: self.sub,
                session: self.sid,
            },
            roles: self.roles,
            section: self.section,
            acr: Some(self.acr),
            amr: self.amr,
            auth_time: Some(instant(self.auth_time)?),
            epoch: self.epoch,
            issuer: self.iss,
            expires_at: instant(self.exp)?,
        })
    }
}

/// The claims of a workload's token; other issuers put more beside them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct WorkloadClaims {
    pub(crate) iss: String,
    pub(crate) sub: String,
    pub(crate) aud: Audiences,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) nbf: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jti: Option<String>,
}

/// The claims every token is judged by first.
#[derive(Debug, Deserialize)]
pub(crate) struct CommonClaims {
    pub(crate) iss: String,
    pub(crate) aud: Audiences,
    pub(crate) exp: i64,
    pub(crate) iat: i64,
    #[serde(default)]
    pub(crate) nbf: Option<i64>,
}

/// `aud` is a text or a list of them (RFC 7519).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Audiences {
    One(String),
    Many(Vec<String>),
}

impl Audiences {
    pub(crate) fn contains(&self, audience: &str) -> bool {
        match self {
            Self::One(one) => one == audience,
            Self::Many(many) => many.iter().any(|one| one == audience),
        }
    }
}

pub(crate) fn instant(seconds: i64) -> Result<Timestamp, Refused> {
    Timestamp::from_second(seconds).map_err(|_| Refused::Malformed)
}

fn sole_audience<'de, D: Deserializer<'de>>(input: D) -> Result<String, D::Error> {
    match Audiences::deserialize(input)? {
        Audiences::One(one) => Ok(one),
        Audiences::Many(mut many) if many.len() == 1 => Ok(many.remove(0)),
        Audiences::Many(_) => Err(serde::de::Error::custom("one audience is expected")),
    }
}

fn known_roles<'de, D: Deserializer<'de>>(input: D) -> Result<Vec<Role>, D::Error> {
    let words = Vec::<String>::deserialize(input)?;
    Ok(words.iter().filter_map(|word| word.parse().ok()).collect())
}
