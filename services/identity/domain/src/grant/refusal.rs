//! Why a ground is not added.

use kernel::{ClauseId, Kind, SystemId};

use super::GrantKind;
use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such person.
    #[error("the person is not registered")]
    PersonUnknown,
    /// The person left, or is yet to come.
    #[error("the person is not in service then")]
    NotInService,
    /// Not in the ledger, or out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// Nothing of the period is left.
    #[error("the period of the grant is over, or empty")]
    PeriodOver(GrantKind),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::PersonUnknown | Self::SystemUnknown(_) => Kind::NotFound,
            Self::NotInService | Self::PeriodOver(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PersonUnknown => "grant_person_unknown",
            Self::NotInService => "grant_person_not_in_service",
            Self::SystemUnknown(_) => "grant_system_unknown",
            Self::PeriodOver(_) => "grant_period_over",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![match self {
            Self::PeriodOver(GrantKind::Privileged) => clause::PRIVILEGED_LEAST,
            Self::NotInService => clause::ID_LIFECYCLE,
            _ => clause::USER_REGISTRATION,
        }]
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::PersonUnknown | Self::NotInService => "person_id",
            Self::SystemUnknown(_) => "system_id",
            Self::PeriodOver(_) => "ends_at",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::PersonUnknown => "この職員は登録されていません。".to_owned(),
            Self::NotInService => "この職員はその時には在職していません。".to_owned(),
            Self::SystemUnknown(id) => {
                format!("情報システム {id} は台帳に登録されていないか、運用を終了しています。")
            }
            Self::PeriodOver(_) => "利用登録の期間が終わっているか、空です。".to_owned(),
        }
    }
}
