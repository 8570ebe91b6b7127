//! The rules of an exception's life.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{Context, Decider, ExceptionId, PersonId};
use standard::{Action, Period};

use super::{
    Act, Began, Command, Event, Exception, Phase, Proposal, Reason, Refusal, Report, Review,
    Ruling, Terms, authority,
    rules::{self, Span},
};
use crate::{Facts, Problem, Unreported, Violation};

type Decision = Result<Vec<Event>, Refusal>;

/// Who asks, of which facts, when.
struct Asked<'a> {
    by: &'a PersonId,
    facts: &'a Facts,
    now: Timestamp,
}

impl Decider for Exception {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(&self, command: &Command, facts: &Facts, context: &Context) -> Decision {
        match command {
            Command::Expire => return Ok(self.expire(context.now)),
            Command::MarkOverdue => return Ok(self.mark_overdue(facts, context.now)),
            _ => {}
        }
        let asked = Asked {
            by: context.actor.person().ok_or(Reason::NotAPerson)?,
            facts,
            now: context.now,
        };
        match command {
            Command::Apply { id, terms } => {
                let began = self.began(id, terms, false, &asked)?;
                return Ok(vec![Event::Applied(Box::new(began))]);
            }
            Command::Invoke { id, terms } => {
                let began = self.began(id, terms, true, &asked)?;
                return Ok(vec![Event::Invoked(Box::new(began))]);
            }
            _ if self.phase == Phase::Absent => return Err(Reason::Unknown.into()),
            _ => {}
        }
        match command {
            Command::Grant { reason, witness } => {
                self.ciso(Act::Grant, reason, witness.as_ref(), &asked)
            }
            Command::Refuse { reason, witness } => {
                self.ciso(Act::Refuse, reason, witness.as_ref(), &asked)
            }
            Command::Endorse { reason, witness } => {
                self.ciso(Act::Endorse, reason, witness.as_ref(), &asked)
            }
            Command::Extend {
                ends_at,
                reason,
                witness,
            } => {
                let act = Act::Extend { ends_at: *ends_at };
                self.ciso(act, reason, witness.as_ref(), &asked)
            }
            Command::Witness => self.witness(&asked),
            Command::Report { text } => self.report(text, &asked),
            Command::Revoke { reason } => self.revoke(reason, &asked),
            Command::Close { review } => self.close(review, &asked),
            // Answered above.
            Command::Apply { .. }
            | Command::Invoke { .. }
            | Command::Expire
            | Command::MarkOverdue => Ok(Vec::new()),
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.take_in(event);
    }
}

impl Exception {
    fn began(
        &self,
        id: &ExceptionId,
        terms: &Terms,
        emergency: bool,
        asked: &Asked<'_>,
    ) -> Result<Began, Refusal> {
        let Asked { by, facts, now } = *asked;
        if self.phase != Phase::Absent {
            return Err(Reason::Exists.into());
        }
        let action = if emergency {
            Action::ExceptionInvoke
        } else {
            Action::ExceptionApply
        };
        let bureau = authority::bureau(terms, action, by, facts)?;
        let owed = |one: &Unreported| one.bureau == bureau && one.due_at <= now;
        if emergency && facts.unreported.iter().any(owed) {
            return Err(Reason::ReportOwed.into());
        }
        let (span, own) = if emergency {
            (Span::emergency(terms, facts, now), Some(&bureau))
        } else {
            (Span::applied(terms, facts, now), None)
        };
        let violations = rules::violations(terms, &span, own, facts, now);
        let ends_at = match span.ends_at {
            Some(ends_at) if violations.is_empty() => ends_at,
            _ => return Err(Reason::RulesNotMet(violations).into()),
        };
        let clauses: BTreeSet<_> = terms.clauses.iter().cloned().collect();
        let due = || rules::latest(Period::EmergencyExceptionReportDue, now, facts);
        Ok(Began {
            id: id.clone(),
            bureau,
            manager: by.clone(),
            clauses: clauses.into_iter().collect(),
            scope: terms.scope.clone(),
            ground: terms.ground.clone(),
            substitute_measure: terms.substitute_measure.clone(),
            at: now,
            starts_at: span.starts_at,
            ends_at,
            report_due_at: emergency.then(due),
            pack_version: facts.pack.edition(),
        })
    }

