//! Who holds which role for a section. Roles sit on posts, and whoever holds the post holds the role
//! (充て職).

use std::collections::{BTreeMap, BTreeSet};

use kernel::{BureauId, PersonId, SectionId};
use standard::{
    Action, Role,
    route::{Acting, At, Deputy, Matter, acting_at},
};

use crate::System;

/// A section with those who hold each role for it: its own posts (a third-class office without a
/// holder has its section's), its bureau's, and the city's. Without a section, the city's only.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Office {
    /// The section; none at city level, or when the directory does not know it.
    pub section: Option<SectionId>,
    /// For a third-class office: the section it belongs to.
    pub parent: Option<SectionId>,
    /// Its bureau.
    pub bureau: Option<BureauId>,
    /// Holders of each role for it, as the pack seats the role.
    pub holders: BTreeMap<Role, BTreeSet<PersonId>>,
}

/// An incident as a matter about one system, or about none.
pub(crate) struct Seen<'a> {
    pub(crate) here: &'a Office,
    pub(crate) system: Option<&'a System>,
    pub(crate) deputies: &'a [Deputy],
    pub(crate) action: Action,
}

impl Seen<'_> {
    fn office(&self, at: At) -> &Office {
        let owner = self.system.filter(|_| at == At::Owner);
        owner.map_or(self.here, |system| &system.owner)
    }
}

impl Matter for Seen<'_> {
    fn important(&self) -> Option<bool> {
        self.system.map(|system| system.important)
    }

    fn holders(&self, role: Role, at: At) -> BTreeSet<PersonId> {
        let holders = self.office(at).holders.get(&role);
        holders.cloned().unwrap_or_default()
    }

    fn acting(&self, role: Role, at: At) -> Vec<Acting> {
        let office = self.office(at);
        let place = (office.section.as_ref(), office.parent.as_ref());
        acting_at(self.deputies, role, place, self.action.as_str())
    }
}

#[cfg(test)]
mod tests;
