//! Why a command on an incident was not carried out.

use kernel::{ClauseId, Kind, SectionId, SystemId};
use standard::{Action, Role};

use super::Step;
use crate::clauses;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Only a person acts on an incident.
    #[error("only a signed-in person may do this")]
    NotAPerson,
    /// The workload is none of those that may report what they found.
    #[error("{0} is not among the machines that report incidents")]
    MachineUnknown(String),
    /// A person reports what staff or a citizen noticed, a machine what it found.
    #[error("a person reports what staff or a citizen noticed, a machine what it found")]
    OriginNotAllowed,
    /// The id is taken by another report.
    #[error("this incident exists already, with another report")]
    Exists,
    /// Nothing has that id.
    #[error("there is no such incident")]
    NotFound,
    /// It is closed.
    #[error("the incident is closed; report a new one")]
    Closed,
    /// It was noticed before now.
    #[error("an incident cannot have been noticed in the future")]
    NoticedInFuture,
    /// The directory does not know the section.
    #[error("there is no section {0}")]
    SectionUnknown(SectionId),
    /// The ledger does not have the system, or it is out of service.
    #[error("system {0} is not in the ledger, or out of service")]
    SystemUnknown(SystemId),
    /// It does not fall to the caller.
    #[error("only these may do this here: {}", titles_en(*.0))]
    NotInCharge(Action),
    /// The caller is a deputy of the manager in charge, who is not absent or planned nothing.
    #[error("a deputy acts only during a recorded absence that a plan was written for beforehand")]
    PrincipalNotAbsent {
        /// The role whose holder the caller may act for.
        stands_in_for: Role,
    },
    /// The plan does not name this kind of act for the caller.
    #[error("the plan for the absence does not name this kind of act for you")]
    NotPlanned {
        /// The role whose holder the caller may act for.
        stands_in_for: Role,
    },
    /// No report of the incident goes to the caller.
    #[error("no report of this incident is addressed to you")]
    NotAddressed,
    /// A text must be given.
    #[error("must be given")]
    TextMissing(&'static str),
    /// One of the three findings is missing.
    #[error("all three findings must be given")]
    FindingMissing {
        /// The field.
        field: &'static str,
        /// The clause that asks for it.
        clause: ClauseId,
    },
    /// There are no findings yet.
    #[error("the incident has not been investigated yet")]
    NotInvestigated,
    /// Outside harm may be grave.
    #[error("an incident that may gravely harm others is not minor")]
    GraveIsNotMinor,
    /// It was passed on.
    #[error("an incident that was passed on is not minor")]
    PassedOnIsNotMinor,
    /// A system is stopped because of it.
    #[error("an incident for which a system is suspended is not minor")]
    SuspendedIsNotMinor,
    /// The incident does not keep that system stopped.
    #[error("system {0} is not suspended under this incident")]
    NotSuspended(SystemId),
    /// A higher authority stopped the system.
    #[error("system {0} was suspended by a higher authority, which alone may resume it")]
    OrderedFromAbove(SystemId),
    /// No system was stopped.
    #[error("no system has been suspended under this incident")]
    NothingContained,
    /// The access records are not on hold.
    #[error("the access records are not on hold under this incident")]
    RecordsNotHeld,
    /// Too many systems are stopped.
    #[error("at most {0} systems are suspended under one incident")]
    TooManySuspended(usize),
    /// Systems are still stopped.
    #[error("still suspended: {}", list(.0))]
    StillSuspended(Vec<SystemId>),
    /// Steps of the chain are still open.
    #[error("steps still open: {}", .0.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", "))]
    StepsOpen(Vec<Step>),
}

fn titles_en(action: Action) -> String {
    let roles = action.roles().into_iter();
    let titles: Vec<_> = roles.map(Role::title_en).collect();
    titles.join(", ")
}

fn list(systems: &[SystemId]) -> String {
    let systems: Vec<_> = systems.iter().map(SystemId::as_str).collect();
    systems.join(", ")
}

