//! Why a privilege is not ended or reviewed.

use kernel::{ClauseId, Kind};

use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No permit gave a privilege under that id.
    #[error("no privilege was granted under this permit")]
    Unknown,
    /// Neither its holder nor somebody with authority over the holder.
    #[error("the privilege is not yours, and none of your posts gives authority over its holder")]
    NoAuthority,
    /// One's own is reviewed by somebody else.
    #[error("nobody reviews their own privilege")]
    OwnPrivilege,
    /// Still in force.
    #[error("the privilege is still in force; end it first")]
    NotOver,
    /// By somebody, in other words.
    #[error("it was reviewed already")]
    Reviewed,
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Unknown => Kind::NotFound,
            Self::NoAuthority | Self::OwnPrivilege => Kind::Denied,
            Self::NotOver => Kind::Precondition,
            Self::Reviewed => Kind::Conflict,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "privilege_unknown",
            Self::NoAuthority => "privilege_no_authority",
            Self::OwnPrivilege => "privilege_own_review",
            Self::NotOver => "privilege_not_over",
            Self::Reviewed => "privilege_reviewed",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::Unknown => vec![],
            _ => vec![clause::PRIVILEGED_STRICT],
        }
    }

    fn field(&self) -> Option<String> {
        matches!(self, Self::Unknown).then(|| "permit_id".to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::Unknown => "この許可による特権の付与はありません。".to_owned(),
            Self::NoAuthority => {
                "本人の特権ではなく、付与された職員を管理する権限もありません。".to_owned()
            }
            Self::OwnPrivilege => "自らの特権の使用を点検することはできません。".to_owned(),
            Self::NotOver => "特権はまだ有効です。先に終了してください。".to_owned(),
            Self::Reviewed => "既に点検されています。".to_owned(),
        }
    }
}
