//! Why something asked of an entry of information was not done.

use kernel::{ClauseId, InformationId, Kind, SectionId, SystemId};
use standard::{ClassificationGround, InformationClass};

use crate::{clauses, keeper::NotYours};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the caller's to write.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// No such entry.
    #[error("the ledger has no such information")]
    NotFound,
    /// The number belongs to information that was removed.
    #[error("information {0} was removed; a removed number is not used again")]
    Removed(InformationId),
    /// The ground gives another class.
    #[error("the ground {ground} does not give class {class}")]
    GroundDoesNotGiveClass {
        /// The ground.
        ground: ClassificationGround,
        /// The class.
        class: InformationClass,
    },
    /// Class S without a ground that makes it class I.
    #[error("class S lies within class I: name the ground that makes it class I")]
    ClassSOutsideClassI,
    /// A ground within class I for another class than S.
    #[error("only class S names a ground within class I")]
    SecondGroundWithoutS,
    /// The ground asks for a reason, under this clause.
    #[error("this ground needs a reason")]
    ReasonMissing(Option<ClauseId>),
    /// The city has no such section.
    #[error("the city has no section {0}")]
    UnknownSection(SectionId),
    /// The system it names is not there.
    #[error("the ledger has no system {0} in service")]
    UnknownSystem(SystemId),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotYours(inner) => inner.kind(),
            Self::NotFound => Kind::NotFound,
            Self::Removed(_) | Self::UnknownSection(_) | Self::UnknownSystem(_) => {
                Kind::Precondition
            }
            Self::GroundDoesNotGiveClass { .. }
            | Self::ClassSOutsideClassI
            | Self::SecondGroundWithoutS
            | Self::ReasonMissing(_) => Kind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotYours(inner) => inner.code(),
            Self::NotFound => "information_not_found",
            Self::Removed(_) => "information_removed",
            Self::GroundDoesNotGiveClass { .. } => "information_ground_does_not_give_class",
            Self::ClassSOutsideClassI => "information_class_s_outside_class_i",
            Self::SecondGroundWithoutS => "information_second_ground_without_s",
            Self::ReasonMissing(_) => "information_reason_missing",
            Self::UnknownSection(_) => "information_section_unknown",
            Self::UnknownSystem(_) => "information_system_unknown",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotYours(_) | Self::NotFound | Self::Removed(_) | Self::UnknownSection(_) => {
                vec![clauses::INFORMATION_LEDGER]
            }
            Self::GroundDoesNotGiveClass { .. } => vec![clauses::ALL_CLASSIFIED],
            Self::ClassSOutsideClassI | Self::SecondGroundWithoutS => vec![clauses::CLASS_S],
            Self::ReasonMissing(clause) => clause.iter().cloned().collect(),
            Self::UnknownSystem(_) => vec![clauses::SYSTEM_LEDGER],
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::NotFound => return None,
            Self::Removed(_) => "information_id",
            Self::GroundDoesNotGiveClass { .. } => "ground",
            Self::ClassSOutsideClassI | Self::SecondGroundWithoutS => "class_i_ground",
            Self::ReasonMissing(_) => "reason",
            Self::NotYours(_) | Self::UnknownSection(_) => "section_id",
            Self::UnknownSystem(_) => "system_id",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotYours(inner) => inner.message_ja(),
            Self::NotFound => "この行政情報は台帳にありません。".to_owned(),
            Self::Removed(id) => {
                format!("行政情報{id}は台帳から削除済みです。番号は再利用できません。")
            }
            Self::GroundDoesNotGiveClass { ground, class } => format!(
                "分類の根拠「{}」から{}とすることはできません。",
                ground.title_ja(),
                class.title_ja()
            ),
            Self::ClassSOutsideClassI => {
                "重要性分類Sは分類Ⅰの情報に限られます。分類Ⅰとする根拠を記載してください。"
                    .to_owned()
            }
            Self::SecondGroundWithoutS => {
                "分類Ⅰとする根拠を併記するのは、重要性分類Sの場合だけです。".to_owned()
            }
            Self::ReasonMissing(_) => "この根拠による分類には、理由の記載が必要です。".to_owned(),
            Self::UnknownSection(id) => format!("課公所{id}はありません。"),
            Self::UnknownSystem(id) => {
                format!("情報システム{id}は台帳にないか、利用を終了しています。")
            }
        }
    }
}
