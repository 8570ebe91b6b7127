//! Exceptions and permits, as far as decisions are relaxed by them.

use std::{collections::BTreeSet, fmt};

use jiff::Timestamp;
use kernel::{
    ClauseId, DeviceId, ExceptionId, NetworkId, PermitId, PersonId, PostId, SectionId, SystemId,
};
use serde::{Deserialize, Serialize};
use standard::{AccessPath, InformationClass};

use super::{Case, Facts, Object};

/// Which exception or permit. Permits sort first: they are the ordinary way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RelaxationId {
    /// A permit whose kind relaxes clauses, such as one for a public line (7-2-(4)-2b).
    Permit(PermitId),
    /// An exception (8-4-(1)-1, 8-4-(2)-1).
    Exception(ExceptionId),
}

/// `permit:<id>` or `exception:<id>`, the form in fact keys.
impl fmt::Display for RelaxationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permit(id) => write!(f, "permit:{id}"),
            Self::Exception(id) => write!(f, "exception:{id}"),
        }
    }
}

/// What a relaxation covers. Its people are those of all three lists together; an empty list
/// means "none", except for devices, networks and paths, where it means "any".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// People by staff number.
    pub people: BTreeSet<PersonId>,
    /// Posts whose holders are covered.
    pub posts: BTreeSet<PostId>,
    /// Sections whose members are covered.
    pub sections: BTreeSet<SectionId>,
    /// Systems.
    pub systems: BTreeSet<SystemId>,
    /// Devices; empty = any.
    pub devices: BTreeSet<DeviceId>,
    /// Networks that are to be changed; empty = any.
    pub networks: BTreeSet<NetworkId>,
    /// Paths; empty = any.
    pub paths: Vec<AccessPath>,
    /// Strictest class covered; `None` covers no more than class III.
    pub ceiling: Option<InformationClass>,
}

/// An exception or permit with the clauses it relaxes, for what and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relaxation {
    /// Which it is.
    pub id: RelaxationId,
    /// Exactly the clauses it relaxes.
    pub clauses: BTreeSet<ClauseId>,
    /// For what.
    pub scope: Scope,
    /// From this instant.
    pub starts_at: Timestamp,
    /// Until just before this instant; `None` = until revoked (permits only).
    pub ends_at: Option<Timestamp>,
}

/// Why an exception or permit that names a clause does not relax it in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Miss {
    /// It has not begun.
    NotYet,
    /// It is over.
    Over,
    /// It is for other people.
    Person,
    /// It is for other systems.
    System,
    /// It is for other devices.
    Device,
    /// It is for other networks.
    Network,
    /// It is for other paths.
    Path,
    /// It covers no information of so strict a class.
    Class,
}

impl Miss {
    /// The spelling in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::Over => "over",
            Self::Person => "person",
            Self::System => "system",
            Self::Device => "device",
            Self::Network => "network",
            Self::Path => "path",
            Self::Class => "class",
        }
    }
}

impl Relaxation {
    /// Whether it relaxes this clause in this case. Time is the case's own.
    pub(super) fn relaxes(&self, clause: &ClauseId, case: &Case<'_>, facts: &Facts) -> bool {
        self.clauses.contains(clause) && self.misses(case, facts).is_none()
    }

    /// Why it does not apply to this case, whatever clauses it names; `None` when it does.
    pub(super) fn misses(&self, case: &Case<'_>, facts: &Facts) -> Option<Miss> {
        if case.now < self.starts_at {
            return Some(Miss::NotYet);
        }
        if self.ends_at.is_some_and(|end| end <= case.now) {
            return Some(Miss::Over);
        }
        self.scope.misses(case, facts)
    }
}

impl Scope {
    fn misses(&self, case: &Case<'_>, facts: &Facts) -> Option<Miss> {
        let device = || case.request.device.as_ref();
        let network = || match &case.request.object {
            Some(Object::Network(network)) => Some(network),
            _ => None,
        };
        if !self.covers_person(case, facts) {
            Some(Miss::Person)
        } else if !self.systems.contains(&case.request.system) {
            Some(Miss::System)
        } else if !self.devices.is_empty()
            && !device().is_some_and(|one| self.devices.contains(one))
        {
            Some(Miss::Device)
        } else if !self.networks.is_empty()
            && !network().is_some_and(|one| self.networks.contains(one))
        {
            Some(Miss::Network)
        } else if !self.paths.is_empty()
            && !case.path().is_some_and(|one| self.paths.contains(&one))
        {
            Some(Miss::Path)
        } else if case.class > self.ceiling.unwrap_or(InformationClass::III) {
            Some(Miss::Class)
        } else {
            None
        }
    }

    fn covers_person(&self, case: &Case<'_>, facts: &Facts) -> bool {
        let person = &case.request.person;
        self.people.contains(person)
            || (case.person.and_then(|one| one.memberships.at(case.now)))
                .is_some_and(|spell| self.sections.contains(&spell.value))
            || self.posts.iter().any(|post| {
                let held = facts.holders(post).and_then(|one| one.holders.at(case.now));
                held.is_some_and(|spell| spell.value == *person)
            })
    }
}
