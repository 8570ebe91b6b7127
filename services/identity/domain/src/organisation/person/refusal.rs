//! Why a person is not registered so.

use jiff::civil::Date;
use kernel::{ClauseId, Kind, PersonId, SectionId};

use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such section.
    #[error("section {0} is not recorded")]
    SectionUnknown(SectionId),
    /// The person left, on that day in Japan.
    #[error("the person left; say from which day on they are back")]
    Gone(Option<Date>),
    /// The leaving lies before the person belonged anywhere.
    #[error("the person would leave before being there")]
    LeavesFirst,
    /// The number is of an ID of another kind: a person's, a robot's or one for emergencies.
    #[error("the number is taken by an ID of another kind")]
    NumberTaken,
    /// The ID for emergencies is asked for or open, and serves until that is over.
    #[error("the ID for emergencies is asked for or open; close it first")]
    OpenForEmergency,
    /// An order for somebody who is not registered.
    #[error("person {0} is not registered")]
    NotRegistered(PersonId),
    /// An order to hire somebody who is in service, since that day.
    #[error("the person is in service since {0}")]
    InService(Date),
    /// An order for somebody who is not in service on that day.
    #[error("the person is not in service on {0}")]
    NotInService(Date),
    /// An order to come back for somebody who is here, since that day.
    #[error("the person is not away: in service since {0}")]
    NotAway(Date),
    /// The person is where they are since that day, or a later one.
    #[error("what is on record began on {0}; an order of that day or before comes too late")]
    Outdated(Date),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::SectionUnknown(_) | Self::NotRegistered(_) => Kind::NotFound,
            Self::Gone(_)
            | Self::InService(_)
            | Self::NotInService(_)
            | Self::NotAway(_)
            | Self::OpenForEmergency
            | Self::Outdated(_) => Kind::Precondition,
            Self::LeavesFirst => Kind::Invalid,
            Self::NumberTaken => Kind::Conflict,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SectionUnknown(_) => "person_section_unknown",
            Self::Gone(_) => "person_gone",
            Self::LeavesFirst => "person_leaves_first",
            Self::NumberTaken => "person_number_taken",
            Self::OpenForEmergency => "emergency_id_open",
            Self::NotRegistered(_) => "transfer_person_unknown",
            Self::InService(_) => "transfer_person_in_service",
            Self::NotInService(_) => "transfer_person_not_in_service",
            Self::NotAway(_) => "transfer_person_not_away",
            Self::Outdated(_) => "transfer_outdated",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![match self {
            Self::OpenForEmergency => clause::PRIVILEGED_STRICT,
            _ => clause::ID_LIFECYCLE,
        }]
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::SectionUnknown(_) => "section_id",
            Self::Gone(_) => "since",
            Self::LeavesFirst => "leaves_on",
            Self::NumberTaken | Self::NotRegistered(_) => "person_id",
            Self::OpenForEmergency => "emergency_id",
            Self::InService(_) | Self::NotInService(_) | Self::NotAway(_) => "kind",
            Self::Outdated(_) => "effective_on",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::SectionUnknown(id) => format!("課公所 {id} は登録されていません。"),
            Self::Gone(day) => {
                let day = day.map_or(String::new(), |day| format!("{day}から"));
                format!(
                    "この職員は{day}在職していません。再び採用したときは異動日を書いてください。"
                )
            }
            Self::LeavesFirst => "退職日が所属の始まりより前です。".to_owned(),
            Self::NumberTaken => {
                "この番号は、別の種類のID（職員、RPA、緊急用）に使われています。".to_owned()
            }
            Self::OpenForEmergency => {
                "緊急用IDが申請中か使用中です。先に閉じてください。".to_owned()
            }
            Self::NotRegistered(id) => format!("職員 {id} は登録されていません。"),
            Self::InService(day) => format!("この職員は{day}から在職しています。"),
            Self::NotInService(day) => format!("この職員は{day}には在職していません。"),
            Self::NotAway(day) => {
                format!("この職員は{day}から在職しており、復帰するところがありません。")
            }
            Self::Outdated(day) => {
                format!("{day}からの所属が既に登録されています。その日以前の発令は取り込めません。")
            }
        }
    }
}
