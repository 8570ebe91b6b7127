//! The rules of a permit's life.

use jiff::Timestamp;
use kernel::{Context, Decider, PermitId, PersonId};
use standard::{Action, pack::PermitKind};

use super::{
    Application, Applied, Command, Ending, Event, Hindrance, Permit, Phase, Proposal, Reason,
    Refusal, Ruling, Step, Verdict, completion, guard,
};
use crate::{
    Facts, Problem, Violation,
    route::{self, Case, Deciders},
};

/// What an application would meet, before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// The application as it would be judged and kept.
    pub application: Application,
    /// Every rule it does not meet.
    pub violations: Vec<Violation>,
    /// The route it would take.
    pub steps: Vec<Step>,
}

/// Judges an application without making it.
///
/// # Errors
/// The kind is none to apply for.
pub fn check(
    application: &Application,
    applicant: &PersonId,
    facts: &Facts,
    now: Timestamp,
) -> Result<Check, Refusal> {
    let kind = kind(application, facts)?;
    Ok(judge(kind, application, applicant, facts, now))
}

/// Exceptions (8-4) have an aggregate of their own; a permit always has a route.
fn kind<'a>(application: &Application, facts: &'a Facts) -> Result<&'a PermitKind, Refusal> {
    let named = facts.pack.permit_kind(&application.kind);
    named
        .filter(|kind| kind.is_applied_for())
        .ok_or_else(|| Refusal {
            reason: Reason::UnknownKind(application.kind.clone()),
            // An exception is refused here under its own clauses; a kind nobody knows has none.
            clauses: named.map_or_else(Vec::new, |kind| kind.clauses.clone()),
        })
}

fn judge(
    kind: &PermitKind,
    application: &Application,
    applicant: &PersonId,
    facts: &Facts,
    now: Timestamp,
) -> Check {
    let own = application.prepared(kind, facts, now);
    let mut violations = guard::violations(kind, &own, applicant, facts, now);
    let place = facts.organisation.person(applicant).unwrap_or_default();
    let beneficiary = own.subject.person.as_ref().unwrap_or(applicant);
    let case = Case {
        concerned: [applicant, beneficiary].into(),
        place: &place,
        system: own
            .subject
            .system
            .as_ref()
            .and_then(|id| facts.systems.get(id)),
        kind: &kind.id,
        last_step: None,
    };
    let steps: Vec<Step> = kind
        .route
        .iter()
        .map(|step| Step {
            step: *step,
            deciders: route::resolve(*step, &case, &facts.organisation, &facts.pack),
            proposal: None,
            ruling: None,
        })
        .collect();
    for (index, step) in steps
        .iter()
        .enumerate()
        .filter(|(_, s)| s.deciders.people.is_empty())
    {
        let problem = Problem::NobodyDecides(step.deciders.role);
        violations.push(Violation::of_kind(kind, format!("steps[{index}]"), problem));
    }
    let violations = violations.into_iter().map(|one| one.labelled(&facts.pack));
    Check {
        application: own,
        violations: violations.collect(),
        steps,
    }
}

impl Decider for Permit {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(
        &self,
        command: &Command,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        match command {
            Command::Apply { id, application } => self.apply(id, application, facts, context),
            Command::DecideStep {
                step,
                verdict,
                reason,
                witness,
            } => self.decide_step(*step, *verdict, reason, witness.as_ref(), facts, context),
            Command::Witness { step } => self.witness(*step, facts, context),
            Command::Withdraw { reason } => self.withdraw(reason, context),
            Command::Revoke { reason } => self.revoke(reason, facts, context),
            Command::Complete { content } => self.complete(content, facts, context),
            Command::Expire => Ok(self.expire(context.now)),
            Command::Hinder(hindrance) => self.hinder(hindrance),
            Command::Reroute => Ok(self.reroute(facts, context.now)),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.take_in(event);
    }
}

impl Permit {
    fn apply(
        &self,
        id: &PermitId,
        application: &Application,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let applicant = self.person(context)?;
        if self.phase != Phase::Absent {
            return Err(self.refuse(Reason::Exists));
        }
        let kind = kind(application, facts)?;
        let check = judge(kind, application, applicant, facts, context.now);
        if !check.violations.is_empty() {
            return Err(Refusal {
                clauses: Violation::clauses(&check.violations),
                reason: Reason::RulesNotMet(check.violations),
            });
        }
        let completion_due_at = completion::due(kind, &check.application);
        Ok(vec![Event::Applied(Box::new(Applied {
            id: id.clone(),
            applicant: applicant.clone(),
            place: facts.organisation.person(applicant).unwrap_or_default(),
            application: check.application,
            clauses: kind.clauses.clone(),
            relaxes: kind.relaxes.clone(),
            effect: kind.effect,
            completion_due_at,
            steps: check.steps,
            at: context.now,
            pack_version: facts.pack.edition(),
        }))])
    }

