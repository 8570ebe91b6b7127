//! An exception as it stands.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{BureauId, ClauseId, ExceptionId, PersonId, PostId, SectionId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{AccessPath, InformationClass};

use super::{Began, Event};

/// An exception.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Its id.
    pub id: ExceptionId,
    /// Invoked without a decision before (8-4-(2)-1).
    pub emergency: bool,
    /// The bureau whose manager applied for or invoked it.
    pub bureau: BureauId,
    /// That manager.
    pub manager: PersonId,
    /// The clauses it relaxes.
    pub clauses: Vec<ClauseId>,
    /// Whom and what it covers.
    pub scope: Scope,
    /// The ground.
    pub ground: String,
    /// What is done instead.
    pub substitute_measure: String,
    /// When it was applied for or invoked; none before.
    pub began_at: Option<Timestamp>,
    /// Start.
    pub starts_at: Option<Timestamp>,
    /// Hard end.
    pub ends_at: Option<Timestamp>,
    /// Emergency: when the report to the CISO is due.
    pub report_due_at: Option<Timestamp>,
    /// Emergency: the report.
    pub report: Option<Report>,
    /// Emergency: that the report did not come in time has been recorded.
    pub overdue_recorded: bool,
    /// Emergency: whom that alarmed.
    pub alarmed: BTreeSet<PersonId>,
    /// Where it stands, but for the clock: see [`Exception::phase_at`].
    pub phase: Phase,
    /// A decision of the CISO that waits for its witness.
    pub proposal: Option<Proposal>,
    /// The CISO's last decision.
    pub ruling: Option<Ruling>,
    /// The CISO has endorsed or revoked the emergency.
    pub judged: bool,
    /// The closing review.
    pub review: Option<Review>,
    /// `<pack id>/<version>` it was judged by.
    pub pack_version: String,
}

/// Whom and what an exception covers. An empty set covers nothing of its sort; of the paths only,
/// an empty set means all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// People.
    pub people: BTreeSet<PersonId>,
    /// Posts, whoever holds them.
    pub posts: BTreeSet<PostId>,
    /// Sections, with everyone in them.
    pub sections: BTreeSet<SectionId>,
    /// Systems.
    pub systems: BTreeSet<SystemId>,
    /// Paths; empty = all.
    pub paths: BTreeSet<AccessPath>,
    /// Strictest class of information it covers.
    pub class_ceiling: Option<InformationClass>,
}

/// Where an exception stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Not begun.
    #[default]
    Absent,
    /// Applied for.
    Applied,
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Invoked in an emergency, not yet reported.
    Invoked,
    /// Emergency, reported.
    Reported,
    /// Emergency, endorsed.
    Endorsed,
    /// Revoked.
    Revoked,
    /// Past its end.
    Expired,
    /// Closed with a review.
    Closed,
}

/// A decision only the CISO makes, and that may need a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Act {
    /// Grant the application.
    Grant,
    /// Refuse the application.
    Refuse,
    /// Endorse the emergency.
    Endorse,
    /// Move the end.
    Extend {
        /// The new hard end.
        ends_at: Timestamp,
    },
}

/// A decision that waits for its witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What is decided.
    pub act: Act,
    /// By whom.
    pub by: PersonId,
    /// Why.
    pub reason: String,
    /// Who is to witness it.
    pub witness: PersonId,
}

/// A decision made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// Who witnessed it.
    pub witness: Option<PersonId>,
}

/// The report of an emergency to the CISO.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What was done and why.
    pub text: String,
}

/// The closing review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What was learned.
    pub text: String,
}

impl Exception {
    /// Whether it relaxes its clauses at that instant. Every use asks this and nothing else.
    pub fn in_force(&self, now: Timestamp) -> bool {
        let live = matches!(
            self.phase_at(now),
            Phase::Granted | Phase::Invoked | Phase::Reported | Phase::Endorsed
        );
        live && self.starts_at.is_some_and(|start| start <= now)
    }

    /// Where it stands at that instant, whether or not its expiry has been recorded.
    pub fn phase_at(&self, now: Timestamp) -> Phase {
        let over = self.ends_at.is_some_and(|end| end <= now);
        match self.phase {
            Phase::Applied
            | Phase::Granted
            | Phase::Invoked
            | Phase::Reported
            | Phase::Endorsed
                if over =>
            {
                Phase::Expired
            }
            phase => phase,
        }
    }

    /// Whether the report of this emergency should have come and has not (8-4-(2)-2).
    pub fn report_overdue(&self, now: Timestamp) -> bool {
        self.report.is_none() && self.report_due_at.is_some_and(|due| due <= now)
    }

    pub(super) fn take_in(&mut self, event: &Event) {
        match event {
            Event::Applied(began) => self.begin(began, Phase::Applied),
            Event::Invoked(began) => self.begin(began, Phase::Invoked),
            Event::WitnessAsked(proposal) => self.proposal = Some(proposal.clone()),
            Event::Granted(ruling) => self.ruled(Phase::Granted, ruling),
            Event::Refused(ruling) => self.ruled(Phase::Refused, ruling),
            Event::Reported(report) => {
                self.report = Some(report.clone());
                if self.phase == Phase::Invoked {
                    self.phase = Phase::Reported;
                }
            }
            // Judged afterwards, an emergency that has run out stays run out.
            Event::Endorsed(ruling) => {
                let phase = match self.phase {
                    Phase::Reported => Phase::Endorsed,
                    phase => phase,
                };
                self.ruled(phase, ruling);
                self.judged = true;
            }
            Event::Extended { ruling, ends_at } => {
                self.ruled(self.phase, ruling);
                self.ends_at = Some(*ends_at);
            }
            Event::Revoked(ruling) => {
                self.ruled(Phase::Revoked, ruling);
                self.judged = true;
            }
            Event::Expired => {
                self.phase = Phase::Expired;
                self.proposal = None;
            }
            Event::ReportOverdue { alarmed } => {
                self.overdue_recorded = true;
                self.alarmed.clone_from(alarmed);
            }
            Event::Closed(review) => {
                self.phase = Phase::Closed;
                self.review = Some(review.clone());
            }
        }
    }

    fn begin(&mut self, began: &Began, phase: Phase) {
        let began = began.clone();
        *self = Self {
            id: began.id,
            emergency: phase == Phase::Invoked,
            bureau: began.bureau,
            manager: began.manager,
            clauses: began.clauses,
            scope: began.scope,
            ground: began.ground,
            substitute_measure: began.substitute_measure,
            began_at: Some(began.at),
            starts_at: Some(began.starts_at),
            ends_at: Some(began.ends_at),
            report_due_at: began.report_due_at,
            phase,
            pack_version: began.pack_version,
            ..Self::default()
        };
    }

    fn ruled(&mut self, phase: Phase, ruling: &Ruling) {
        self.phase = phase;
        self.proposal = None;
        self.ruling = Some(ruling.clone());
    }
}
