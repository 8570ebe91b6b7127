//! What identity itself says of people, their sessions and their grants.

use jiff::Timestamp;
use kernel::{
    PersonId, PostId, RestrictedItemId, SectionId, SessionId, SharedId, SystemId, Timeline,
};
use serde::{Deserialize, Serialize};
use standard::AccessPath;

use crate::{
    account::{CredentialId, Verified},
    grant::Ground,
    restricted_item::ItemKind,
};

/// A member of staff, or the own service ID of a software robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Staff number.
    pub id: PersonId,
    /// Sections the person belongs to, from when to when; in none = not in service.
    pub memberships: Timeline<SectionId>,
    /// Of the own ID of a software robot: the one path it comes by (7-8-3).
    pub robot: Option<AccessPath>,
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
    /// The restricted item it admits to; none = the system as such.
    #[serde(default)]
    pub item: Option<RestrictedItemId>,
    /// What it allows, on which permit, from when to when.
    pub ground: Ground,
    /// While its confirmation in a review is open: when it ends unless confirmed (7-2-(3)-2).
    #[serde(default)]
    pub review_due: Option<Timestamp>,
}

impl Grant {
    /// Whether it stands at that instant, and was confirmed in time if it was under review.
    pub fn stands(&self, now: Timestamp) -> bool {
        self.ground.stands(now) && self.review_due.is_none_or(|due| now < due)
    }
}

/// A member of a shared ID has it (4-3-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedIdUse {
    /// The shared ID.
    pub shared_id: SharedId,
    /// The system it is an ID of.
    pub system: SystemId,
    /// Who has it.
    pub person: PersonId,
    /// In which session of theirs.
    pub session: SessionId,
    /// First instant after it.
    pub ends_at: Timestamp,
}

impl SharedIdUse {
    /// Whether it is good for a system, in a session, at that instant.
    pub fn opens(&self, system: &SystemId, session: &SessionId, now: Timestamp) -> bool {
        (&self.system, &self.session) == (system, session) && now < self.ends_at
    }
}

/// Something that only those admitted to it may see or use (7-1-(3)-2, 7-2-(5)-1, 2-3-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RestrictedItem {
    /// Its id.
    pub id: RestrictedItemId,
    /// What it is.
    pub kind: ItemKind,
    /// The system it is kept or reached by.
    pub system: SystemId,
}
