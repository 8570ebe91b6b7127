//! Why something asked of a system was not done.

use kernel::{ClauseId, Kind, SectionId, SystemId};

use crate::{clauses, keeper::NotYours};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the caller's to write.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// No such system.
    #[error("the ledger has no such system")]
    NotFound,
    /// The number belongs to a system with other facts.
    #[error("system {0} is registered already, with other facts; change it instead")]
    Exists(SystemId),
    /// Out of service.
    #[error("system {0} is out of service; its number is not used again")]
    Retired(SystemId),
    /// Multi-factor authentication was not introduced, and no reason is given.
    #[error("a reason is needed when multi-factor authentication is not introduced")]
    MfaReasonMissing,
    /// A consideration of tomorrow.
    #[error("a consideration cannot be recorded before it was made")]
    MfaInTheFuture,
    /// The city has no such section.
    #[error("the city has no section {section}")]
    UnknownSection {
        /// The section.
        section: SectionId,
        /// Whether it is named as the owner.
        owner: bool,
    },
    /// Information is still recorded as handled by it.
    #[error("the system still handles {0} entries of information; move or remove them first")]
    StillHandles(u64),
    /// It still has connections.
    #[error("the system still has {0} connections; remove them first")]
    StillConnected(u64),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotYours(inner) => inner.kind(),
            Self::NotFound => Kind::NotFound,
            Self::Exists(_) => Kind::Conflict,
            Self::MfaReasonMissing | Self::MfaInTheFuture => Kind::Invalid,
            Self::UnknownSection { .. }
            | Self::Retired(_)
            | Self::StillHandles(_)
            | Self::StillConnected(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotYours(inner) => inner.code(),
            Self::NotFound => "system_not_found",
            Self::Exists(_) => "system_exists",
            Self::Retired(_) => "system_retired",
            Self::MfaReasonMissing => "system_mfa_reason_missing",
            Self::MfaInTheFuture => "system_mfa_in_the_future",
            Self::UnknownSection { .. } => "system_section_unknown",
            Self::StillHandles(_) => "system_still_handles_information",
            Self::StillConnected(_) => "system_still_connected",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotYours(inner) => inner.clauses(),
            Self::NotFound | Self::Exists(_) | Self::Retired(_) => vec![clauses::SYSTEM_LEDGER],
            Self::MfaReasonMissing | Self::MfaInTheFuture => vec![clauses::MFA_CONSIDERED],
            Self::UnknownSection { owner: true, .. } => vec![clauses::SYSTEM_LEDGER],
            Self::UnknownSection { owner: false, .. } => vec![clauses::SEVERAL_SECTIONS],
            Self::StillHandles(_) => vec![clauses::INFORMATION_LEDGER],
            Self::StillConnected(_) => vec![clauses::SYSTEM_LEDGER],
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::Exists(_) | Self::Retired(_) => Some("system_id".to_owned()),
            Self::MfaReasonMissing => Some("reason".to_owned()),
            Self::MfaInTheFuture => Some("recorded_at".to_owned()),
            Self::NotYours(_) | Self::UnknownSection { owner: true, .. } => {
                Some("owner_section_id".to_owned())
            }
            Self::UnknownSection { owner: false, .. } => Some("used_by_section_ids".to_owned()),
            Self::NotFound | Self::StillHandles(_) | Self::StillConnected(_) => None,
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotYours(inner) => inner.message_ja(),
            Self::NotFound => "この情報システムは台帳にありません。".to_owned(),
            Self::Exists(id) => {
                format!("情報システム{id}は異なる内容で登録済みです。変更の手続を使ってください。")
            }
            Self::Retired(id) => {
                format!("情報システム{id}は利用を終了しています。番号は再利用できません。")
            }
            Self::MfaReasonMissing => {
                "複数要素認証を導入しない場合は、理由の記載が必要です。".to_owned()
            }
            Self::MfaInTheFuture => "検討の記録日が未来の日付です。".to_owned(),
            Self::UnknownSection { section, .. } => format!("課公所{section}はありません。"),
            Self::StillHandles(count) => format!(
                "このシステムで取り扱う行政情報が{count}件残っています。移動又は削除してください。"
            ),
            Self::StillConnected(count) => {
                format!("このシステムの接続が{count}件残っています。先に廃止してください。")
            }
        }
    }
}
