//! Why something asked of a device was not done.

use kernel::{ClauseId, DeviceId, Kind, NetworkId, SectionId};

use crate::{clauses, keeper::NotYours};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the caller's to write.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// No such device.
    #[error("the register has no such device")]
    NotFound,
    /// A personal device.
    #[error("personal devices are not registered; only the city's own equipment is")]
    Personal,
    /// The city has no such section.
    #[error("the city has no section {0}")]
    UnknownSection(SectionId),
    /// Out of the register.
    #[error("device {0} was retired; its number is not used again")]
    Retired(DeviceId),
    /// No such network.
    #[error("the ledger has no network {0}")]
    UnknownNetwork(NetworkId),
    /// No permit in force names this device and that network.
    #[error("no permit in force connects this device to network {0}")]
    NoPermit(NetworkId),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotYours(inner) => inner.kind(),
            Self::NotFound => Kind::NotFound,
            Self::Personal
            | Self::UnknownSection(_)
            | Self::Retired(_)
            | Self::UnknownNetwork(_)
            | Self::NoPermit(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotYours(inner) => inner.code(),
            Self::NotFound => "device_not_found",
            Self::Personal => "device_personal",
            Self::UnknownSection(_) => "device_section_unknown",
            Self::Retired(_) => "device_retired",
            Self::UnknownNetwork(_) => "device_network_unknown",
            Self::NoPermit(_) => "device_connect_permit_missing",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotYours(_)
            | Self::NotFound
            | Self::Personal
            | Self::UnknownSection(_)
            | Self::Retired(_) => {
                vec![clauses::NO_PERSONAL_DEVICES]
            }
            Self::UnknownNetwork(_) => vec![clauses::NETWORK_CLASS],
            Self::NoPermit(_) => vec![clauses::DEVICE_PERMITTED],
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::NotFound => return None,
            Self::Personal => "ownership",
            Self::NotYours(_) | Self::UnknownSection(_) => "section_id",
            Self::Retired(_) => "device_id",
            Self::UnknownNetwork(_) | Self::NoPermit(_) => "network_id",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotYours(inner) => inner.message_ja(),
            Self::NotFound => "この端末は台帳にありません。".to_owned(),
            Self::Personal => {
                "私物の端末は登録できません。市の機器だけを登録してください。".to_owned()
            }
            Self::UnknownSection(id) => format!("課公所{id}はありません。"),
            Self::Retired(id) => format!("端末{id}は廃止済みです。番号は再利用できません。"),
            Self::UnknownNetwork(id) => format!("ネットワーク{id}は台帳にありません。"),
            Self::NoPermit(id) => {
                format!("この端末をネットワーク{id}に接続する有効な許可がありません。")
            }
        }
    }
}
