//! What somebody wants to do.

use kernel::{DeviceId, SharedId, SystemId};
use proto::{
    common::v1 as common,
    identity::v1::{AccessAction, AccessQuestion},
};
use standard::InformationClass;

/// One access to a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// System of the ledger, by its number there.
    pub system: SystemId,
    /// What for.
    pub action: AccessAction,
    /// Device of the register from which it is done. Over telework one must be named (3-4-(1の2)-1).
    pub device: Option<DeviceId>,
    /// Class of the information, where known to be stricter than the system's: it raises the class of
    /// the decision and never lowers it.
    pub class: Option<InformationClass>,
    /// A software robot asks (7-8-3).
    pub automated: bool,
    /// Shared ID under which the person acts; they must have it checked out (4-3-2).
    pub shared_id: Option<SharedId>,
}

impl Access {
    /// Ordinary use of a system.
    pub const fn to_use(system: SystemId) -> Self {
        Self::of(system, AccessAction::Use)
    }

    /// Doing something on a system.
    pub const fn of(system: SystemId, action: AccessAction) -> Self {
        Self {
            system,
            action,
            device: None,
            class: None,
            automated: false,
            shared_id: None,
        }
    }

    pub(crate) fn question(&self) -> AccessQuestion {
        let device = self.device.as_ref();
        AccessQuestion {
            system_id: self.system.to_string(),
            action: self.action.into(),
            device_id: device.map_or_else(String::new, ToString::to_string),
            information_class: match self.class {
                None => common::InformationClass::Unspecified,
                Some(InformationClass::III) => common::InformationClass::Iii,
                Some(InformationClass::II) => common::InformationClass::Ii,
                Some(InformationClass::I) => common::InformationClass::I,
                Some(InformationClass::S) => common::InformationClass::S,
            }
            .into(),
            automated: self.automated,
            shared_id: (self.shared_id.as_ref()).map_or_else(String::new, ToString::to_string),
        }
    }
}
