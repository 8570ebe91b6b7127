//! Why a robot's ID is not registered or ended so.

use kernel::{ClauseId, Kind, PersonId, SystemId};

use crate::{clause, grant, organisation::person};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody who does not manage the owner's section.
    #[error("none of your posts gives authority over the owner's section")]
    NoAuthority,
    /// Nobody answers for it.
    #[error("{0} is not a member of staff in service, and cannot own a service ID")]
    OwnerNotInService(PersonId),
    /// Not in the ledger, or out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// No such ID.
    #[error("there is no such service ID")]
    Unknown,
    /// The ID itself cannot be let in.
    #[error(transparent)]
    Id(#[from] person::Refusal),
    /// It cannot use one of the systems.
    #[error(transparent)]
    Grant(#[from] grant::Refusal),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NoAuthority => Kind::Denied,
            Self::OwnerNotInService(_) => Kind::Precondition,
            Self::SystemUnknown(_) | Self::Unknown => Kind::NotFound,
            Self::Id(inner) => inner.kind(),
            Self::Grant(inner) => inner.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoAuthority => "service_id_no_authority",
            Self::OwnerNotInService(_) => "service_id_owner_not_in_service",
            Self::SystemUnknown(_) => "service_id_system_unknown",
            Self::Unknown => "service_id_unknown",
            Self::Id(inner) => inner.code(),
            Self::Grant(inner) => inner.code(),
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NoAuthority | Self::OwnerNotInService(_) | Self::SystemUnknown(_) => {
                vec![clause::ROBOTS]
            }
            Self::Unknown => vec![],
            Self::Id(inner) => inner.clauses(),
            Self::Grant(inner) => inner.clauses(),
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::OwnerNotInService(_) => "owner_id",
            Self::SystemUnknown(_) => "system_ids",
            Self::Unknown | Self::Id(person::Refusal::NumberTaken) => "service_id",
            Self::NoAuthority | Self::Id(_) | Self::Grant(_) => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NoAuthority => "所有者の課公所を管理する権限がありません。".to_owned(),
            Self::OwnerNotInService(id) => {
                format!("{id} は在職中の職員ではないため、サービスIDの所有者になれません。")
            }
            Self::SystemUnknown(id) => {
                format!("情報システム {id} は台帳にないか、運用を終了しています。")
            }
            Self::Unknown => "該当するサービスIDがありません。".to_owned(),
            Self::Id(inner) => inner.message_ja(),
            Self::Grant(inner) => inner.message_ja(),
        }
    }
}
