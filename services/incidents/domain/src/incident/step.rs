//! The steps of the reporting chain: who is told or must act, by which clause, and how soon.
//!
//! A clock follows the clause's own word: 直ちに is the pack's "at once". Reports and judgements
//! whose clause has no such word are due promptly, because somebody waits for them. Work that takes
//! its time (recurrence prevention) has no clock, yet must be done before an incident is closed.

use kernel::ClauseId;
use serde::{Deserialize, Serialize};
use standard::{Period, Role};

use crate::clauses;

/// A step of the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// The information manager is told.
    ReportToInformationManager,
    /// The system manager is told, when the system is important.
    ReportToSystemManager,
    /// The three findings are recorded.
    Investigate,
    /// The findings reach the bureau manager.
    ReportToBureauManager,
    /// The findings reach the CSIRT manager.
    ReportToCsirtManager,
    /// The CSIRT manager passes it on to the CSIRT chief.
    ReportToCsirtChief,
    /// The CSIRT manager judges it minor instead.
    JudgeMinor,
    /// The CSIRT chief verifies what was passed on.
    VerifyReport,
    /// The bureau manager reports to the CISO.
    ReportToCiso,
    /// The CSIRT chief reports to a body outside.
    ReportOutside,
    /// A stopped system is reported to the CSIRT chief.
    ReportContainment,
    /// The access records are put on hold.
    HoldRecords,
    /// Service is restored.
    Recover,
    /// The recovery reaches the bureau manager.
    ReportRecoveryToBureauManager,
    /// The recovery reaches the CSIRT manager.
    ReportRecoveryToCsirtManager,
    /// Recurrence is prevented.
    PreventRecurrence,
    /// The result reaches the CISO.
    ReportResultToCiso,
    /// The result reaches the CSIRT manager.
    ReportResultToCsirtManager,
}

/// What the standard says of a step.
struct Plan {
    code: &'static str,
    ja: &'static str,
    role: Role,
    clause: ClauseId,
    within: Option<Period>,
    /// A report to the role, done when it is acknowledged; else an act.
    told: bool,
}

/// A report, done when whoever is told acknowledges it.
fn told(
    code: &'static str,
    ja: &'static str,
    role: Role,
    clause: ClauseId,
    within: Period,
) -> Plan {
    Plan {
        code,
        ja,
        role,
        clause,
        within: Some(within),
        told: true,
    }
}

/// Something the role does.
fn act(
    code: &'static str,
    ja: &'static str,
    role: Role,
    clause: ClauseId,
    within: Option<Period>,
) -> Plan {
    Plan {
        code,
        ja,
        role,
        clause,
        within,
        told: false,
    }
}

impl Step {
    /// Every step, in the order of the chain.
    pub const ALL: [Self; 18] = [
        Self::ReportToInformationManager,
        Self::ReportToSystemManager,
        Self::Investigate,
        Self::ReportToBureauManager,
        Self::ReportToCsirtManager,
        Self::ReportToCsirtChief,
        Self::JudgeMinor,
        Self::VerifyReport,
        Self::ReportToCiso,
        Self::ReportOutside,
        Self::ReportContainment,
        Self::HoldRecords,
        Self::Recover,
        Self::ReportRecoveryToBureauManager,
        Self::ReportRecoveryToCsirtManager,
        Self::PreventRecurrence,
        Self::ReportResultToCiso,
        Self::ReportResultToCsirtManager,
    ];

    #[rustfmt::skip]
    fn plan(self) -> Plan {
        use Period::{AtOnce, Promptly};
        use Role::{BureauManager, Ciso, CsirtChief, CsirtManager, InformationManager, SystemManager};
        match self {
            Self::ReportToInformationManager => told("report_to_information_manager", "情報管理者への報告", InformationManager, clauses::REPORT, AtOnce),
            Self::ReportToSystemManager => told("report_to_system_manager", "システム管理者への報告", SystemManager, clauses::IMPORTANT_SYSTEM, AtOnce),
            Self::Investigate => act("investigate", "調査", SystemManager, clauses::INVESTIGATE, Some(AtOnce)),
            Self::ReportToBureauManager => told("report_to_bureau_manager", "局(区)情報管理者への報告", BureauManager, clauses::INVESTIGATE, AtOnce),
            Self::ReportToCsirtManager => told("report_to_csirt_manager", "CSIRT管理者への報告", CsirtManager, clauses::INVESTIGATE, AtOnce),
            Self::ReportToCsirtChief => act("report_to_csirt_chief", "CSIRT責任者への報告", CsirtManager, clauses::TO_CSIRT_CHIEF, Some(Promptly)),
            Self::JudgeMinor => act("judge_minor", "軽微の判断", CsirtManager, clauses::MINOR, None),
            Self::VerifyReport => told("verify_report", "CSIRT責任者の確認", CsirtChief, clauses::VERIFY, Promptly),
            Self::ReportToCiso => act("report_to_ciso", "最高情報セキュリティ責任者への報告", BureauManager, clauses::TO_CISO, Some(AtOnce)),
            Self::ReportOutside => act("report_outside", "国・県等への報告", CsirtChief, clauses::REPORT_OUTSIDE, None),
            Self::ReportContainment => act("report_containment", "停止措置の報告", SystemManager, clauses::REPORT_CONTAINMENT, Some(Promptly)),
            Self::HoldRecords => act("hold_records", "アクセス記録の保全", SystemManager, clauses::HOLD_RECORDS, None),
            Self::Recover => act("recover", "復旧", SystemManager, clauses::RECOVER, Some(AtOnce)),
            Self::ReportRecoveryToBureauManager => told("report_recovery_to_bureau_manager", "復旧措置の局(区)情報管理者への報告", BureauManager, clauses::REPORT_RECOVERY, Promptly),
            Self::ReportRecoveryToCsirtManager => told("report_recovery_to_csirt_manager", "復旧措置のCSIRT管理者への報告", CsirtManager, clauses::REPORT_RECOVERY, Promptly),
            Self::PreventRecurrence => act("prevent_recurrence", "再発防止", BureauManager, clauses::PREVENT, None),
            Self::ReportResultToCiso => told("report_result_to_ciso", "結果の最高情報セキュリティ責任者への報告", Ciso, clauses::REPORT_RESULT, Promptly),
            Self::ReportResultToCsirtManager => told("report_result_to_csirt_manager", "結果のCSIRT管理者への報告", CsirtManager, clauses::REPORT_RESULT, Promptly),
        }
    }

    /// The one spelling in data and events.
    pub fn as_str(self) -> &'static str {
        self.plan().code
    }

    /// What people read, in Japanese.
    pub fn title_ja(self) -> &'static str {
        self.plan().ja
    }

    /// Who is told, or must act. What falls to a system manager falls to the information manager
    /// when no important system is concerned (8-3-(2)-1).
    pub fn role(self, important_system: bool) -> Role {
        match self.plan().role {
            Role::SystemManager if !important_system => Role::InformationManager,
            role => role,
        }
    }

    /// The clause that asks for it.
    pub fn clause(self) -> ClauseId {
        self.plan().clause
    }

    /// How soon; none where the standard sets no time.
    pub fn within(self) -> Option<Period> {
        self.plan().within
    }

    /// A report to the role, done when it is acknowledged.
    pub fn is_report(self) -> bool {
        self.plan().told
    }
}
