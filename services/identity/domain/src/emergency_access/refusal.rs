//! Why an ID for emergencies is not opened, or what was open not closed with a review.

use kernel::{ClauseId, Kind, PersonId, SystemId};

use crate::{clause, grant, organisation::person};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Asked by a machine.
    #[error("only a signed-in person can do this")]
    OnlyAPerson,
    /// No such ID.
    #[error("{0} is not an ID for emergencies")]
    AccountUnknown(PersonId),
    /// It has no hardware key, or another factor beside.
    #[error(
        "the ID has to sign in with hardware keys alone: passkeys bound to their device, or ID cards"
    )]
    KeysUnfit,
    /// Asked for or open already.
    #[error("the ID is asked for or open already")]
    Busy,
    /// Not in the ledger, or out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// Nobody asked.
    #[error("there is no such request")]
    Unknown,
    /// One's own.
    #[error("nobody approves or reviews what they asked for themselves")]
    OwnRequest,
    /// Opened, given up, or too late.
    #[error("the request waits for no approval any more")]
    NotWaiting,
    /// Never opened, or still open.
    #[error("it was never open, or still is; close it first")]
    NotOver,
    /// By somebody, in other words.
    #[error("it was reviewed already")]
    Reviewed,
    /// The ID cannot serve.
    #[error(transparent)]
    Id(#[from] person::Refusal),
    /// A system cannot be opened to it.
    #[error(transparent)]
    Grant(#[from] grant::Refusal),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::OnlyAPerson | Self::OwnRequest => Kind::Denied,
            Self::AccountUnknown(_) | Self::SystemUnknown(_) | Self::Unknown => Kind::NotFound,
            Self::KeysUnfit | Self::NotWaiting | Self::NotOver => Kind::Precondition,
            Self::Busy | Self::Reviewed => Kind::Conflict,
            Self::Id(inner) => inner.kind(),
            Self::Grant(inner) => inner.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::OnlyAPerson => "emergency_only_a_person",
            Self::AccountUnknown(_) => "emergency_id_unknown",
            Self::KeysUnfit => "emergency_keys_unfit",
            Self::Busy => "emergency_id_busy",
            Self::SystemUnknown(_) => "emergency_system_unknown",
            Self::Unknown => "emergency_request_unknown",
            Self::OwnRequest => "emergency_own_request",
            Self::NotWaiting => "emergency_not_waiting",
            Self::NotOver => "emergency_not_over",
            Self::Reviewed => "emergency_reviewed",
            Self::Id(inner) => inner.code(),
            Self::Grant(inner) => inner.code(),
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::Unknown => vec![],
            Self::Id(inner) => inner.clauses(),
            Self::Grant(inner) => inner.clauses(),
            _ => vec![clause::PRIVILEGED_STRICT],
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::AccountUnknown(_) | Self::KeysUnfit | Self::Busy => "emergency_id",
            Self::SystemUnknown(_) => "system_ids",
            Self::Unknown => "access_id",
            _ => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::OnlyAPerson => "サインインした本人だけが行えます。".to_owned(),
            Self::AccountUnknown(id) => format!("{id} は緊急用IDではありません。"),
            Self::KeysUnfit => {
                "緊急用IDは、ハードウェアキー（端末に固定されたパスキー又はICカード）だけでサインインするものでなければなりません。".to_owned()
            }
            Self::Busy => "この緊急用IDは、申請中又は使用中です。".to_owned(),
            Self::SystemUnknown(id) => {
                format!("情報システム {id} は台帳にないか、運用を終了しています。")
            }
            Self::Unknown => "該当する申請がありません。".to_owned(),
            Self::OwnRequest => "自らの申請を承認し、又は点検することはできません。".to_owned(),
            Self::NotWaiting => "この申請は、もう承認を待っていません。".to_owned(),
            Self::NotOver => {
                "使用されていないか、まだ使用中です。使用中のときは先に終了してください。".to_owned()
            }
            Self::Reviewed => "既に点検されています。".to_owned(),
            Self::Id(inner) => inner.message_ja(),
            Self::Grant(inner) => inner.message_ja(),
        }
    }
}