    /// What only the CISO decides. Nobody stands above: where the CISO is concerned, the decision
    /// waits for an auditor's witness.
    fn ciso(
        &self,
        act: Act,
        reason: &str,
        witness: Option<&PersonId>,
        asked: &Asked<'_>,
    ) -> Decision {
        let Asked { by, facts, now } = *asked;
        let decides = self.decides(by, act.action(), facts);
        let decides = decides.ok_or(Reason::NotTheCiso)?;
        if self.already(act, by) {
            return Ok(Vec::new());
        }
        self.may(act, facts, now)?;
        let explained = matches!(act, Act::Refuse | Act::Extend { .. });
        if explained && kernel::is_blank(reason) {
            return Err(Reason::TextMissing("reason").into());
        }
        if decides.witness.is_none() {
            return Ok(vec![made(act, ruling(by, reason, None, now))]);
        }
        let witness = witness.ok_or(Reason::WitnessMissing)?;
        if !self.may_witness(witness, by, facts) {
            return Err(Reason::WitnessUnfit.into());
        }
        let proposal = Proposal {
            act,
            by: by.clone(),
            reason: reason.to_owned(),
            witness: witness.clone(),
        };
        if self.proposal.as_ref() == Some(&proposal) {
            return Ok(Vec::new());
        }
        Ok(vec![Event::WitnessAsked(proposal)])
    }

    fn witness(&self, asked: &Asked<'_>) -> Decision {
        let Asked { by, facts, now } = *asked;
        let Some(proposal) = self.proposal.as_ref().filter(|p| p.witness == *by) else {
            let done = self
                .ruling
                .as_ref()
                .and_then(|ruling| ruling.witness.as_ref());
            return if done == Some(by) {
                Ok(Vec::new())
            } else {
                Err(Reason::NotTheWitness.into())
            };
        };
        let decides = self.decides(&proposal.by, proposal.act.action(), facts);
        let decides = decides.ok_or(Reason::NotTheCiso)?;
        self.may(proposal.act, facts, now)?;
        if decides.witness.is_some() && !self.may_witness(by, &proposal.by, facts) {
            return Err(Reason::WitnessUnfit.into());
        }
        let ruling = ruling(&proposal.by, &proposal.reason, Some(by.clone()), now);
        Ok(vec![made(proposal.act, ruling)])
    }

    /// Whether that very decision stands already.
    fn already(&self, act: Act, by: &PersonId) -> bool {
        let same = self.ruling.as_ref().is_some_and(|ruling| ruling.by == *by);
        same && match act {
            Act::Grant => self.phase == Phase::Granted,
            Act::Refuse => self.phase == Phase::Refused,
            Act::Endorse => self.phase == Phase::Endorsed,
            Act::Extend { ends_at } => self.ends_at == Some(ends_at),
        }
    }

    /// Whether the exception stands where that decision can be made.
    fn may(&self, act: Act, facts: &Facts, now: Timestamp) -> Result<(), Refusal> {
        let phase = self.phase_at(now);
        match act {
            Act::Grant | Act::Refuse if phase == Phase::Applied => Ok(()),
            Act::Grant | Act::Refuse => Err(Reason::NotApplied.into()),
            Act::Endorse if !self.emergency => Err(Reason::NotAnEmergency.into()),
            Act::Endorse if self.report.is_none() => Err(Reason::NotReported.into()),
            Act::Endorse if self.judged => Err(Reason::JudgedBefore.into()),
            Act::Endorse => Ok(()),
            Act::Extend { ends_at } => self.may_extend(ends_at, phase, facts, now),
        }
    }

