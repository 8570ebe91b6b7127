//! What identity itself says of people, their sessions and their grants.

use jiff::Timestamp;
use kernel::{PersonId, PostId, SectionId, SessionId, SystemId, Timeline};
use serde::{Deserialize, Serialize};

use crate::{
    account::{CredentialId, Verified},
    grant::Ground,
};

/// A member of staff, or the own service ID of a software robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Staff number.
    pub id: PersonId,
    /// Sections the person belongs to, from when to when; in none = not in service.
    pub memberships: Timeline<SectionId>,
    /// A service ID made for a software robot (7-8-3).
    pub robot: bool,
}

/// An account that must not be used: the person left or moved away, or it lay dormant (7-2-(9)-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Disabled {
    /// Staff number.
    pub person: PersonId,
}

/// A person's epoch: access tokens with an older one are refused, whatever any clock says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// Staff number.
    pub person: PersonId,
    /// It only rises.
    pub epoch: u64,
}

/// A credential reported lost: dead for good (4-4-4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// Whose it was.
    pub person: PersonId,
    /// The credential.
    pub credential: CredentialId,
}

/// A session. Ended and revoked ones are removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id, the `sid` of access tokens.
    pub id: SessionId,
    /// Whose it is.
    pub person: PersonId,
    /// Factors verified in it, each credential once with its latest time.
    pub factors: Vec<Verified>,
    /// Hard end.
    pub ends_at: Timestamp,
}

/// Who holds a post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holders {
    /// The post.
    pub post: PostId,
    /// Who holds it, from when to when.
    pub holders: Timeline<PersonId>,
}

/// One ground on which a person may use a system (利用者登録, 7-2-(1)-1) or administer it
/// (7-2-(8)-1a).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// The person.
    pub person: PersonId,
    /// The system.
    pub system: SystemId,
    /// What it allows, on which permit, from when to when.
    pub ground: Ground,
}
