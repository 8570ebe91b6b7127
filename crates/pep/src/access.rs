//! What somebody wants to do.

use kernel::{DeviceId, NetworkId, RestrictedItemId, SharedId, SystemId};
use proto::{
    common::v1 as common,
    identity::v1::{AccessAction, AccessQuestion, access_question},
};
use standard::InformationClass;

/// One access to a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// System of the ledger, by its number there.
    pub system: SystemId,
    /// What for.
    pub action: AccessAction,
    /// What it is about beside the system, which then is what this is managed or kept by.
    pub object: Option<Object>,
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

/// Something managed or kept by means of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// A network of the ledger, to be changed or operated (2-5-1).
    Network(NetworkId),
    /// A device of the register whose protection settings are to be changed (7-4-(1)-5).
    Terminal(DeviceId),
    /// A specification, shared folder, piece of equipment or medium that only those admitted to it may
    /// see or use (7-1-(3)-2, 7-2-(5)-1, 2-3-1).
    Item(RestrictedItemId),
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
            object: None,
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
            object: self.object.as_ref().map(|object| match object {
                Object::Network(id) => access_question::Object::NetworkId(id.to_string()),
                Object::Terminal(id) => access_question::Object::TerminalId(id.to_string()),
                Object::Item(id) => access_question::Object::ItemId(id.to_string()),
            }),
        }
    }
}
