//! What a decision must know besides its own aggregate, gathered by the shell.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kernel::SystemId;
use standard::{Pack, route::Deputy};

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
    /// Every deputy, with the authority to act they have now.
    pub deputies: Vec<Deputy>,
    /// The workloads that may report what they found.
    pub machines: Arc<BTreeSet<String>>,
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
