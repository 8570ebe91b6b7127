//! The rules of an incident's life.

mod act;
mod aftermath;
mod containment;
mod reporting;

use jiff::Timestamp;
use kernel::{Actor, Context, Decider};
use standard::route::Acting;

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
            _ if self.report.is_none() => return Err(Refusal::NotFound),
            _ => {}
        }
        let by = context.actor.person().ok_or(Refusal::NotAPerson)?;
        let act = Act::new(self, facts, by, context.now);
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
            Command::Report(_) | Command::MarkOverdue => Ok(Vec::new()),
        }
    }

    /// The same in the place of an absent manager whose deputy the caller is: only what the manager
    /// could do, and only inside a recorded absence and the plan written before it.
    fn in_the_place_of(&self, command: &Command, refused: Refusal) -> Decision {
        let Some(kind) = command.deputised() else {
            return Err(refused);
        };
        let mut answer = refused;
        for deputy in &self.facts.deputies {
            let act = Act {
                standing_in: Some(deputy),
                ..*self
            };
            let decision = act.carry_out(command);
            if decision.as_ref().is_err_and(Refusal::is_of_charge) {
                continue;
            }
            let stands_in_for = deputy.stands_in_for;
            match &deputy.absence {
                None => answer = Refusal::PrincipalNotAbsent { stands_in_for },
                Some(_) if !deputy.actions.contains(kind.as_str()) => {
                    answer = Refusal::NotPlanned { stands_in_for };
                }
                Some(absence) => {
                    let deputised = Deputised {
                        acting: Acting {
                            person: self.by.clone(),
                            principal: deputy.principal.clone(),
                            absence: absence.clone(),
                        },
                        act: kind,
                    };
                    let mut events = decision?;
                    for event in &mut events {
                        event.deputised = Some(deputised.clone());
                    }
                    return Ok(events);
                }
            }
        }
        Err(answer)
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

/// Only the platform itself reports a machine event.
fn is_platform(actor: &Actor) -> bool {
    matches!(actor, Actor::Service(_))
}
