//! A permit as it stands.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{ClauseId, PermitId, PersonId};
use serde::{Deserialize, Serialize};
use standard::{StepRole, pack::Effect, route::Acting};

use super::{Application, Completion, Event};
use crate::{Place, route::Deciders};

/// A permit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permit {
    /// Its id.
    pub id: PermitId,
    /// Who applied.
    pub applicant: PersonId,
    /// Where the applicant belonged.
    pub place: Place,
    /// What was applied for.
    pub application: Application,
    /// The clauses it serves; the first asks for it.
    pub clauses: Vec<ClauseId>,
    /// The clauses it relaxes, for its subject, while in force.
    pub relaxes: Vec<ClauseId>,
    /// What granting it brings about elsewhere.
    pub effect: Option<Effect>,
    /// The route.
    pub steps: Vec<Step>,
    /// Where it stands, but for the clock: see [`Permit::phase_at`].
    pub phase: Phase,
    /// When it was applied for; none before.
    pub applied_at: Option<Timestamp>,
    /// When it was granted.
    pub granted_at: Option<Timestamp>,
    /// Until when what it permits is to be done and recorded; none if the kind asks for no record
    /// of it or for no time.
    #[serde(default)]
    pub completion_due_at: Option<Timestamp>,
    /// What was recorded when it was done.
    #[serde(default)]
    pub completion: Option<Completion>,
    /// Why it has no effect although granted.
    pub hindrance: Option<Hindrance>,
    /// Who refused, withdrew or revoked it.
    pub ending: Option<Ending>,
    /// `<pack id>/<version>` it was judged by.
    pub pack_version: String,
}

/// Where a permit stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    /// Not applied for.
    #[default]
    Absent,
    /// On its route.
    Applied,
    /// Granted.
    Granted,
    /// Refused at a step.
    Refused,
    /// Withdrawn by the applicant.
    Withdrawn,
    /// Past its end.
    Expired,
    /// Revoked.
    Revoked,
    /// Carried out, and on record as the kind asks for it.
    Completed,
}

impl Phase {
    /// Every phase an application can be kept in.
    pub const KEPT: [Self; 7] = [
        Self::Applied,
        Self::Granted,
        Self::Refused,
        Self::Withdrawn,
        Self::Expired,
        Self::Revoked,
        Self::Completed,
    ];
}

/// A step of the route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// The pack's word for it.
    pub step: StepRole,
    /// Who decides.
    pub deciders: Deciders,
    /// A decision that waits for its witness.
    pub proposal: Option<Proposal>,
    /// What was decided.
    pub ruling: Option<Ruling>,
}

/// Yes or no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Yes.
    Permitted,
    /// No.
    Refused,
}

/// A decision that waits for its witness.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Yes or no.
    pub verdict: Verdict,
    /// Who decided.
    pub by: PersonId,
    /// Reason or conditions.
    pub reason: String,
    /// Who is to witness it.
    pub witness: PersonId,
}

/// A decision made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// Yes or no.
    pub verdict: Verdict,
    /// Who decided.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Reason or conditions.
    pub reason: String,
    /// Who witnessed it, when nobody stood above the concerned.
    pub witness: Option<PersonId>,
    /// For whom, and during which absence, when a deputy decided.
    pub acting_for: Option<Acting>,
}

/// How it came to an end before its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// By whom.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
}

/// Why what a granted permit brings about did not come about: a rule of another service, in that
/// service's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hindrance {
    /// When. What was refused then may have been carried out since.
    pub at: Timestamp,
    /// The refusal's code.
    pub code: String,
    /// The clauses it serves.
    pub clauses: Vec<ClauseId>,
    /// Why, Japanese.
    pub ja: String,
    /// Why, English.
    pub en: String,
}

impl Hindrance {
    /// Whether both are of one rule, said at whatever time.
    pub(super) fn same_rule(&self, other: &Self) -> bool {
        (&self.code, &self.clauses) == (&other.code, &other.clauses)
    }
}

impl Permit {
    /// Whether it holds at that instant: granted, begun and not ended. Every use asks this.
    pub fn in_force(&self, now: Timestamp) -> bool {
        self.phase_at(now) == Phase::Granted
            && self.application.starts_at.is_some_and(|start| start <= now)
    }

    /// Where it stands at that instant, whether or not its expiry has been recorded.
    pub fn phase_at(&self, now: Timestamp) -> Phase {
        match self.phase {
            Phase::Applied | Phase::Granted if self.over(now) => Phase::Expired,
            phase => phase,
        }
    }

    /// The step whose turn it is; none when all are decided.
    pub fn current(&self) -> Option<usize> {
        self.steps.iter().position(|step| step.ruling.is_none())
    }

    /// The person it is for.
    pub fn beneficiary(&self) -> &PersonId {
        let subject = &self.application.subject;
        subject.person.as_ref().unwrap_or(&self.applicant)
    }

    /// The people it concerns, none of whom decides on it.
    pub fn concerned(&self) -> BTreeSet<&PersonId> {
        BTreeSet::from([&self.applicant, self.beneficiary()])
    }

    /// Until when its completion, still outstanding, is to be on record.
    pub fn awaits_completion_by(&self) -> Option<Timestamp> {
        let outstanding = self.granted_at.is_some() && self.completion.is_none();
        self.completion_due_at.filter(|_| outstanding)
    }

    fn over(&self, now: Timestamp) -> bool {
        self.application.ends_at.is_some_and(|end| end <= now)
    }

    pub(super) fn take_in(&mut self, event: &Event) {
        match event {
            Event::Applied(applied) => {
                let applied = applied.as_ref().clone();
                *self = Self {
                    id: applied.id,
                    applicant: applied.applicant,
                    place: applied.place,
                    application: applied.application,
                    clauses: applied.clauses,
                    relaxes: applied.relaxes,
                    effect: applied.effect,
                    steps: applied.steps,
                    phase: Phase::Applied,
                    applied_at: Some(applied.at),
                    pack_version: applied.pack_version,
                    completion_due_at: applied.completion_due_at,
                    granted_at: None,
                    completion: None,
                    hindrance: None,
                    ending: None,
                };
            }
            Event::Rerouted { step, deciders } => {
                if let Some(step) = self.steps.get_mut(*step) {
                    step.deciders = deciders.clone();
                }
            }
            Event::WitnessAsked { step, proposal } => {
                if let Some(step) = self.steps.get_mut(*step) {
                    step.proposal = Some(proposal.clone());
                }
            }
            Event::StepDecided {
                step,
                deciders,
                ruling,
            } => {
                if let Some(step) = self.steps.get_mut(*step) {
                    step.deciders = deciders.clone();
                    step.proposal = None;
                    step.ruling = Some(ruling.clone());
                }
            }
            Event::Granted { at } => {
                self.phase = Phase::Granted;
                self.granted_at = Some(*at);
            }
            Event::Hindered(hindrance) => self.hindrance = Some(hindrance.clone()),
            Event::Refused(ending) => self.end(Phase::Refused, ending),
            Event::Withdrawn(ending) => self.end(Phase::Withdrawn, ending),
            Event::Revoked(ending) => self.end(Phase::Revoked, ending),
            Event::Completed(completion) => {
                self.phase = Phase::Completed;
                self.completion = Some(completion.clone());
            }
            Event::Expired => self.phase = Phase::Expired,
        }
    }

    fn end(&mut self, phase: Phase, ending: &Ending) {
        self.phase = phase;
        self.ending = Some(ending.clone());
    }
}
