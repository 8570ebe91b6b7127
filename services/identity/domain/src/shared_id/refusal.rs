//! Why a shared ID is not kept or used so.

use kernel::{ClauseId, Kind, PersonId, SystemId};

use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only a person has to do with it.
    #[error("only a signed-in person may do this")]
    NotAPerson,
    /// Not in the ledger, or out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// The ID is registered for another system.
    #[error("the shared ID is registered for another system")]
    OtherSystem,
    /// The caller neither manages the system nor owns the ID.
    #[error("only the system's manager or the owner of the shared ID may do this")]
    NotInCharge(ClauseId),
    /// The owner must be able to use it.
    #[error("the owner must be one of the members")]
    OwnerNotAMember,
    /// Not registered, or not in service.
    #[error("person {0} is not registered, or not in service")]
    NotInService(PersonId),
    /// No such shared ID.
    #[error("there is no such shared ID")]
    Unknown,
    /// Used no longer.
    #[error("the shared ID was withdrawn")]
    Withdrawn,
    /// The caller is no member, or one no longer.
    #[error("you are not a member of this shared ID")]
    NotAMember,
    /// One at a time, and another has it.
    #[error("{0} has this shared ID checked out, and only one may at a time")]
    InUse(PersonId),
    /// It would end before it begins.
    #[error("the check-out would be over at once")]
    PeriodOver,
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAPerson | Self::NotInCharge(_) | Self::NotAMember => Kind::Denied,
            Self::SystemUnknown(_) | Self::NotInService(_) | Self::Unknown => Kind::NotFound,
            Self::OtherSystem | Self::OwnerNotAMember | Self::PeriodOver => Kind::Invalid,
            Self::Withdrawn | Self::InUse(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotAPerson => "shared_id_not_a_person",
            Self::SystemUnknown(_) => "shared_id_system_unknown",
            Self::OtherSystem => "shared_id_other_system",
            Self::NotInCharge(_) => "shared_id_not_in_charge",
            Self::OwnerNotAMember => "shared_id_owner_not_a_member",
            Self::NotInService(_) => "shared_id_person_not_in_service",
            Self::Unknown => "shared_id_unknown",
            Self::Withdrawn => "shared_id_withdrawn",
            Self::NotAMember => "shared_id_not_a_member",
            Self::InUse(_) => "shared_id_in_use",
            Self::PeriodOver => "shared_id_period_over",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotInCharge(clause) => vec![clause.clone()],
            // Faults of input of which the standard says nothing.
            Self::Unknown | Self::OtherSystem | Self::PeriodOver => vec![],
            _ => vec![clause::SHARED_IDS],
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::SystemUnknown(_) | Self::OtherSystem => "system_id",
            Self::OwnerNotAMember => "owner_id",
            Self::NotInService(_) => "member_ids",
            Self::Unknown | Self::Withdrawn | Self::InUse(_) => "shared_id",
            Self::PeriodOver => "until",
            Self::NotAPerson | Self::NotInCharge(_) | Self::NotAMember => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotAPerson => "サインインした職員のみが行えます。".to_owned(),
            Self::SystemUnknown(id) => {
                format!("情報システム {id} は台帳に登録されていないか、運用を終了しています。")
            }
            Self::OtherSystem => {
                "この共有IDは別の情報システムのものとして登録されています。".to_owned()
            }
            Self::NotInCharge(_) => {
                "情報システムの管理者又は共有IDの責任者のみが行えます。".to_owned()
            }
            Self::OwnerNotAMember => "責任者は利用者の一人でなければなりません。".to_owned(),
            Self::NotInService(person) => {
                format!("職員 {person} は登録されていないか、在職していません。")
            }
            Self::Unknown => "この共有IDはありません。".to_owned(),
            Self::Withdrawn => "この共有IDは廃止されています。".to_owned(),
            Self::NotAMember => "この共有IDの利用者ではありません。".to_owned(),
            Self::InUse(person) => {
                format!("この共有IDは職員 {person} が使用中です。同時に使えるのは一人だけです。")
            }
            Self::PeriodOver => "使用期間が終わっているか、空です。".to_owned(),
        }
    }
}
