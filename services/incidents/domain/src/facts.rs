//! What a decision must know besides its own aggregate, gathered by the shell.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kernel::{AbsenceId, PersonId, SectionId, SystemId};
use standard::{Pack, Role};

use crate::Office;

/// Everything an incident is judged against.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The standard in force.
    pub pack: Arc<Pack>,
    /// The office of the incident's section; for a report, of the section it names.
    pub office: Office,
    /// The systems in the ledger that the command or the incident names.
    pub systems: BTreeMap<SystemId, System>,
    /// As whose deputy the caller might act, and with what authority now.
    pub deputies: Vec<Deputy>,
}

/// The caller as deputy of a section's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deputy {
    /// Of which section.
    pub section: SectionId,
    /// The role whose holder they act for.
    pub stands_in_for: Role,
    /// That holder.
    pub principal: PersonId,
    /// The recorded absence that runs, if a plan was written before it; else none.
    pub absence: Option<AbsenceId>,
    /// The kinds of action the plan names for them.
    pub actions: BTreeSet<String>,
}

/// What the ledger says of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// The office of the section that owns it.
    pub owner: Office,
    /// Important information system (3-2-0).
    pub important: bool,
    /// Out of service.
    pub retired: bool,
}

impl Facts {
    /// A system that is on record and in service.
    pub(crate) fn in_service(&self, id: &SystemId) -> Option<&System> {
        self.systems.get(id).filter(|system| !system.retired)
    }
}

/// `<pack id>/<version>`: what is recorded on every decision.
pub fn pack_version(pack: &Pack) -> String {
    format!("{}/{}", pack.id(), pack.version())
}
