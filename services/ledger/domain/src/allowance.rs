//! What may relax a rule about connections: permits and exceptions that approvals granted.

use jiff::Timestamp;
use kernel::{ClauseId, DeviceId, ExceptionId, NetworkId, PermitId, SystemId};
use serde::{Deserialize, Serialize};
use standard::InformationClass;

/// A granted permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Its id.
    pub id: PermitId,
    /// System it names.
    pub system: Option<SystemId>,
    /// Network it names.
    pub network: Option<NetworkId>,
    /// Device it names.
    pub device: Option<DeviceId>,
    /// Clauses it serves or relaxes: either way they no longer stand against what it names.
    pub satisfies: Vec<ClauseId>,
    /// When it is in force.
    pub term: Term,
}

impl Permit {
    /// Whether it names a network and what may be connected to it. No other permit bears on a
    /// connection or on a device's binding.
    pub fn connects(&self) -> bool {
        self.network.is_some() && (self.system.is_some() || self.device.is_some())
    }
}

/// A granted or invoked exception (例外措置, section 8-4) for whole systems: one for some people or
/// paths bears on what they do, not on what a system is connected to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its id.
    pub id: ExceptionId,
    /// Systems it covers; none means no system.
    pub systems: Vec<SystemId>,
    /// Clauses it relaxes.
    pub clauses: Vec<ClauseId>,
    /// Strictest class it covers; none covers nothing.
    pub class_ceiling: Option<InformationClass>,
    /// When it is in force.
    pub term: Term,
}

/// From an instant on, up to and without an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// In force from this instant on.
    pub starts_at: Timestamp,
    /// No longer in force at this instant; none = until revoked.
    pub ends_at: Option<Timestamp>,
}

impl Term {
    /// Whether it is in force at an instant. The end itself is outside.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.starts_at <= now && self.ends_at.is_none_or(|end| now < end)
    }
}

/// The permits and exceptions that could bear on a decision. Which are in force is judged here,
/// by the decision's own clock; revoked ones must not be handed in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowances {
    /// Granted permits.
    pub permits: Vec<Permit>,
    /// Granted or invoked exceptions.
    pub exceptions: Vec<Exception>,
}

/// The permit or exception that something rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AllowedBy {
    /// A permit.
    Permit(PermitId),
    /// An exception.
    Exception(ExceptionId),
}

impl AllowedBy {
    /// The id as text, whichever it is.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Permit(id) => id.as_str(),
            Self::Exception(id) => id.as_str(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_permit_connects_by_a_network_and_what_stands_on_it() {
        for (system, network, device, connects) in [
            (false, false, false, false),
            (true, false, false, false),
            (false, true, false, false),
            (false, false, true, false),
            (true, false, true, false),
            (true, true, false, true),
            (false, true, true, true),
            (true, true, true, true),
        ] {
            let permit = Permit {
                id: PermitId::try_new("per-1").expect("an id"),
                system: system.then(|| SystemId::try_new("sys-1").expect("an id")),
                network: network.then(|| NetworkId::try_new("net-1").expect("an id")),
                device: device.then(|| DeviceId::try_new("dev-1").expect("an id")),
                satisfies: Vec::new(),
                term: Term {
                    starts_at: Timestamp::UNIX_EPOCH,
                    ends_at: None,
                },
            };
            assert_eq!(permit.connects(), connects, "{permit:?}");
        }
    }
}
