//! Why a command on a permit was not carried out.

use kernel::{ClauseId, Fault, Kind};

use crate::{Violation, violation};

/// A refusal, with the clauses it serves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The clauses of the permit, or of the rules not met.
    pub clauses: Vec<ClauseId>,
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Only a person acts on a permit.
    #[error("only a signed-in person may do this")]
    NotAPerson,
    /// The pack has no such kind, or exceptions have their own way.
    #[error("there is no kind of permit {0:?} to apply for")]
    UnknownKind(String),
    /// Rules of the kind are not met: all of them are named.
    #[error("{} rule(s) not met: {}", .0.len(), violation::list(.0))]
    RulesNotMet(Vec<Violation>),
    /// The id is taken.
    #[error("this permit was applied for already")]
    Exists,
    /// Nothing has that id.
    #[error("there is no such permit")]
    Unknown,
    /// Its route is at an end.
    #[error("the application is no longer open")]
    NotOpen,
    /// Its own end has passed.
    #[error("the permit's end has passed")]
    Ended,
    /// The step is decided.
    #[error("this step is decided already")]
    StepDecided,
    /// Another step comes first, or there is none of that index.
    #[error("it is not this step's turn")]
    NotItsTurn,
    /// The caller is one of those it concerns, and someone else decides.
    #[error("nobody decides on their own request")]
    OwnRequest,
    /// The caller does not hold the post that decides.
    #[error("this step is decided by another post")]
    NotTheDecider,
    /// The caller is a deputy, and the one they may act for is not absent, or planned nothing.
    #[error("a deputy acts only during a recorded absence that a plan was written for beforehand")]
    PrincipalNotAbsent,
    /// The caller is a deputy, and the plan does not name this kind of permit for them.
    #[error("the plan for the absence does not name this kind of permit for you")]
    NotPlanned,
    /// A no needs a reason.
    #[error("a reason must be given")]
    ReasonMissing,
    /// Nobody stands above the concerned: name a witness.
    #[error("a decision on one's own request needs a witness")]
    WitnessMissing,
    /// The one named cannot be witness.
    #[error("the witness must be an auditor, and none of those it concerns")]
    WitnessUnfit,
    /// No decision waits for the caller's witness.
    #[error("no decision waits for your confirmation at this step")]
    NotTheWitness,
    /// Only the applicant withdraws.
    #[error("only the applicant may withdraw an application")]
    NotTheApplicant,
    /// It is not granted.
    #[error("the permit is not granted")]
    NotGranted,
    /// Only the last step's approvers and the CISO revoke.
    #[error("only an approver of the last step or the CISO may revoke a permit")]
    NotTheRevoker,
    /// Only those it concerns and the last step's approvers record its completion.
    #[error("only those the permit concerns or an approver of its last step may complete it")]
    NotTheCompleter,
    /// Nothing is recorded when a permit of this kind was used.
    #[error("a permit of this kind is not completed")]
    NothingToComplete,
    /// Its completion is on record, with other content or by somebody else.
    #[error("the permit is completed already")]
    Completed,
}

