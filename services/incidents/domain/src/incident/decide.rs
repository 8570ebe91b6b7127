//! The rules of an incident's life.

mod act;
mod aftermath;
mod containment;
mod reporting;
mod suspecting;

use jiff::Timestamp;
use kernel::{Actor, Context, Decider};
use standard::route::Deputy;

use super::{Command, Deputised, Event, Incident, Link, Refusal, What};
use crate::Facts;
use act::Act;

type Decision = Result<Vec<Event>, Refusal>;

impl Decider for Incident {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(&self, command: &Command, facts: &Facts, context: &Context) -> Decision {
        match command {
            Command::Report(report) => return self.begin(report, facts, context),
            Command::MarkOverdue => return Ok(self.mark_overdue(context.now)),
            Command::Suspect(suspicion) => return self.suspect(suspicion, context),
            _ if self.report.is_none() => return Err(Refusal::NotFound),
            _ => {}
        }
        let by = context.actor.person().ok_or(Refusal::NotAPerson)?;
        let Some(action) = command.action() else {
            return Ok(Vec::new());
        };
        let act = Act {
            incident: self,
            facts,
            by,
            now: context.now,
            action,
            standing_in: None,
        };
        // A hold outlives the incident: what was kept may be needed long after.
        let ever = matches!(
            command,
            Command::Close { .. } | Command::ReleaseRecords { .. }
        );
        if self.closure.is_some() && !ever {
            return Err(Refusal::Closed);
        }
        match act.carry_out(command) {
            Err(refused) if refused.is_of_charge() => act.in_the_place_of(command, refused),
            decision => decision,
        }
    }

    fn evolve(&mut self, event: &Event) {
        self.take_in(event);
    }
}

impl Act<'_> {
    fn carry_out(&self, command: &Command) -> Decision {
        let act = self;
        match command {
            Command::Acknowledge => act.acknowledge(),
            Command::Investigate { findings, grave } => act.investigate(findings, *grave),
            Command::JudgeMinor { reason } => act.judge_minor(reason),
            Command::PassOn { to, reason } => act.pass_on(*to, reason),
            Command::ReportOutside { body, content } => act.report_outside(body, content),
            Command::Suspend { system, reason } => act.suspend(system, reason),
            Command::Resume { system, reason } => act.resume(system, reason),
            Command::ReportContainment { measures } => act.report_containment(measures),
            Command::HoldRecords { reason } => act.hold_records(reason),
            Command::ReleaseRecords { reason } => act.release_records(reason),
            Command::Recover { measures } => act.recover(measures),
            Command::Prevent { measures } => act.prevent(measures),
            Command::Close { conclusion } => act.close(conclusion),
            // Answered above.
            Command::Report(_) | Command::MarkOverdue | Command::Suspect(_) => Ok(Vec::new()),
        }
    }

    /// The same in the place of an absent manager whose deputy the caller is: only what falls to the
    /// manager, and only inside a recorded absence and the plan written before it.
    fn in_the_place_of(&self, command: &Command, refused: Refusal) -> Decision {
        let own = || {
            let deputies = self.facts.deputies.iter();
            deputies.filter(|deputy| deputy.person == *self.by)
        };
        for acting in own().filter_map(|deputy| deputy.acting(self.action.as_str())) {
            let act = Act {
                standing_in: Some(&acting),
                ..*self
            };
            let decision = act.carry_out(command);
            if decision.as_ref().is_err_and(Refusal::is_of_charge) {
                continue;
            }
            let mut events = decision?;
            for event in &mut events {
                event.deputised = Some(Deputised {
                    acting: acting.clone(),
                    act: self.action,
                });
            }
            return Ok(events);
        }
        let system = match command {
            Command::Suspend { system, .. } | Command::Resume { system, .. } => Some(system),
            _ => self.reported_system(),
        };
        let charged = self.charged(system);
        let stands_by =
            |deputy: &&Deputy| (charged.iter()).any(|charged| deputy.stands_by(&charged.deciders));
        let without = own().filter(|deputy| deputy.acting(self.action.as_str()).is_none());
        let mut without = without.filter(|_| self.action.is_deputised());
        let Some(deputy) = without.find(stands_by) else {
            return Err(refused);
        };
        let stands_in_for = deputy.stands_in_for;
        Err(match deputy.absence {
            None => Refusal::PrincipalNotAbsent { stands_in_for },
            Some(_) => Refusal::NotPlanned { stands_in_for },
        })
    }
}

impl Incident {
    /// One event for each step whose time is over and of which nobody has been told that.
    fn mark_overdue(&self, now: Timestamp) -> Vec<Event> {
        self.open()
            .filter(|duty| !duty.overdue_recorded && duty.is_overdue(now))
            .map(|duty| Event {
                what: What::Overdue { step: duty.step },
                at: now,
                by: None,
                chain: vec![Link::Overdue(duty.step)],
                deputised: None,
            })
            .collect()
    }
}

/// Whether it acts by itself.
fn is_platform(actor: &Actor) -> bool {
    matches!(actor, Actor::Service(_))
}