    fn decide_step(
        &self,
        index: usize,
        verdict: Verdict,
        reason: &str,
        witness: Option<&PersonId>,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let by = self.person(context)?;
        if let Some(ruling) = self.steps.get(index).and_then(|step| step.ruling.as_ref()) {
            // A witness named where none was needed was not asked.
            let same_witness = ruling.witness.is_none() || ruling.witness.as_ref() == witness;
            let repeat = ruling.by == *by
                && ruling.verdict == verdict
                && ruling.reason == reason
                && same_witness;
            return if repeat {
                Ok(Vec::new())
            } else {
                Err(self.refuse(Reason::StepDecided))
            };
        }
        let step = self.open_step(index, context.now)?;
        let deciders = self.deciders(step, facts);
        let acting = deciders.acting.iter().find(|acting| acting.person == *by);
        if !deciders.people.contains(by) && acting.is_none() {
            return Err(self.not_decided_by(by, &deciders, facts));
        }
        let acting_for = acting.cloned();
        if verdict == Verdict::Refused && kernel::is_blank(reason) {
            return Err(self.refuse(Reason::ReasonMissing));
        }
        if deciders.witness.is_none() {
            let ruling = Ruling {
                verdict,
                by: by.clone(),
                at: context.now,
                reason: reason.to_owned(),
                witness: None,
                acting_for,
            };
            return Ok(self.decided(index, deciders, ruling));
        }
        let witness = witness.ok_or_else(|| self.refuse(Reason::WitnessMissing))?;
        if !self.may_witness(witness, by, facts) {
            return Err(self.refuse(Reason::WitnessUnfit));
        }
        let proposal = Proposal {
            verdict,
            by: by.clone(),
            reason: reason.to_owned(),
            witness: witness.clone(),
        };
        if step.proposal.as_ref() == Some(&proposal) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::WitnessAsked {
            step: index,
            proposal,
        }])
    }

    /// The witness stands by the decision; both the decider and the witness must still hold what
    /// made them so.
    fn witness(
        &self,
        index: usize,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let witness = self.person(context)?;
        let ruled = self.steps.get(index).and_then(|step| step.ruling.as_ref());
        if ruled.is_some_and(|ruling| ruling.witness.as_ref() == Some(witness)) {
            return Ok(Vec::new());
        }
        let step = self.open_step(index, context.now)?;
        let proposal = step
            .proposal
            .as_ref()
            .filter(|proposal| proposal.witness == *witness)
            .ok_or_else(|| self.refuse(Reason::NotTheWitness))?;
        let deciders = self.deciders(step, facts);
        if !deciders.people.contains(&proposal.by) {
            return Err(self.refuse(Reason::NotTheDecider));
        }
        if deciders.witness.is_some() && !self.may_witness(witness, &proposal.by, facts) {
            return Err(self.refuse(Reason::WitnessUnfit));
        }
        let ruling = Ruling {
            verdict: proposal.verdict,
            by: proposal.by.clone(),
            at: context.now,
            reason: proposal.reason.clone(),
            witness: Some(witness.clone()),
            // A witness stands by only where nobody is above: there are no deputies of the top.
            acting_for: None,
        };
        Ok(self.decided(index, deciders, ruling))
    }

    fn decided(&self, index: usize, deciders: Deciders, ruling: Ruling) -> Vec<Event> {
        let last = index + 1 == self.steps.len();
        let follows = match ruling.verdict {
            Verdict::Refused => Some(Event::Refused(Ending {
                by: ruling.by.clone(),
                at: ruling.at,
                reason: ruling.reason.clone(),
            })),
            Verdict::Permitted if last => Some(Event::Granted { at: ruling.at }),
            Verdict::Permitted => None,
        };
        let decided = Event::StepDecided {
            step: index,
            deciders,
            ruling,
        };
        std::iter::once(decided).chain(follows).collect()
    }

    fn withdraw(&self, reason: &str, context: &Context) -> Result<Vec<Event>, Refusal> {
        let by = self.person(context)?;
        self.exists()?;
        if *by != self.applicant {
            return Err(self.refuse(Reason::NotTheApplicant));
        }
        match self.phase_at(context.now) {
            Phase::Withdrawn => Ok(Vec::new()),
            Phase::Applied => Ok(vec![Event::Withdrawn(Ending {
                by: by.clone(),
                at: context.now,
                reason: reason.to_owned(),
            })]),
            _ => Err(self.refuse(Reason::NotOpen)),
        }
    }

    fn revoke(
        &self,
        reason: &str,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let by = self.person(context)?;
        self.exists()?;
        if !self.falls_to(by, Action::PermitRevoke, facts) {
            return Err(self.refuse(Reason::NotTheRevoker));
        }
        match self.phase_at(context.now) {
            Phase::Revoked => Ok(Vec::new()),
            Phase::Granted if kernel::is_blank(reason) => Err(self.refuse(Reason::ReasonMissing)),
            Phase::Granted => Ok(vec![Event::Revoked(Ending {
                by: by.clone(),
                at: context.now,
                reason: reason.to_owned(),
            })]),
            Phase::Expired => Err(self.refuse(Reason::Ended)),
            Phase::Completed => Err(self.refuse(Reason::Completed)),
            _ => Err(self.refuse(Reason::NotGranted)),
        }
    }

    fn expire(&self, now: Timestamp) -> Vec<Event> {
        let due = self.phase != Phase::Expired && self.phase_at(now) == Phase::Expired;
        if due {
            vec![Event::Expired]
        } else {
            Vec::new()
        }
    }

    /// Told of a permit as granted, and perhaps after its end.
    fn hinder(&self, hindrance: &Hindrance) -> Result<Vec<Event>, Refusal> {
        self.exists()?;
        let said = self.hindrance.as_ref();
        let known = said.is_some_and(|said| said.same_rule(hindrance));
        Ok(if known {
            Vec::new()
        } else {
            vec![Event::Hindered(hindrance.clone())]
        })
    }

    fn reroute(&self, facts: &Facts, now: Timestamp) -> Vec<Event> {
        if self.phase_at(now) != Phase::Applied {
            return Vec::new();
        }
        let open = self.steps.iter().enumerate();
        open.filter(|(_, step)| step.ruling.is_none())
            .filter_map(|(index, step)| {
                let deciders = self.deciders(step, facts);
                (deciders != step.deciders).then_some(Event::Rerouted {
                    step: index,
                    deciders,
                })
            })
            .collect()
    }

    fn open_step(&self, index: usize, now: Timestamp) -> Result<&Step, Refusal> {
        self.exists()?;
        match self.phase_at(now) {
            Phase::Applied => {}
            Phase::Expired => return Err(self.refuse(Reason::Ended)),
            _ => return Err(self.refuse(Reason::NotOpen)),
        }
        match self.current() {
            Some(current) if current == index => Ok(&self.steps[index]),
            _ => Err(self.refuse(Reason::NotItsTurn)),
        }
    }

    pub(super) fn exists(&self) -> Result<(), Refusal> {
        match self.phase {
            Phase::Absent => Err(self.refuse(Reason::Unknown)),
            _ => Ok(()),
        }
    }

    pub(super) fn person<'a>(&self, context: &'a Context) -> Result<&'a PersonId, Refusal> {
        let person = context.actor.person();
        person.ok_or_else(|| self.refuse(Reason::NotAPerson))
    }

    pub(super) fn refuse(&self, reason: Reason) -> Refusal {
        Refusal {
            reason,
            clauses: self.clauses.clone(),
        }
    }
}
