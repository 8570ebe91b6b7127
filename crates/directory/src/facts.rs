//! The facts, and their fold.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{BureauId, PersonId, PostId, SectionId, SessionId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{InformationClass, NetworkClass, Role};
use store::facts::{Fact, FactSet};

/// Kinds of facts this crate writes and reads.
pub mod kind {
    /// [`super::Bureau`].
    pub const BUREAU: &str = "bureau";
    /// [`super::Section`].
    pub const SECTION: &str = "section";
    /// [`super::Post`].
    pub const POST: &str = "post";
    /// Holder of a post: a staff number.
    pub const HOLDER: &str = "post_holder";
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
    /// Section.
    pub section: SectionId,
    /// Non-regular staff.
    pub non_regular: bool,
}

/// A session that was ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revoked {
    /// Whose it was.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
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
    pub(crate) holders: Arc<BTreeMap<PostId, PersonId>>,
    pub(crate) posts_held: Arc<BTreeMap<PersonId, BTreeSet<PostId>>>,
    pub(crate) people: Arc<BTreeMap<PersonId, Person>>,
    pub(crate) systems: Arc<BTreeMap<SystemId, System>>,
    pub(crate) revoked: Arc<BTreeMap<SessionId, Revoked>>,
    pub(crate) epochs: Arc<BTreeMap<PersonId, u64>>,
}

impl FactSet for Directory {
    fn apply(&mut self, fact: &Fact) {
        match fact.kind.as_str() {
            kind::BUREAU => put(&mut self.bureaus, fact),
            kind::SECTION => put(&mut self.sections, fact),
            kind::POST => put(&mut self.posts, fact),
            kind::PERSON => put(&mut self.people, fact),
            kind::SYSTEM => put(&mut self.systems, fact),
            kind::REVOKED => put(&mut self.revoked, fact),
            kind::EPOCH => put(&mut self.epochs, fact),
            kind::HOLDER => self.hold(fact),
            _ => {}
        }
    }
}

impl Directory {
    /// One holder at a time; whoever held the post before holds it no longer.
    fn hold(&mut self, fact: &Fact) {
        let Ok(post) = fact.id.parse::<PostId>() else {
            return;
        };
        let held = Arc::make_mut(&mut self.posts_held);
        let holders = Arc::make_mut(&mut self.holders);
        if let Some(before) = holders.remove(&post)
            && let Some(posts) = held.get_mut(&before)
        {
            posts.remove(&post);
        }
        if let Some(person) = fact.read::<PersonId>() {
            held.entry(person.clone()).or_default().insert(post.clone());
            holders.insert(post, person);
        }
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
