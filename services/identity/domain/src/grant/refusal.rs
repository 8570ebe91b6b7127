//! Why a ground is not added.

use kernel::{ClauseId, Kind};

use super::GrantKind;
use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such person.
    #[error("the person is not registered")]
    PersonUnknown,
    /// Nothing of the period is left.
    #[error("the period of the grant is over, or empty")]
    PeriodOver(GrantKind),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::PersonUnknown => Kind::NotFound,
            Self::PeriodOver(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PersonUnknown => "grant_person_unknown",
            Self::PeriodOver(_) => "grant_period_over",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![match self {
            Self::PeriodOver(GrantKind::Privileged) => clause::PRIVILEGED_LEAST,
            _ => clause::USER_REGISTRATION,
        }]
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::PersonUnknown => "person_id",
            Self::PeriodOver(_) => "ends_at",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::PersonUnknown => "この職員は登録されていません。",
            Self::PeriodOver(_) => "利用登録の期間が終わっているか、空です。",
        }
        .to_owned()
    }
}
