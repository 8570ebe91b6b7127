//! Why a post is not recorded or assigned so.

use jiff::civil::Date;
use kernel::{ClauseId, Kind, PersonId, PostId};
use standard::Role;

use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such post.
    #[error("the post is not recorded")]
    Unknown,
    /// The bureau or section it is to sit in is not recorded.
    #[error("the bureau or section of the post is not recorded")]
    PlaceUnknown,
    /// No such person, or not in service on that day.
    #[error("person {0} is not registered, or not in service on that day")]
    PersonUnknown(PersonId),
    /// Everyone is staff; no post makes one so.
    #[error("the role `staff` belongs to everyone and is not put on a post")]
    StaffRole,
    /// It follows from the important systems of the section.
    #[error(
        "the role `system_manager` follows from the section's important systems and is not put on a post"
    )]
    DerivedRole,
    /// The role answers for a bureau or section, and the post sits in none.
    #[error("the post sits too high for the role `{role}`")]
    OutOfPlace {
        /// The role.
        role: Role,
        /// The clause that sets it up.
        clause: Option<ClauseId>,
    },
    /// Another post carries the role there.
    #[error("post {post} carries the role `{role}` there already")]
    RoleTaken {
        /// The role.
        role: Role,
        /// The other post.
        post: PostId,
        /// The clause that sets it up.
        clause: Option<ClauseId>,
    },
    /// System staff of another section.
    #[error("system staff are named from the section's own people")]
    OtherSection,
    /// It would end before it begins.
    #[error("the post would be held until before it is held")]
    PeriodEmpty,
    /// Somebody took it up since, on that day.
    #[error("somebody else holds the post since {0}")]
    HeldSince(Date),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::Unknown | Self::PlaceUnknown | Self::PersonUnknown(_) => Kind::NotFound,
            Self::StaffRole | Self::DerivedRole | Self::OutOfPlace { .. } | Self::PeriodEmpty => {
                Kind::Invalid
            }
            Self::RoleTaken { .. } => Kind::Conflict,
            Self::OtherSection | Self::HeldSince(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "post_unknown",
            Self::PlaceUnknown => "post_place_unknown",
            Self::PersonUnknown(_) => "post_person_unknown",
            Self::StaffRole => "post_staff_role",
            Self::DerivedRole => "post_role_derived",
            Self::OutOfPlace { .. } => "post_role_out_of_place",
            Self::RoleTaken { .. } => "post_role_taken",
            Self::OtherSection => "post_holder_of_other_section",
            Self::PeriodEmpty => "post_period_empty",
            Self::HeldSince(_) => "transfer_post_taken",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::OutOfPlace { clause, .. } | Self::RoleTaken { clause, .. } => {
                clause.iter().cloned().collect()
            }
            Self::OtherSection => vec![clause::SYSTEM_STAFF],
            Self::DerivedRole => vec![clause::SYSTEM_MANAGER],
            Self::PersonUnknown(_) | Self::HeldSince(_) => vec![clause::ID_LIFECYCLE],
            Self::Unknown | Self::PlaceUnknown | Self::StaffRole | Self::PeriodEmpty => {
                vec![clause::CISO]
            }
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::Unknown | Self::HeldSince(_) => "post_id",
            Self::PlaceUnknown => "section_id",
            Self::PersonUnknown(_) | Self::OtherSection => "person_id",
            Self::StaffRole
            | Self::DerivedRole
            | Self::OutOfPlace { .. }
            | Self::RoleTaken { .. } => "roles",
            Self::PeriodEmpty => "until",
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        match self {
            Self::Unknown => "この職は登録されていません。".to_owned(),
            Self::PlaceUnknown => "職の属する局・区又は課公所が登録されていません。".to_owned(),
            Self::PersonUnknown(id) => {
                format!("職員 {id} は登録されていないか、その日には在職していません。")
            }
            Self::StaffRole => {
                "「職員」は全員に属する役割であり、職には付けられません。".to_owned()
            }
            Self::DerivedRole => {
                "システム管理者は、重要な情報システムを所管する課公所の長が自動的になる役割であり、職には付けられません。".to_owned()
            }
            Self::OutOfPlace { role, .. } => {
                format!("{}は、この職の属する組織には置けません。", role.title_ja())
            }
            Self::RoleTaken { role, post, .. } => {
                format!("{}は、既に職 {post} に置かれています。", role.title_ja())
            }
            Self::PeriodEmpty => "在職の終わりが始まりより前です。".to_owned(),
            Self::HeldSince(day) => {
                format!("この職には{day}から別の職員が就いています。この行は古い発令です。")
            }
            Self::OtherSection => {
                "システム担当者は、当該課公所の職員から指名してください。".to_owned()
            }
        }
    }
}