impl Reason {
    const fn family(&self) -> (Kind, &'static str) {
        match self {
            Self::NotAPerson => (Kind::Denied, "permit_needs_person"),
            Self::UnknownKind(_) => (Kind::Invalid, "permit_kind_unknown"),
            Self::RulesNotMet(_) => (Kind::Precondition, "permit_rules_not_met"),
            Self::Exists => (Kind::Conflict, "permit_exists"),
            Self::Unknown => (Kind::NotFound, "permit_not_found"),
            Self::NotOpen => (Kind::Precondition, "permit_not_open"),
            Self::Ended => (Kind::Precondition, "permit_ended"),
            Self::StepDecided => (Kind::Precondition, "permit_step_decided"),
            Self::NotItsTurn => (Kind::Precondition, "permit_step_not_its_turn"),
            Self::OwnRequest => (Kind::Denied, "permit_own_request"),
            Self::NotTheDecider => (Kind::Denied, "permit_not_the_decider"),
            Self::PrincipalNotAbsent => (Kind::Denied, "permit_principal_not_absent"),
            Self::NotPlanned => (Kind::Denied, "permit_not_in_absence_plan"),
            Self::ReasonMissing => (Kind::Invalid, "permit_reason_missing"),
            Self::WitnessMissing => (Kind::Precondition, "permit_witness_missing"),
            Self::WitnessUnfit => (Kind::Precondition, "permit_witness_unfit"),
            Self::NotTheWitness => (Kind::Denied, "permit_not_the_witness"),
            Self::NotTheApplicant => (Kind::Denied, "permit_not_the_applicant"),
            Self::NotGranted => (Kind::Precondition, "permit_not_granted"),
            Self::NotTheRevoker => (Kind::Denied, "permit_not_the_revoker"),
            Self::NotTheCompleter => (Kind::Denied, "permit_not_the_completer"),
            Self::NothingToComplete => (Kind::Precondition, "permit_nothing_to_complete"),
            Self::Completed => (Kind::Precondition, "permit_completed"),
        }
    }
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        self.reason.family().0
    }

    fn code(&self) -> &'static str {
        self.reason.family().1
    }

    fn clauses(&self) -> Vec<ClauseId> {
        self.clauses.clone()
    }

    fn field(&self) -> Option<String> {
        match &self.reason {
            Reason::UnknownKind(_) => Some("kind".into()),
            Reason::RulesNotMet(violations) => violations.first().map(|v| v.field.clone()),
            Reason::StepDecided | Reason::NotItsTurn => Some("step_index".into()),
            Reason::ReasonMissing => Some("reason".into()),
            Reason::WitnessMissing | Reason::WitnessUnfit => Some("witness_id".into()),
            _ => None,
        }
    }

    fn faults(&self) -> Vec<Fault> {
        match &self.reason {
            Reason::RulesNotMet(violations) => violation::faults(violations),
            _ => Fault::of(self),
        }
    }

    fn message_ja(&self) -> String {
        match &self.reason {
            Reason::NotAPerson => "サインインした職員だけができる操作です。".into(),
            Reason::UnknownKind(kind) => format!("申請できる許可の種別に「{kind}」はありません。"),
            Reason::RulesNotMet(violations) => format!(
                "満たしていない条件が{}件あります。{}",
                violations.len(),
                violation::list_ja(violations)
            ),
            Reason::Exists => "この許可は既に申請されています。".into(),
            Reason::Unknown => "該当する許可がありません。".into(),
            Reason::NotOpen => "この申請の審査は終わっています。".into(),
            Reason::Ended => "許可の終期を過ぎています。".into(),
            Reason::StepDecided => "この段階は既に決定されています。".into(),
            Reason::NotItsTurn => "この段階の順番ではありません。".into(),
            Reason::OwnRequest => "自分に関わる申請を自分で決定することはできません。".into(),
            Reason::NotTheDecider => "この段階を決定する職に就いていません。".into(),
            Reason::PrincipalNotAbsent => {
                "代行できるのは、事前に定めた代行計画があり、不在が記録されている間だけです。"
                    .into()
            }
            Reason::NotPlanned => "この種別の許可は、代行計画であなたに任されていません。".into(),
            Reason::ReasonMissing => "理由を入力してください。".into(),
            Reason::WitnessMissing => "自分に関わる申請の決定には立会人が必要です。".into(),
            Reason::WitnessUnfit => {
                "立会人は監査を行う者で、申請に関わらない別の人でなければなりません。".into()
            }
            Reason::NotTheWitness => "この段階にあなたの確認を待つ決定はありません。".into(),
            Reason::NotTheApplicant => "申請を取り下げられるのは申請者だけです。".into(),
            Reason::NotGranted => "この申請は許可されていません。".into(),
            Reason::NotTheRevoker => {
                "取り消せるのは最終段階の決定者又は最高情報セキュリティ責任者だけです。".into()
            }
            Reason::NotTheCompleter => {
                "完了を記録できるのは許可に関わる者又は最終段階の決定者だけです。".into()
            }
            Reason::NothingToComplete => "この種別の許可には完了の記録がありません。".into(),
            Reason::Completed => "この許可の完了は既に記録されています。".into(),
        }
    }
}
