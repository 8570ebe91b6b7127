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
    /// An ID for emergencies, and it was not opened.
    #[error("an ID for emergencies is given access only by being opened, which two others approve")]
    EmergencyId,
    /// A robot's ID, and it was not registered for it.
    #[error("a service ID may use the systems its registration names and nothing else")]
    ServiceId,
    /// The person left, or is yet to come.
    #[error("the person is not in service then")]
    NotInService,
    /// Not in the ledger, or out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// The person never had any access to the system.
    #[error("the person was never given access to system {0}")]
    NeverGranted(SystemId),
    /// Nothing of the period is left.
    #[error("the period of the grant is over, or empty")]
    PeriodOver(GrantKind),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::PersonUnknown | Self::SystemUnknown(_) | Self::NeverGranted(_) => Kind::NotFound,
            Self::EmergencyId | Self::ServiceId | Self::NotInService | Self::PeriodOver(_) => {
                Kind::Precondition
            }
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PersonUnknown => "grant_person_unknown",
            Self::EmergencyId => "grant_emergency_id",
            Self::ServiceId => "grant_service_id",
            Self::NotInService => "grant_person_not_in_service",
            Self::SystemUnknown(_) => "grant_system_unknown",
            Self::NeverGranted(_) => "grant_not_found",
            Self::PeriodOver(_) => "grant_period_over",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![match self {
            Self::PeriodOver(GrantKind::Privileged) => clause::PRIVILEGED_LEAST,
            Self::EmergencyId => clause::PRIVILEGED_STRICT,
            Self::ServiceId => clause::ROBOTS,
            Self::NotInService => clause::ID_LIFECYCLE,
            _ => clause::USER_REGISTRATION,
        }]
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::PersonUnknown | Self::EmergencyId | Self::ServiceId | Self::NotInService => {
                "person_id"
            }
            Self::SystemUnknown(_) | Self::NeverGranted(_) => "system_id",
            Self::PeriodOver(_) => "ends_at",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::PersonUnknown => "この職員は登録されていません。".to_owned(),
            Self::EmergencyId => {
                "緊急用IDは、二人の承認を得て使用を開始したときにのみ利用できます。".to_owned()
            }
            Self::ServiceId => {
                "サービスIDは、登録に記載した情報システムのみ利用できます。".to_owned()
            }
            Self::NotInService => "この職員はその時には在職していません。".to_owned(),
            Self::SystemUnknown(id) => {
                format!("情報システム {id} は台帳に登録されていないか、運用を終了しています。")
            }
            Self::NeverGranted(id) => {
                format!("この職員が情報システム {id} の利用者として登録されたことはありません。")
            }
            Self::PeriodOver(_) => "利用登録の期間が終わっているか、空です。".to_owned(),
        }
    }
}
