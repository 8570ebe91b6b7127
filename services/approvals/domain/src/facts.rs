//! What a decision must know besides its own aggregate, gathered by the shell.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{BureauId, DeviceId, ExceptionId, InformationId, NetworkId, SectionId, SystemId};
use standard::{InformationClass, Pack};

use crate::Organisation;

/// Everything permits and exceptions are judged against. The ledger's entries need only be those
/// the command or the aggregate names.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The standard in force.
    pub pack: Arc<Pack>,
    /// Who holds which post.
    pub organisation: Organisation,
    /// Systems, by their ledger number.
    pub systems: BTreeMap<SystemId, System>,
    /// Information in the ledger.
    pub information: BTreeMap<InformationId, Information>,
    /// Devices in the register and not retired.
    pub devices: BTreeSet<DeviceId>,
    /// Networks in the ledger.
    pub networks: BTreeSet<NetworkId>,
    /// Emergency exceptions whose report to the CISO is due and has not come.
    pub unreported: Vec<Unreported>,
}

impl Facts {
    /// Whether a system is on record and not retired.
    pub(crate) fn in_service(&self, id: &SystemId) -> bool {
        self.systems.get(id).is_some_and(|system| !system.retired)
    }
}

/// What the ledger says of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct System {
    /// The section that owns it.
    pub owner: SectionId,
    /// Important information system (3-2-0): its owner's head is its system manager (1-4-1).
    pub important: bool,
    /// Out of service: nothing new is applied for about it.
    pub retired: bool,
}

/// What the ledger says of an entry of administrative information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Information {
    /// Its class: an application may name a stricter one, never a laxer.
    pub class: InformationClass,
    /// Personal information.
    pub personal: bool,
}

/// An emergency exception whose report to the CISO is outstanding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreported {
    /// Which.
    pub id: ExceptionId,
    /// Whose.
    pub bureau: BureauId,
    /// Until when it had to be reported.
    pub due_at: Timestamp,
}
