//! What may be asked of an incident.

use jiff::Timestamp;
use kernel::{ClauseId, IncidentId, PersonId, SectionId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{Action, Role};

use super::{Findings, Suspicion};

/// A command. Who asks, and when, is in the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Report it (8-3-(1)-1).
    Report(Box<Report>),
    /// Acknowledge every report the caller has been told (8-3-(1), 8-3-(2)-1, 2-8-1).
    Acknowledge,
    /// Record the findings, or better ones (8-3-(2)-1).
    Investigate {
        /// The three findings.
        findings: Findings,
        /// Outside harm may be grave; never taken back.
        grave: bool,
    },
    /// Judge it minor, as the CSIRT manager (8-3-(2)-2ウ).
    JudgeMinor {
        /// Why.
        reason: String,
    },
    /// Pass it on (8-3-(2)-2ア, 8-3-(2)-3).
    PassOn {
        /// To whom.
        to: Target,
        /// Why.
        reason: String,
    },
    /// Record a report to a body outside, as the CSIRT chief (2-8-3).
    ReportOutside {
        /// The body.
        body: String,
        /// What was reported.
        content: String,
    },
    /// Stop a system (8-3-(3)-1a).
    Suspend {
        /// Which.
        system: SystemId,
        /// Why.
        reason: String,
    },
    /// Put a stopped system back into service (8-3-(4)-1a).
    Resume {
        /// Which.
        system: SystemId,
        /// What was verified.
        reason: String,
    },
    /// Report a stopped system to the CSIRT chief (8-3-(3)-1b).
    ReportContainment {
        /// What was done.
        measures: String,
    },
    /// Put the access records on hold (8-3-(3)-2a).
    HoldRecords {
        /// What suggests an intrusion.
        reason: String,
    },
    /// Release the access records again, as the CSIRT chief or the CISO.
    ReleaseRecords {
        /// Why they need not be kept any longer.
        reason: String,
    },
    /// Record the recovery (8-3-(4)-1).
    Recover {
        /// What was done.
        measures: String,
    },
    /// Record the prevention of recurrence, as the bureau manager (8-3-(4)-2a).
    Prevent {
        /// What was decided.
        measures: String,
    },
    /// Close it.
    Close {
        /// What is left to say.
        conclusion: String,
    },
    /// Record the steps whose time is over.
    MarkOverdue,
    /// Add what the analysis of records raised about the same thing (7-1-(4)-4b).
    Suspect(Box<Suspicion>),
}

impl Command {
    /// What it is in the standard's table of who may; none for what is nobody's charge.
    pub fn action(&self) -> Option<Action> {
        Some(match self {
            // Anybody reports, and the platform keeps the clocks.
            Self::Report(_) | Self::MarkOverdue | Self::Suspect(_) => return None,
            Self::Acknowledge => Action::IncidentAcknowledge,
            Self::Investigate { .. } => Action::IncidentInvestigate,
            Self::JudgeMinor { .. } => Action::IncidentJudgeMinor,
            Self::PassOn { to, .. } => match to {
                Target::CsirtChief => Action::IncidentReportToCsirtChief,
                Target::Ciso => Action::IncidentReportToCiso,
            },
            Self::ReportOutside { .. } => Action::IncidentReportOutside,
            Self::Suspend { .. } => Action::IncidentSuspend,
            Self::Resume { .. } => Action::IncidentResume,
            Self::ReportContainment { .. } => Action::IncidentReportContainment,
            Self::HoldRecords { .. } => Action::IncidentHoldRecords,
            Self::ReleaseRecords { .. } => Action::IncidentReleaseRecords,
            Self::Recover { .. } => Action::IncidentRecover,
            Self::Prevent { .. } => Action::IncidentPrevent,
            Self::Close { .. } => Action::IncidentClose,
        })
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The new incident's id.
    pub id: IncidentId,
    /// Short title.
    pub title: String,
    /// How it came to be known.
    pub origin: Origin,
    /// Section concerned; none only when a machine event names neither person nor system.
    pub section: Option<SectionId>,
    /// System concerned.
    pub system: Option<SystemId>,
    /// Person concerned, for example the holder of a lost card.
    pub person: Option<PersonId>,
    /// What was noticed.
    pub description: String,
    /// When it was noticed.
    pub noticed_at: Timestamp,
    /// The clause by which it is reported: 8-3-(1)-1, or that of the machine event.
    pub clause: ClauseId,
}

/// How an incident came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Noticed by staff.
    Staff,
    /// A citizen's call, taken by staff.
    Citizen,
    /// A machine event.
    Machine,
}

/// Whom an incident is passed on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// By the CSIRT manager: it may spread, or help is needed.
    CsirtChief,
    /// By the bureau manager: outside harm may be grave.
    Ciso,
}

impl Target {
    /// The role it is passed on to.
    pub fn role(self) -> Role {
        match self {
            Self::CsirtChief => Role::CsirtChief,
            Self::Ciso => Role::Ciso,
        }
    }
}