impl Refusal {
    /// Whether it says that the caller is not the one to do it.
    pub(super) fn is_of_charge(&self) -> bool {
        matches!(self, Self::NotInCharge(_) | Self::NotAddressed)
    }
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotAPerson
            | Self::MachineUnknown(_)
            | Self::NotInCharge(_)
            | Self::PrincipalNotAbsent { .. }
            | Self::NotPlanned { .. }
            | Self::NotAddressed
            | Self::OrderedFromAbove(_) => Kind::Denied,
            Self::OriginNotAllowed
            | Self::NoticedInFuture
            | Self::SectionUnknown(_)
            | Self::SystemUnknown(_)
            | Self::TextMissing(_)
            | Self::FindingMissing { .. } => Kind::Invalid,
            Self::Exists => Kind::Conflict,
            Self::NotFound => Kind::NotFound,
            Self::Closed
            | Self::NotInvestigated
            | Self::GraveIsNotMinor
            | Self::PassedOnIsNotMinor
            | Self::SuspendedIsNotMinor
            | Self::NotSuspended(_)
            | Self::NothingContained
            | Self::TooManySuspended(_)
            | Self::RecordsNotHeld
            | Self::StillSuspended(_)
            | Self::StepsOpen(_) => Kind::Precondition,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotAPerson => "incident_needs_person",
            Self::MachineUnknown(_) => "incident_machine_unknown",
            Self::OriginNotAllowed => "incident_origin_not_allowed",
            Self::Exists => "incident_exists",
            Self::NotFound => "incident_not_found",
            Self::Closed => "incident_closed",
            Self::NoticedInFuture => "incident_noticed_in_future",
            Self::SectionUnknown(_) => "incident_section_unknown",
            Self::SystemUnknown(_) => "incident_system_unknown",
            Self::NotInCharge(_) => "incident_not_in_charge",
            Self::PrincipalNotAbsent { .. } => "incident_principal_not_absent",
            Self::NotPlanned { .. } => "incident_not_in_absence_plan",
            Self::NotAddressed => "incident_not_addressed",
            Self::TextMissing(_) => "incident_text_missing",
            Self::FindingMissing { .. } => "incident_finding_missing",
            Self::NotInvestigated => "incident_not_investigated",
            Self::GraveIsNotMinor => "incident_grave_is_not_minor",
            Self::PassedOnIsNotMinor => "incident_passed_on_is_not_minor",
            Self::SuspendedIsNotMinor => "incident_suspended_is_not_minor",
            Self::NotSuspended(_) => "incident_system_not_suspended",
            Self::OrderedFromAbove(_) => "incident_suspended_from_above",
            Self::NothingContained => "incident_nothing_contained",
            Self::RecordsNotHeld => "incident_records_not_held",
            Self::TooManySuspended(_) => "incident_too_many_suspended",
            Self::StillSuspended(_) => "incident_still_suspended",
            Self::StepsOpen(_) => "incident_steps_open",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotInCharge(action) => action.clause().into_iter().collect(),
            Self::FindingMissing { clause, .. } => vec![clause.clone()],
            Self::PrincipalNotAbsent { stands_in_for } | Self::NotPlanned { stands_in_for } => {
                let acts = match stands_in_for {
                    Role::SystemManager => clauses::STAFF_ACTS,
                    _ => clauses::DEPUTY_ACTS,
                };
                vec![acts, clauses::ABSENCE_PLAN]
            }
            // アクセス許可最小化.
            Self::MachineUnknown(_) => vec![ClauseId::known("7-2-(3)-2")],
            Self::NotAddressed
            | Self::OriginNotAllowed
            | Self::NoticedInFuture
            | Self::SectionUnknown(_) => vec![clauses::REPORT],
            Self::NotAPerson | Self::Closed => vec![clauses::ANSWER_AT_ONCE],
            Self::SystemUnknown(_) => vec![clauses::IMPORTANT_SYSTEM],
            Self::TooManySuspended(_) => vec![clauses::SUSPEND],
            Self::RecordsNotHeld => vec![clauses::HOLD_RECORDS],
            Self::NotInvestigated => vec![clauses::INVESTIGATE],
            Self::GraveIsNotMinor | Self::PassedOnIsNotMinor | Self::SuspendedIsNotMinor => {
                vec![clauses::MINOR]
            }
            Self::NotSuspended(_) | Self::OrderedFromAbove(_) | Self::StillSuspended(_) => {
                vec![clauses::RECOVER]
            }
            Self::NothingContained => vec![clauses::REPORT_CONTAINMENT],
            Self::StepsOpen(steps) => {
                let mut clauses: Vec<_> = steps.iter().map(|step| step.clause()).collect();
                clauses.sort();
                clauses.dedup();
                clauses
            }
            Self::Exists | Self::NotFound | Self::TextMissing(_) => Vec::new(),
        }
    }

    fn field(&self) -> Option<String> {
        let field = match self {
            Self::OriginNotAllowed => "origin",
            Self::NoticedInFuture => "noticed_at",
            Self::SectionUnknown(_) => "section_id",
            Self::SystemUnknown(_) | Self::NotSuspended(_) | Self::OrderedFromAbove(_) => {
                "system_id"
            }
            Self::TextMissing(field) | Self::FindingMissing { field, .. } => field,
            _ => return None,
        };
        Some(field.to_owned())
    }

    fn message_ja(&self) -> String {
        let text = match self {
            Self::NotAPerson => "サインインした職員だけができる操作です。",
            Self::MachineUnknown(name) => {
                return format!("{name}は障害を報告する機械として登録されていません。");
            }
            Self::OriginNotAllowed => {
                "職員は職員又は市民が気付いた障害を、機械は機械が検知した障害を報告します。"
            }
            Self::Exists => "この番号の障害は、異なる内容で報告済みです。",
            Self::NotFound => "該当するセキュリティ障害がありません。",
            Self::Closed => "このセキュリティ障害は終結しています。新たに報告してください。",
            Self::NoticedInFuture => "気付いた日時を未来にすることはできません。",
            Self::SectionUnknown(id) => return format!("課公所{id}はありません。"),
            Self::SystemUnknown(id) => {
                return format!("情報システム{id}は台帳にないか、利用を終了しています。");
            }
            Self::NotInCharge(action) => {
                let roles = action.roles().into_iter();
                let titles: Vec<_> = roles.map(Role::title_ja).collect();
                return format!("次の者だけができる操作です: {}", titles.join("、"));
            }
            Self::PrincipalNotAbsent { .. } => {
                "代行できるのは、事前に定めた代行計画があり、不在が記録されている間だけです。"
            }
            Self::NotPlanned { .. } => "この種別の措置は、代行計画であなたに任されていません。",
            Self::NotAddressed => "あなた宛ての報告はありません。",
            Self::TextMissing(_) => "入力してください。",
            Self::FindingMissing { .. } => {
                "障害の内容、原因、確認した被害と影響範囲の全てを入力してください。"
            }
            Self::NotInvestigated => "このセキュリティ障害の調査結果がまだ記録されていません。",
            Self::GraveIsNotMinor => {
                "外部に重大な被害が及ぶおそれのある障害を軽微とすることはできません。"
            }
            Self::PassedOnIsNotMinor => "上位に報告した障害を軽微とすることはできません。",
            Self::SuspendedIsNotMinor => {
                "情報システムを停止している障害を軽微とすることはできません。"
            }
            Self::NotSuspended(id) => {
                return format!("情報システム{id}は、この障害によって停止されていません。");
            }
            Self::OrderedFromAbove(id) => {
                return format!(
                    "情報システム{id}は上位の者が停止しました。再開できるのは同等以上の者です。"
                );
            }
            Self::NothingContained => "この障害によって停止した情報システムはありません。",
            Self::RecordsNotHeld => "この障害によるアクセス記録の保全は行われていません。",
            Self::TooManySuspended(max) => {
                return format!("一つの障害で停止できる情報システムは{max}件までです。");
            }
            Self::StillSuspended(systems) => {
                return format!("停止中の情報システムがあります: {}", list(systems));
            }
            Self::StepsOpen(steps) => {
                let titles: Vec<_> = steps.iter().map(|step| step.title_ja()).collect();
                return format!("終わっていない手順があります: {}", titles.join("、"));
            }
        };
        text.to_owned()
    }
}
