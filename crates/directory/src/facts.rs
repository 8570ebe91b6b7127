//! The facts, and their fold.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use kernel::{BureauId, PersonId, PostId, SectionId, SystemId, Timeline};
use serde::{Deserialize, Serialize};
use standard::{AccessPath, InformationClass, NetworkClass, Role};
use store::facts::{Fact, FactSet};

use crate::Delegation;

/// Kinds of facts this crate writes and reads.
pub mod kind {
    /// [`super::Bureau`].
    pub const BUREAU: &str = "bureau";
    /// [`super::Section`].
    pub const SECTION: &str = "section";
    /// [`super::Post`].
    pub const POST: &str = "post";
    /// Holders of a post: staff numbers, from when to when.
    pub const HOLDERS: &str = "post_holders";
    /// [`super::Delegation`], by section.
    pub const DELEGATION: &str = "delegation";
    /// [`super::Person`].
    pub const PERSON: &str = "person";
    /// [`super::Revoked`], by session id.
    pub const REVOKED: &str = "revoked_session";
    /// A person's epoch: a number.
    pub const EPOCH: &str = "epoch";
    /// [`super::System`].
    pub const SYSTEM: &str = "system";
}

/// A bureau or ward.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bureau {
    /// Name.
    pub name: String,
    /// True for a ward.
    pub ward: bool,
}

/// A section or third-class office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Name.
    pub name: String,
    /// Its bureau.
    pub bureau: BureauId,
    /// For a third-class office, the section it belongs to.
    pub parent: Option<SectionId>,
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// Title.
    pub title: String,
    /// Section; none at bureau or city level.
    pub section: Option<SectionId>,
    /// Bureau; none at city level.
    pub bureau: Option<BureauId>,
    /// Roles that belong to it.
    pub roles: Vec<Role>,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name as shown.
    pub name: String,
    /// Sections, from when to when; in none = not in service.
    pub memberships: Timeline<SectionId>,
    /// Non-regular staff.
    pub non_regular: bool,
    /// Of the own ID of a software robot: the one path it comes by (7-8-3).
    pub robot: Option<AccessPath>,
    /// An ID for emergencies, which serves only while it is open (7-2-(8)-1b).
    pub emergency: bool,
}

impl Person {
    /// Whether the ID is a member of staff's own, and neither a robot's nor one for emergencies.
    pub const fn is_staff(&self) -> bool {
        self.robot.is_none() && !self.emergency
    }

    /// The section at that instant; none = not in service.
    pub fn section(&self, now: Timestamp) -> Option<&SectionId> {
        self.memberships.at(now).map(|spell| &spell.value)
    }
}

/// A session that was ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Whose it was.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// A loss ended it (4-4-4).
    pub lost: bool,
}

/// A person's epoch: access tokens with an older one are refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// It only rises.
    pub epoch: u64,
    /// A loss raised it (4-4-4).
    pub lost: bool,
}

impl Revoked {
    /// The longest a session may last by configuration, and an hour more for its last token and for
    /// clocks that differ.
    const KEPT: SignedDuration = SignedDuration::from_hours(24 + 1);

    /// Whether no session or token of that time can be good any more, so that nobody need know.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.at) > Self::KEPT
    }
}

/// An information system, as far as others must know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Name.
    pub name: String,
    /// Section that owns it.
    pub owner: SectionId,
    /// Sections whose work uses it.
    pub used_by: Vec<SectionId>,
    /// Class of its network.
    pub network: NetworkClass,
    /// Built or procured for cloud use.
    pub cloud: bool,
    /// Offered over telework.
    pub telework: bool,
    /// Handles personal information.
    pub personal_information: bool,
    /// Strictest class of information it handles; none recorded = `None`.
    pub highest_class: Option<InformationClass>,
    /// Important (derived by the ledger).
    pub important: bool,
    /// The recorded consideration of multi-factor authentication: introduced or not; `None` = none.
    pub mfa_introduced: Option<bool>,
    /// Out of service.
    pub retired: bool,
}

/// The city as known here. Cheap to clone: the maps are shared until changed.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    pub(crate) bureaus: Arc<BTreeMap<BureauId, Bureau>>,
    pub(crate) sections: Arc<BTreeMap<SectionId, Section>>,
    pub(crate) posts: Arc<BTreeMap<PostId, Post>>,
    pub(crate) holders: Arc<BTreeMap<PostId, Timeline<PersonId>>>,
    /// Now or at another time: whether it is so at an instant, the holders tell.
    pub(crate) posts_held: Arc<BTreeMap<PersonId, BTreeSet<PostId>>>,
    pub(crate) people: Arc<BTreeMap<PersonId, Person>>,
    pub(crate) systems: Arc<BTreeMap<SystemId, System>>,
    pub(crate) delegations: Arc<BTreeMap<SectionId, Delegation>>,
}

impl FactSet for Directory {
    fn apply(&mut self, fact: &Fact) {
        match fact.kind.as_str() {
            kind::BUREAU => put(&mut self.bureaus, fact),
            kind::SECTION => put(&mut self.sections, fact),
            kind::POST => put(&mut self.posts, fact),
            kind::PERSON => put(&mut self.people, fact),
            kind::SYSTEM => put(&mut self.systems, fact),
            kind::DELEGATION => put(&mut self.delegations, fact),
            kind::HOLDERS => self.hold(fact),
            _ => {}
        }
    }
}

impl Directory {
    /// Whoever held the post by what was known before may hold it no longer.
    fn hold(&mut self, fact: &Fact) {
        let Ok(post) = fact.id.parse::<PostId>() else {
            return;
        };
        let held = Arc::make_mut(&mut self.posts_held);
        let before = self.holders.get(&post).cloned().unwrap_or_default();
        for spell in before.spells() {
            if let Some(posts) = held.get_mut(&spell.value) {
                posts.remove(&post);
            }
        }
        let known: Timeline<PersonId> = fact.read().unwrap_or_default();
        for spell in known.spells() {
            let posts = held.entry(spell.value.clone()).or_default();
            posts.insert(post.clone());
        }
        put(&mut self.holders, fact);
    }
}

fn put<K, V>(map: &mut Arc<BTreeMap<K, V>>, fact: &Fact)
where
    K: std::str::FromStr + Ord + Clone,
    V: serde::de::DeserializeOwned + Clone,
{
    let Ok(id) = fact.id.parse::<K>() else {
        tracing::error!(kind = %fact.kind, id = %fact.id, "a fact has no valid id");
        return;
    };
    let map = Arc::make_mut(map);
    match fact.read::<V>() {
        Some(value) => {
            map.insert(id, value);
        }
        None => {
            map.remove(&id);
        }
    }
}
