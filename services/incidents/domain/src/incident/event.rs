//! What happened to an incident.

use jiff::Timestamp;
use kernel::{PersonId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{Action, Role, route::Acting};

use super::{Findings, Report, Step, Suspension, Suspicion, Target};

/// An event: one act, and how it moved the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What happened.
    pub what: What,
    /// When.
    pub at: Timestamp,
    /// By whom; none for the platform.
    pub by: Option<PersonId>,
    /// Steps done, opened, dropped or overdue by it, in order.
    pub chain: Vec<Link>,
    /// In whose place, when a deputy did it.
    pub deputised: Option<Deputised>,
}

/// What a deputy did in the place of somebody absent (2-6-2, 2-7-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deputised {
    /// Who acted, for whom, during which absence.
    pub acting: Acting,
    /// The kind of act, as the absence plan names it.
    pub act: Action,
}

/// An act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It was reported.
    Reported {
        /// The report.
        report: Box<Report>,
        /// The system concerned is important (3-2-0).
        important_system: bool,
        /// `<pack id>/<version>` it is judged by.
        pack_version: String,
    },
    /// Those told acknowledged it.
    Acknowledged,
    /// Findings were recorded.
    Investigated {
        /// The three findings.
        findings: Findings,
        /// Outside harm may be grave.
        grave: bool,
    },
    /// It was judged minor and not passed on.
    JudgedMinor {
        /// Why.
        reason: String,
    },
    /// It is not minor after all: a system was stopped, or outside harm may be grave.
    Reconsidered,
    /// It was passed on.
    PassedOn {
        /// To whom.
        to: Target,
        /// Why.
        reason: String,
    },
    /// It was reported to a body outside.
    ReportedOutside {
        /// The body.
        body: String,
        /// What was reported.
        content: String,
    },
    /// A system was stopped.
    Suspended {
        /// Which.
        system: SystemId,
        /// By what authority, and why.
        suspension: Suspension,
    },
    /// A system was resumed: this incident does not keep it stopped any more.
    Resumed {
        /// Which.
        system: SystemId,
        /// What was verified.
        reason: String,
    },
    /// The stop was reported to the CSIRT chief.
    ContainmentReported {
        /// What was done.
        measures: String,
    },
    /// The access records were put on hold.
    RecordsHeld {
        /// What suggests an intrusion.
        reason: String,
    },
    /// The access records were released again.
    RecordsReleased {
        /// Why they need not be kept any longer.
        reason: String,
    },
    /// It was recovered from.
    Recovered {
        /// What was done.
        measures: String,
    },
    /// The prevention of recurrence was recorded.
    PreventionRecorded {
        /// What was decided.
        measures: String,
    },
    /// A step was not done in time.
    Overdue {
        /// Which.
        step: Step,
    },
    /// The analysis of records raised it again.
    Suspected(Box<Suspicion>),
    /// It was closed.
    Closed {
        /// What was left to say.
        conclusion: String,
    },
}

/// A change of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// A step became a duty.
    Opened {
        /// Which.
        step: Step,
        /// Whose.
        role: Role,
        /// Until when; none = no clock.
        due_at: Option<Timestamp>,
    },
    /// A step was done; one that nobody had opened is done all the same.
    Done {
        /// Which.
        step: Step,
        /// Whose it was.
        role: Role,
        /// What was recorded with it.
        note: String,
    },
    /// A step is not needed any more.
    Dropped(Step),
    /// A step's time is over.
    Overdue(Step),
}
