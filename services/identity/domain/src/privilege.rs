//! What becomes of one privileged grant (特権の一時付与, clauses 7-2-(8)-1a, 7-2-(8)-1b): it ends
//! within hours, or earlier when its holder or a manager ends it, and what was done with it is then
//! reviewed by somebody else, in time.

mod refusal;

use std::sync::Arc;

use jiff::Timestamp;
use kernel::{Context, Decider, PermitId, PersonId};
use serde::{Deserialize, Serialize};
use standard::{Pack, Period};

use crate::grant::Subject;
pub use refusal::Refusal;

/// What is known of it; nothing before it was granted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// What was granted.
    pub granted: Option<Granted>,
    /// What the review found.
    pub review: Option<Review>,
}

/// A privilege.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The permit it rests on.
    pub permit: PermitId,
    /// Whose it is, on which system.
    pub subject: Subject,
    /// First instant.
    pub starts_at: Timestamp,
    /// First instant after it.
    pub ends_at: Timestamp,
    /// When its review is due.
    pub review_due_at: Timestamp,
}

/// What a review found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Who reviewed.
    pub by: PersonId,
    /// What was done with it, and whether that was right.
    pub findings: String,
    /// When.
    pub at: Timestamp,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// It was granted.
    Start {
        /// The permit it rests on.
        permit: PermitId,
        /// Whose it is, on which system.
        subject: Subject,
        /// First instant.
        starts_at: Timestamp,
        /// First instant after it.
        ends_at: Timestamp,
    },
    /// It ended before its time, whoever ended it.
    Stop {
        /// First instant after it.
        at: Timestamp,
    },
    /// End it now: the holder's to ask, or theirs to whom overseeing it falls.
    End,
    /// Review it: theirs to whom overseeing it falls, the holder's never.
    Review {
        /// What was found.
        findings: String,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was granted, or its end was brought forward.
    Bounded(Granted),
    /// It was reviewed.
    Reviewed(Review),
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pack in force: by when a review is due.
    pub pack: Arc<Pack>,
    /// Whether overseeing the holder's privileges falls to the actor by their posts.
    pub oversees: bool,
}

impl Decider for State {
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
        if let Command::Start {
            permit,
            subject,
            starts_at,
            ends_at,
        } = command
        {
            let granted = Granted {
                permit: permit.clone(),
                subject: subject.clone(),
                starts_at: *starts_at,
                ends_at: *ends_at,
                review_due_at: facts.review_due(*ends_at),
            };
            let first = self.granted.is_none();
            return Ok(first
                .then_some(Event::Bounded(granted))
                .into_iter()
                .collect());
        }
        let granted = self.granted.as_ref().ok_or(Refusal::Unknown)?;
        let holder = context.actor.person() == Some(&granted.subject.person);
        match command {
            Command::Start { .. } => Ok(vec![]),
            Command::Stop { at } => Ok(stop(granted, facts, *at)),
            Command::End if holder || facts.oversees => Ok(stop(granted, facts, context.now)),
            Command::Review { .. } if holder => Err(Refusal::OwnPrivilege),
            Command::Review { findings } if facts.oversees => {
                self.reviewed(granted, findings, context)
            }
            Command::End | Command::Review { .. } => Err(Refusal::NoAuthority),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Bounded(granted) => self.granted = Some(granted.clone()),
            Event::Reviewed(review) => self.review = Some(review.clone()),
        }
    }
}

impl Facts {
    fn review_due(&self, end: Timestamp) -> Timestamp {
        let promptly = self.pack.period(Period::Promptly);
        promptly.end(end, self.pack.calendar())
    }
}

fn stop(granted: &Granted, facts: &Facts, at: Timestamp) -> Vec<Event> {
    if granted.ends_at <= at {
        return vec![];
    }
    vec![Event::Bounded(Granted {
        ends_at: at,
        review_due_at: facts.review_due(at),
        ..granted.clone()
    })]
}

impl State {
    /// Whether it is in force at that instant.
    pub fn stands(&self, now: Timestamp) -> bool {
        let granted = self.granted.as_ref();
        granted.is_some_and(|one| one.starts_at <= now && now < one.ends_at)
    }

    fn reviewed(
        &self,
        granted: &Granted,
        findings: &str,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let by = context.actor.person().ok_or(Refusal::NoAuthority)?;
        if context.now < granted.ends_at {
            return Err(Refusal::NotOver);
        }
        match &self.review {
            Some(known) if known.by == *by && known.findings == findings => Ok(vec![]),
            Some(_) => Err(Refusal::Reviewed),
            None => Ok(vec![Event::Reviewed(Review {
                by: by.clone(),
                findings: findings.to_owned(),
                at: context.now,
            })]),
        }
    }
}

#[cfg(test)]
mod tests;
