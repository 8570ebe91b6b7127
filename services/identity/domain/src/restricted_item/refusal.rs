//! Why nothing becomes of it.

use kernel::{ClauseId, Kind, SectionId, SystemId};

use super::ItemKind;
use crate::{clause, grant};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only a person is in charge of anything.
    #[error("only a signed-in person may do this")]
    NotAPerson,
    /// Not in the ledger, or out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// No such section.
    #[error("there is no section {0}")]
    SectionUnknown(SectionId),
    /// Its number is taken by something of another kind or system.
    #[error("this number is registered for another kind of item, or for another system")]
    Another,
    /// A specification is in the charge of the section that owns the system.
    #[error("only the section that owns the system is in charge of its specifications")]
    NotTheOwner,
    /// The caller does not head the section in charge.
    #[error(
        "only the head of the section in charge of the item, or whoever stands above for the head's own admission, may do this"
    )]
    NotInCharge(ItemKind),
    /// Nobody admits themselves.
    #[error("nobody admits themselves")]
    OwnAdmission,
    /// No such item.
    #[error("there is no such restricted item")]
    Unknown,
    /// It is kept no longer.
    #[error("the restricted item was withdrawn")]
    Withdrawn,
    /// Nothing of the period is left.
    #[error("the admission would end before it begins")]
    PeriodOver,
    /// The entitlement was not given.
    #[error(transparent)]
    NotGranted(#[from] grant::Refusal),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAPerson | Self::NotInCharge(_) | Self::OwnAdmission => Kind::Denied,
            Self::SystemUnknown(_) | Self::SectionUnknown(_) | Self::Unknown => Kind::NotFound,
            Self::Another => Kind::Conflict,
            Self::NotTheOwner | Self::Withdrawn => Kind::Precondition,
            Self::PeriodOver => Kind::Invalid,
            Self::NotGranted(refusal) => refusal.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotAPerson => "restricted_item_not_a_person",
            Self::SystemUnknown(_) => "restricted_item_system_unknown",
            Self::SectionUnknown(_) => "restricted_item_section_unknown",
            Self::Another => "restricted_item_another",
            Self::NotTheOwner => "restricted_item_not_the_owner",
            Self::NotInCharge(_) => "restricted_item_not_in_charge",
            Self::OwnAdmission => "restricted_item_own_admission",
            Self::Unknown => "restricted_item_unknown",
            Self::Withdrawn => "restricted_item_withdrawn",
            Self::PeriodOver => "restricted_item_period_over",
            Self::NotGranted(refusal) => refusal.code(),
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            // Numbers of nothing, or taken: the standard asks for neither.
            Self::Unknown | Self::SectionUnknown(_) | Self::Another | Self::PeriodOver => vec![],
            Self::NotTheOwner => vec![clause::SPECIFICATIONS],
            Self::NotInCharge(kind) => vec![kind.clause()],
            Self::NotGranted(refusal) => refusal.clauses(),
            Self::NotAPerson | Self::SystemUnknown(_) | Self::OwnAdmission | Self::Withdrawn => {
                vec![clause::LEAST_ACCESS]
            }
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::SystemUnknown(_) => "system_id",
            Self::SectionUnknown(_) | Self::NotTheOwner => "section_id",
            Self::Another | Self::Unknown | Self::Withdrawn => "item_id",
            Self::OwnAdmission => "person_ids",
            Self::PeriodOver => "until",
            Self::NotGranted(refusal) => {
                let of_people = refusal.field().as_deref() == Some("person_id");
                return if of_people {
                    Some("person_ids".to_owned())
                } else {
                    refusal.field()
                };
            }
            Self::NotAPerson | Self::NotInCharge(_) => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotAPerson => "サインインした職員のみが行えます。".to_owned(),
            Self::SystemUnknown(id) => {
                format!("情報システム {id} は台帳に登録されていないか、運用を終了しています。")
            }
            Self::SectionUnknown(id) => format!("課公所 {id} はありません。"),
            Self::Another => {
                "この番号は、別の種類又は別の情報システムのものとして登録されています。".to_owned()
            }
            Self::NotTheOwner => {
                "仕様書等は、情報システムを所管する課公所が管理します。".to_owned()
            }
            Self::NotInCharge(_) => {
                "所管課公所の情報管理者(本人の閲覧等についてはその上位者)のみが行えます。"
                    .to_owned()
            }
            Self::OwnAdmission => "本人の閲覧等を本人が認めることはできません。".to_owned(),
            Self::Unknown => "この閲覧制限の対象はありません。".to_owned(),
            Self::Withdrawn => "この閲覧制限の対象は廃止されています。".to_owned(),
            Self::PeriodOver => "閲覧等を認める期間が空です。".to_owned(),
            Self::NotGranted(refusal) => refusal.message_ja(),
        }
    }
}
