//! Why a person is not registered so.

use jiff::civil::Date;
use kernel::{ClauseId, Kind, SectionId};

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
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::SectionUnknown(_) => Kind::NotFound,
            Self::Gone(_) => Kind::Precondition,
            Self::LeavesFirst => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SectionUnknown(_) => "person_section_unknown",
            Self::Gone(_) => "person_gone",
            Self::LeavesFirst => "person_leaves_first",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![clause::ID_LIFECYCLE]
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::SectionUnknown(_) => "section_id",
            Self::Gone(_) => "since",
            Self::LeavesFirst => "leaves_on",
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
        }
    }
}
