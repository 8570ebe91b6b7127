//! Why nothing was arranged.

use kernel::{ClauseId, Kind, PersonId};
use standard::Role;

use crate::clause;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only a person arranges this.
    #[error("only a signed-in person may do this")]
    NotAPerson,
    /// No such section.
    #[error("the section is not recorded")]
    SectionUnknown,
    /// The caller does not head the section.
    #[error("only the head of the section may do this; a deputy may not pass authority on")]
    NotInCharge(ClauseId),
    /// Another role is not given by naming.
    #[error("the role `{0}` is not given by nomination")]
    RoleNotNominated(Role),
    /// No such person, or not in service.
    #[error("person {0} is not registered, or not in service")]
    PersonUnknown(PersonId),
    /// Of another section.
    #[error("deputies and system staff are named from the section's own people")]
    OtherSection(Role),
    /// The head is not their own deputy.
    #[error("the head of the section is not their own deputy")]
    Oneself(Role),
    /// It would end before it begins.
    #[error("it would end before it begins")]
    PeriodEmpty,
    /// The plan names nobody, or nothing.
    #[error("the plan must name who acts, and for what")]
    PlanEmpty,
    /// The section would be left without a deputy.
    #[error("the section would have no deputy; name a successor")]
    LastDeputy,
    /// Somebody in the plan is no deputy.
    #[error("{0} is neither deputy nor system staff of the section")]
    NotADeputy(PersonId),
    /// The pack has no such action, or no manager decides on it.
    #[error("`{0}` is no kind of action a deputy can take")]
    ActionUnknown(String),
    /// A plan is written beforehand.
    #[error("a plan is written beforehand, not during the absence")]
    PlanDuringAbsence,
    /// An absence is recorded from now on.
    #[error("an absence is not recorded for a time gone by")]
    AbsenceGoneBy,
    /// Nobody heads the section, so nobody is absent.
    #[error("nobody heads the section")]
    NobodyHeads,
    /// Only the head or whoever stands above records an absence.
    #[error("an absence is recorded by the one who is absent or by whoever stands above")]
    AbsenceOfAnother,
    /// No such absence.
    #[error("there is no such absence running or to come")]
    AbsenceUnknown,
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAPerson | Self::NotInCharge(_) | Self::AbsenceOfAnother => Kind::Denied,
            Self::SectionUnknown | Self::PersonUnknown(_) | Self::AbsenceUnknown => Kind::NotFound,
            Self::RoleNotNominated(_)
            | Self::Oneself(_)
            | Self::PeriodEmpty
            | Self::PlanEmpty
            | Self::ActionUnknown(_)
            | Self::AbsenceGoneBy => Kind::Invalid,
            Self::OtherSection(_)
            | Self::LastDeputy
            | Self::NotADeputy(_)
            | Self::PlanDuringAbsence
            | Self::NobodyHeads => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotAPerson => "delegation_needs_person",
            Self::SectionUnknown => "delegation_section_unknown",
            Self::NotInCharge(_) => "delegation_not_in_charge",
            Self::RoleNotNominated(_) => "delegation_role_not_nominated",
            Self::PersonUnknown(_) => "delegation_person_unknown",
            Self::OtherSection(_) => "delegation_person_of_other_section",
            Self::Oneself(_) => "delegation_to_oneself",
            Self::PeriodEmpty => "delegation_period_empty",
            Self::LastDeputy => "deputy_last",
            Self::PlanEmpty => "absence_plan_empty",
            Self::NotADeputy(_) => "absence_plan_not_a_deputy",
            Self::ActionUnknown(_) => "absence_plan_action_unknown",
            Self::PlanDuringAbsence => "absence_plan_during_absence",
            Self::AbsenceGoneBy => "absence_gone_by",
            Self::NobodyHeads => "absence_of_nobody",
            Self::AbsenceOfAnother => "absence_of_another",
            Self::AbsenceUnknown => "absence_unknown",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        let named = |role: &Role| match role {
            Role::SystemStaff => clause::SYSTEM_STAFF,
            _ => clause::DEPUTY,
        };
        match self {
            Self::NotAPerson | Self::SectionUnknown | Self::PeriodEmpty => Vec::new(),
            Self::NotInCharge(clause) => vec![clause.clone()],
            Self::OtherSection(role) | Self::Oneself(role) | Self::RoleNotNominated(role) => {
                vec![named(role)]
            }
            Self::LastDeputy => vec![clause::ONE_DEPUTY],
            Self::PersonUnknown(_) => vec![clause::ID_LIFECYCLE],
            Self::PlanEmpty
            | Self::NotADeputy(_)
            | Self::ActionUnknown(_)
            | Self::PlanDuringAbsence => vec![clause::ABSENCE_PLAN],
            Self::AbsenceGoneBy
            | Self::NobodyHeads
            | Self::AbsenceOfAnother
            | Self::AbsenceUnknown => vec![clause::DEPUTY_ACTS, clause::STAFF_ACTS],
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::SectionUnknown | Self::NobodyHeads => "section_id",
            Self::RoleNotNominated(_) => "role",
            Self::PersonUnknown(_) | Self::OtherSection(_) | Self::Oneself(_) => "person_id",
            Self::LastDeputy => "successor_id",
            Self::PeriodEmpty => "until",
            Self::PlanEmpty | Self::NotADeputy(_) | Self::ActionUnknown(_) => "entries",
            Self::AbsenceGoneBy => "since",
            Self::AbsenceUnknown => "absence_id",
            Self::NotAPerson
            | Self::NotInCharge(_)
            | Self::PlanDuringAbsence
            | Self::AbsenceOfAnother => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        let text = match self {
            Self::NotAPerson => "サインインした職員だけができる操作です。",
            Self::SectionUnknown => "課公所が登録されていません。",
            Self::NotInCharge(_) => {
                "この操作ができるのは課公所の長だけです。代行の権限を他の人に委ねることはできません。"
            }
            Self::RoleNotNominated(role) => {
                return format!("{}は指名によって置く役割ではありません。", role.title_ja());
            }
            Self::PersonUnknown(id) => {
                return format!("職員 {id} は登録されていないか、在職していません。");
            }
            Self::OtherSection(_) => {
                "副情報管理者とシステム担当者は、当該課公所の職員から指名してください。"
            }
            Self::Oneself(_) => "課公所の長が自らの副となることはできません。",
            Self::PeriodEmpty => "終わりが始まりより前です。",
            Self::LastDeputy => "課公所に副情報管理者がいなくなります。後任を指名してください。",
            Self::PlanEmpty => "誰が何を代行するかを定めてください。",
            Self::NotADeputy(id) => {
                return format!(
                    "職員 {id} は、当該課公所の副情報管理者でもシステム担当者でもありません。"
                );
            }
            Self::ActionUnknown(kind) => {
                return format!("「{kind}」は代行できる事務の種別ではありません。");
            }
            Self::PlanDuringAbsence => {
                "代行計画は事前に定めるものです。不在の間に定めることはできません。"
            }
            Self::AbsenceGoneBy => "過ぎた時間の不在を記録することはできません。",
            Self::NobodyHeads => "課公所の長が置かれていません。",
            Self::AbsenceOfAnother => "不在を記録できるのは、本人又は上位の者だけです。",
            Self::AbsenceUnknown => "継続中又は予定の不在に該当するものがありません。",
        };
        text.to_owned()
    }
}
