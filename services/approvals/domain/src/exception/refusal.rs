//! Why a command on an exception was not carried out.

use kernel::{ClauseId, Fault, Kind};

use super::rules::{EMERGENCY, PERMITTED, REPORT};
use crate::{Violation, violation};

/// A refusal, with the clauses it serves.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// Why.
    pub reason: Reason,
    /// The clauses of section 8-4, and of the rules not met.
    pub clauses: Vec<ClauseId>,
}

impl From<Reason> for Refusal {
    fn from(reason: Reason) -> Self {
        let clauses = match &reason {
            Reason::RulesNotMet(violations) => Violation::clauses(violations),
            Reason::ReportOwed
            | Reason::NotReported
            | Reason::NotTheManager
            | Reason::ReportedBefore
            | Reason::JudgedBefore
            | Reason::NotJudged => vec![REPORT],
            Reason::NotAnEmergency => vec![EMERGENCY],
            _ => vec![PERMITTED],
        };
        Self { reason, clauses }
    }
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// Only a person acts on an exception.
    #[error("only a signed-in person may do this")]
    NotAPerson,
    /// The caller is bureau manager of no bureau, or not of that one.
    #[error("only the bureau manager may do this")]
    NotABureauManager,
    /// The caller manages several bureaus.
    #[error("name the bureau: you are manager of several")]
    BureauMissing,
    /// Rules are not met: all of them are named.
    #[error("{} rule(s) not met: {}", .0.len(), violation::list(.0))]
    RulesNotMet(Vec<Violation>),
    /// An earlier emergency of the bureau is not reported and its time is over.
    #[error("an earlier emergency exception of the bureau has not been reported to the CISO")]
    ReportOwed,
    /// The id is taken.
    #[error("this exception exists already")]
    Exists,
    /// Nothing has that id.
    #[error("there is no such exception")]
    Unknown,
    /// The caller is not the CISO.
    #[error("only the CISO decides on exceptions")]
    NotTheCiso,
    /// It does not wait for a decision.
    #[error("the exception is not waiting for a decision")]
    NotApplied,
    /// It was not invoked in an emergency.
    #[error("only an emergency exception is reported and endorsed")]
    NotAnEmergency,
    /// It has not been reported to the CISO.
    #[error("the emergency exception has not been reported yet")]
    NotReported,
    /// It was reported before.
    #[error("the emergency exception was reported before")]
    ReportedBefore,
    /// It was endorsed or revoked before.
    #[error("the emergency exception was endorsed or revoked before")]
    JudgedBefore,
    /// The CISO has neither endorsed nor revoked the emergency.
    #[error("the CISO has neither endorsed nor revoked the emergency exception yet")]
    NotJudged,
    /// The caller is not the manager of its bureau.
    #[error("only the manager of its bureau may do this")]
    NotTheManager,
    /// It is not in effect, now or later.
    #[error("the exception has ended or was never granted")]
    NotLive,
    /// It has not ended.
    #[error("only an ended exception is closed")]
    NotEnded,
    /// A reason or text must be given.
    #[error("a reason must be given")]
    TextMissing(&'static str),
    /// Nobody stands above the CISO: name a witness.
    #[error("the CISO's decision on the CISO's own bureau or person needs a witness")]
    WitnessMissing,
    /// The one named cannot be witness.
    #[error("the witness must be an auditor whom the exception does not concern")]
    WitnessUnfit,
    /// No decision waits for the caller's witness.
    #[error("no decision waits for your confirmation")]
    NotTheWitness,
}

impl Reason {
    const fn family(&self) -> (Kind, &'static str) {
        match self {
            Self::NotAPerson => (Kind::Denied, "exception_needs_person"),
            Self::NotABureauManager => (Kind::Denied, "exception_not_a_bureau_manager"),
            Self::BureauMissing => (Kind::Invalid, "exception_bureau_missing"),
            Self::RulesNotMet(_) => (Kind::Precondition, "exception_rules_not_met"),
            Self::ReportOwed => (Kind::Precondition, "exception_report_owed"),
            Self::Exists => (Kind::Conflict, "exception_exists"),
            Self::Unknown => (Kind::NotFound, "exception_not_found"),
            Self::NotTheCiso => (Kind::Denied, "exception_not_the_ciso"),
            Self::NotApplied => (Kind::Precondition, "exception_not_applied"),
            Self::NotAnEmergency => (Kind::Precondition, "exception_not_an_emergency"),
            Self::NotReported => (Kind::Precondition, "exception_not_reported"),
            Self::ReportedBefore => (Kind::Precondition, "exception_reported_before"),
            Self::JudgedBefore => (Kind::Precondition, "exception_judged_before"),
            Self::NotJudged => (Kind::Precondition, "exception_not_judged"),
            Self::NotTheManager => (Kind::Denied, "exception_not_the_manager"),
            Self::NotLive => (Kind::Precondition, "exception_not_live"),
            Self::NotEnded => (Kind::Precondition, "exception_not_ended"),
            Self::TextMissing(_) => (Kind::Invalid, "exception_text_missing"),
            Self::WitnessMissing => (Kind::Precondition, "exception_witness_missing"),
            Self::WitnessUnfit => (Kind::Precondition, "exception_witness_unfit"),
            Self::NotTheWitness => (Kind::Denied, "exception_not_the_witness"),
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
            Reason::BureauMissing => Some("bureau_id".into()),
            Reason::RulesNotMet(violations) => violations.first().map(|v| v.field.clone()),
            Reason::TextMissing(field) => Some((*field).into()),
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
            Reason::NotAPerson => "サインインした職員だけができる操作です。",
            Reason::NotABureauManager => "局(区)情報管理者だけができる操作です。",
            Reason::BureauMissing => "複数の局(区)の情報管理者です。局(区)を指定してください。",
            Reason::RulesNotMet(violations) => {
                return format!(
                    "満たしていない条件が{}件あります。{}",
                    violations.len(),
                    violation::list_ja(violations)
                );
            }
            Reason::ReportOwed => {
                "この局(区)には最高情報セキュリティ責任者へ未報告の緊急例外があります。先に報告してください。"
            }
            Reason::Exists => "この例外措置は既にあります。",
            Reason::Unknown => "該当する例外措置がありません。",
            Reason::NotTheCiso => "例外措置を決定するのは最高情報セキュリティ責任者です。",
            Reason::NotApplied => "決定を待っている例外措置ではありません。",
            Reason::NotAnEmergency => "報告と承認の対象は緊急の例外措置です。",
            Reason::NotReported => "緊急の例外措置がまだ報告されていません。",
            Reason::ReportedBefore => "緊急の例外措置は既に報告されています。",
            Reason::JudgedBefore => "緊急の例外措置は既に承認され、又は取り消されています。",
            Reason::NotJudged => {
                "最高情報セキュリティ責任者が緊急の例外措置をまだ承認も取消しもしていません。"
            }
            Reason::NotTheManager => "当該局(区)の情報管理者だけができる操作です。",
            Reason::NotLive => "例外措置は終わっているか、許可されていません。",
            Reason::NotEnded => "終わった例外措置だけを完結できます。",
            Reason::TextMissing(_) => "理由又は内容を入力してください。",
            Reason::WitnessMissing => {
                "最高情報セキュリティ責任者自身又はその局に関わる決定には立会人が必要です。"
            }
            Reason::WitnessUnfit => {
                "立会人は監査を行う者で、例外措置に関わらない別の人でなければなりません。"
            }
            Reason::NotTheWitness => "あなたの確認を待つ決定はありません。",
        }
        .into()
    }
}