    /// The new end lies after the present one, and within the longest period from the start.
    fn may_extend(
        &self,
        ends_at: Timestamp,
        phase: Phase,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let (period, clause) = match phase {
            Phase::Granted => (Period::ExceptionMax, rules::PERMITTED),
            Phase::Endorsed => (Period::EmergencyExceptionHardEnd, rules::EMERGENCY),
            Phase::Reported => return Err(Reason::NotJudged.into()),
            Phase::Invoked => return Err(Reason::NotReported.into()),
            _ => return Err(Reason::NotLive.into()),
        };
        let latest = rules::latest(period, self.starts_at.unwrap_or(now), facts);
        let problem = if ends_at > latest {
            Problem::PeriodTooLong(latest)
        } else if self.ends_at.is_some_and(|end| ends_at <= end) {
            Problem::EndNotAfterStart
        } else {
            return Ok(());
        };
        let violation = Violation::of(&clause, "ends_at", problem).labelled(&facts.pack);
        Err(Reason::RulesNotMet(vec![violation]).into())
    }

    fn report(&self, text: &str, asked: &Asked<'_>) -> Decision {
        let Asked { by, facts, now } = *asked;
        if !self.emergency {
            return Err(Reason::NotAnEmergency.into());
        }
        if self.decides(by, Action::ExceptionReport, facts).is_none() {
            return Err(Reason::NotTheManager.into());
        }
        match &self.report {
            Some(report) if report.text == text => Ok(Vec::new()),
            Some(_) => Err(Reason::ReportedBefore.into()),
            None if kernel::is_blank(text) => Err(Reason::TextMissing("report").into()),
            None => Ok(vec![Event::Reported(Report {
                by: by.clone(),
                at: now,
                text: text.to_owned(),
            })]),
        }
    }

    fn revoke(&self, reason: &str, asked: &Asked<'_>) -> Decision {
        let Asked { by, facts, now } = *asked;
        if self.decides(by, Action::ExceptionRevoke, facts).is_none() {
            return Err(Reason::NotTheCiso.into());
        }
        match self.phase_at(now) {
            Phase::Revoked => Ok(Vec::new()),
            Phase::Granted | Phase::Invoked | Phase::Reported | Phase::Endorsed => {
                if kernel::is_blank(reason) {
                    return Err(Reason::TextMissing("reason").into());
                }
                Ok(vec![Event::Revoked(ruling(by, reason, None, now))])
            }
            _ => Err(Reason::NotLive.into()),
        }
    }

    fn close(&self, review: &str, asked: &Asked<'_>) -> Decision {
        let Asked { by, facts, now } = *asked;
        if self.decides(by, Action::ExceptionClose, facts).is_none() {
            return Err(Reason::NotTheManager.into());
        }
        match self.phase_at(now) {
            Phase::Closed => {
                let same = self.review.as_ref().is_some_and(|done| done.text == review);
                return if same {
                    Ok(Vec::new())
                } else {
                    Err(Reason::NotEnded.into())
                };
            }
            Phase::Expired | Phase::Revoked => {}
            _ => return Err(Reason::NotEnded.into()),
        }
        if self.emergency && self.report.is_none() {
            return Err(Reason::NotReported.into());
        }
        if self.emergency && !self.judged {
            return Err(Reason::NotJudged.into());
        }
        if kernel::is_blank(review) {
            return Err(Reason::TextMissing("review").into());
        }
        let mut events = self.expire(now);
        events.push(Event::Closed(Review {
            by: by.clone(),
            at: now,
            text: review.to_owned(),
        }));
        Ok(events)
    }

    fn expire(&self, now: Timestamp) -> Vec<Event> {
        let due = self.phase != Phase::Expired && self.phase_at(now) == Phase::Expired;
        if due {
            vec![Event::Expired]
        } else {
            Vec::new()
        }
    }

    fn mark_overdue(&self, facts: &Facts, now: Timestamp) -> Vec<Event> {
        if self.report_overdue(now) && !self.overdue_recorded {
            let alarmed = self.alarmed_by_silence(facts);
            vec![Event::ReportOverdue { alarmed }]
        } else {
            Vec::new()
        }
    }
}

fn ruling(by: &PersonId, reason: &str, witness: Option<PersonId>, at: Timestamp) -> Ruling {
    Ruling {
        by: by.clone(),
        at,
        reason: reason.to_owned(),
        witness,
    }
}

fn made(act: Act, ruling: Ruling) -> Event {
    match act {
        Act::Grant => Event::Granted(ruling),
        Act::Refuse => Event::Refused(ruling),
        Act::Endorse => Event::Endorsed(ruling),
        Act::Extend { ends_at } => Event::Extended { ruling, ends_at },
    }
}
