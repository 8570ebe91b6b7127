//! What happened to an exception.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{BureauId, ClauseId, ExceptionId, PersonId};
use serde::{Deserialize, Serialize};

use super::{Proposal, Report, Review, Ruling, Scope};

/// An event of an exception.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was applied for.
    Applied(Box<Began>),
    /// It was invoked in an emergency and holds.
    Invoked(Box<Began>),
    /// A decision of the CISO waits for its witness.
    WitnessAsked(Proposal),
    /// The CISO granted it.
    Granted(Ruling),
    /// The CISO refused it.
    Refused(Ruling),
    /// The emergency was reported to the CISO.
    Reported(Report),
    /// The CISO endorsed the emergency.
    Endorsed(Ruling),
    /// The CISO moved its end.
    Extended {
        /// The decision.
        ruling: Ruling,
        /// The new hard end.
        ends_at: Timestamp,
    },
    /// The CISO revoked it.
    Revoked(Ruling),
    /// Its end came.
    Expired,
    /// The emergency was not reported in time, which alarms those whom it should have been reported to
    /// and the auditors.
    ReportOverdue {
        /// Whom, as of then.
        alarmed: BTreeSet<PersonId>,
    },
    /// It was closed with a review.
    Closed(Review),
}

/// How an exception began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Began {
    /// The exception.
    pub id: ExceptionId,
    /// The bureau.
    pub bureau: BureauId,
    /// Its manager.
    pub manager: PersonId,
    /// The clauses it relaxes.
    pub clauses: Vec<ClauseId>,
    /// Whom and what it covers.
    pub scope: Scope,
    /// The ground.
    pub ground: String,
    /// What is done instead.
    pub substitute_measure: String,
    /// When.
    pub at: Timestamp,
    /// Start.
    pub starts_at: Timestamp,
    /// Hard end.
    pub ends_at: Timestamp,
    /// Emergency: when the report to the CISO is due.
    pub report_due_at: Option<Timestamp>,
    /// `<pack id>/<version>` it was judged by.
    pub pack_version: String,
}
