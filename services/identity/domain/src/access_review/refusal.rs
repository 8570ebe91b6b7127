//! Why nothing is reviewed so.

use kernel::{AccessReviewId, ClauseId, Kind, SystemId};

use super::Access;
use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only a person reviews.
    #[error("only a signed-in person reviews accesses")]
    NotAPerson,
    /// Not in the ledger, or out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// The caller does not manage the system.
    #[error(
        "only the system's manager, or whoever stands above for the manager's own access, may do this"
    )]
    NotTheManager,
    /// The system has one under way.
    #[error("review {0} of this system is still open")]
    OneIsOpen(AccessReviewId),
    /// No such review.
    #[error("there is no such review")]
    Unknown,
    /// Closed, or past its due time.
    #[error("the review is over")]
    Over,
    /// Not among what is reviewed.
    #[error("the review does not list this access of {}", .0.person)]
    NotListed(Access),
    /// Nobody judges their own access.
    #[error("nobody confirms or removes their own access in a review")]
    OwnAccess,
    /// What was removed is granted anew, not confirmed.
    #[error("the access was removed; it must be granted anew")]
    AlreadyRemoved,
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAPerson | Self::NotTheManager | Self::OwnAccess => Kind::Denied,
            Self::SystemUnknown(_) | Self::Unknown | Self::NotListed(_) => Kind::NotFound,
            Self::OneIsOpen(_) => Kind::Conflict,
            Self::Over | Self::AlreadyRemoved => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotAPerson => "access_review_not_a_person",
            Self::SystemUnknown(_) => "access_review_system_unknown",
            Self::NotTheManager => "access_review_not_the_manager",
            Self::OneIsOpen(_) => "access_review_one_is_open",
            Self::Unknown => "access_review_unknown",
            Self::Over => "access_review_over",
            Self::NotListed(_) => "access_review_access_not_listed",
            Self::OwnAccess => "access_review_own_access",
            Self::AlreadyRemoved => "access_review_access_removed",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            // Ids of nothing, and a second review: the standard asks for neither.
            Self::Unknown | Self::NotListed(_) | Self::OneIsOpen(_) => vec![],
            _ => vec![clause::LEAST_ACCESS],
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::SystemUnknown(_) | Self::OneIsOpen(_) => "system_id",
            Self::Unknown | Self::Over => "review_id",
            Self::NotListed(_) | Self::OwnAccess | Self::AlreadyRemoved => "accesses",
            Self::NotAPerson | Self::NotTheManager => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotAPerson => "サインインした職員のみがアクセス権を見直せます。".to_owned(),
            Self::SystemUnknown(id) => {
                format!("情報システム {id} は台帳に登録されていないか、運用を終了しています。")
            }
            Self::NotTheManager => {
                "この情報システムの管理者(管理者本人のアクセス権はその上位者)のみが行えます。"
                    .to_owned()
            }
            Self::OneIsOpen(id) => {
                format!("この情報システムのアクセス権の見直し {id} が終わっていません。")
            }
            Self::Unknown => "このアクセス権の見直しはありません。".to_owned(),
            Self::Over => "このアクセス権の見直しは終わっています。".to_owned(),
            Self::NotListed(access) => format!(
                "職員 {} のこのアクセス権は、見直しの対象に含まれていません。",
                access.person
            ),
            Self::OwnAccess => "本人のアクセス権を本人が見直すことはできません。".to_owned(),
            Self::AlreadyRemoved => {
                "このアクセス権は既に抹消されています。改めて利用登録をしてください。".to_owned()
            }
        }
    }
}
