//! What is known around a section's delegation, and what falls to whom there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kernel::{PersonId, SectionId};
use standard::{
    Action, Pack, Role,
    route::{Acting, At, Matter},
};

use crate::organisation::Home;

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pack in force.
    pub pack: Arc<Pack>,
    /// The section, if it is recorded.
    pub section: Option<SectionId>,
    /// Who holds each role for it now: its head, its bureau's manager, the CISO.
    pub holders: BTreeMap<Role, BTreeSet<PersonId>>,
    /// Where the people named belong, as far as they are in service.
    pub homes: BTreeMap<PersonId, Home>,
    /// Who is deputy or system staff by a post in the section, or heads one of its offices.
    pub by_post: BTreeSet<PersonId>,
    /// Those of them who are deputies.
    pub deputies: BTreeSet<PersonId>,
    /// It is a third-class office: its section has the deputies.
    pub office: bool,
}

impl Facts {
    /// Of a section, and of nobody in it: enough for what is nobody's to permit.
    pub fn of_section(section: SectionId, pack: Arc<Pack>) -> Self {
        Self {
            pack,
            section: Some(section),
            holders: BTreeMap::new(),
            homes: BTreeMap::new(),
            by_post: BTreeSet::new(),
            deputies: BTreeSet::new(),
            office: false,
        }
    }

    /// Who heads it now; none while nobody does.
    pub(super) fn head(&self) -> Option<&PersonId> {
        self.holders.get(&Role::InformationManager)?.first()
    }

    /// Whether something falls to somebody here. A deputy never: authority to act is not passed on.
    pub(super) fn falls_to(&self, person: &PersonId, action: Action) -> bool {
        action.is_for(person, &BTreeSet::new(), &self.pack, self)
    }
}

impl Matter for Facts {
    fn important(&self) -> Option<bool> {
        None
    }

    fn holders(&self, role: Role, _: At) -> BTreeSet<PersonId> {
        self.holders.get(&role).cloned().unwrap_or_default()
    }

    fn acting(&self, _: Role, _: At) -> Vec<Acting> {
        Vec::new()
    }
}
