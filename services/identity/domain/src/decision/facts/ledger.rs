//! What the ledger and incidents say of systems and devices.

use kernel::{DeviceId, IncidentId, NetworkId, SectionId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{InformationClass, NetworkClass};

/// An information system, as far as decisions look at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// Its number in the ledger.
    pub id: SystemId,
    /// Built or procured for cloud use (7-2-(2)-2ア).
    pub cloud: bool,
    /// Offered over telework (7-2-(2)-2イ).
    pub telework: bool,
    /// Strictest class it handles; `None` = no information recorded, which is no decision for
    /// class III (3-1-(4)-1) and is therefore treated as class II.
    pub highest_class: Option<InformationClass>,
    /// Network it stands on.
    pub network_class: NetworkClass,
    /// Important information system (3-2-0), as the ledger derived it.
    pub important: bool,
    /// What was decided about multi-factor authentication (7-2-(2)-1).
    pub mfa: MfaConsideration,
    /// Out of service.
    pub retired: bool,
}

/// The recorded consideration of multi-factor authentication for a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaConsideration {
    /// Not considered yet.
    #[default]
    NotRecorded,
    /// Considered and introduced.
    Introduced,
    /// Considered and, for a recorded reason, not introduced.
    NotIntroduced,
}

/// A system stopped under an incident (8-3-(3)-1a). It stays so until each incident's own stop is
/// lifted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// The system.
    pub system: SystemId,
    /// The incident.
    pub incident: IncidentId,
}

/// A device of the register (4-1-8, 4-1-9).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Its number in the register.
    pub id: DeviceId,
    /// Section in charge of it (7-4-(1)-5).
    pub section: Option<SectionId>,
    /// Network it is bound to (7-2-(7)-2).
    pub network: Option<NetworkId>,
    /// Class of that network.
    pub network_class: Option<NetworkClass>,
    /// A mobile device connected to the Internet (3-4-(1)-6a).
    pub internet_mobile: bool,
    /// Out of the register.
    pub retired: bool,
}

/// A network (3-3-0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its number in the ledger.
    pub id: NetworkId,
    /// Not the city's own: nobody here has authority over it (2-5-1).
    pub external: bool,
}
