//! The own ID of a software robot (サービスID, clause 7-8-3).
//!
//! A robot acts under an ID of its own and under nobody else's. Somebody in service owns it and
//! answers for it; it says what the robot is for, which systems it uses and by which path it comes,
//! and it reaches nothing else. It ends by itself after the pack's 定期的 unless it is registered
//! anew, and whoever looks at the list sees the robots whose owner is gone.

mod refusal;

use std::{collections::BTreeSet, sync::Arc};

use jiff::Timestamp;
use kernel::{Actor, Context, Decider, PersonId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{AccessPath, Pack, Period};

pub use refusal::Refusal;

/// What is known of it; nothing before it is registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub registered: Option<Record>,
}

/// A robot's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What was entered.
    pub entry: Entry,
    /// First instant at which the ID serves no longer.
    pub ends_at: Timestamp,
}

/// What is entered of a robot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its ID.
    pub id: PersonId,
    /// Name as shown.
    pub name: String,
    /// Who answers for it.
    pub owner: PersonId,
    /// What it is for.
    pub purpose: String,
    /// The systems it uses; never empty.
    pub systems: BTreeSet<SystemId>,
    /// The one path it comes by.
    pub path: AccessPath,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Register it, change what was entered, or let it serve for another year.
    Register(Entry),
    /// Let it serve no longer.
    End {
        /// Why.
        reason: String,
    },
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Registered, changed or renewed.
    Registered(Record),
    /// Ended before its time.
    Ended {
        /// First instant after it.
        at: Timestamp,
        /// Why.
        reason: String,
    },
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pack in force: how long an ID serves.
    pub pack: Arc<Pack>,
    /// Whether keeping the IDs of the owner's robots falls to the actor by their posts.
    pub keeps: bool,
    /// The owner is a member of staff in service.
    pub owner_serves: bool,
    /// Systems named that the ledger does not know, or that are out of service.
    pub unknown: BTreeSet<SystemId>,
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
        let platform = matches!(context.actor, Actor::Service(_));
        if !platform && !facts.keeps {
            return Err(Refusal::NoAuthority);
        }
        match command {
            Command::Register(entry) => self.register(entry, facts, context.now),
            Command::End { reason } => self.end(reason, context.now),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered(record) => self.registered = Some(record.clone()),
            Event::Ended { at, .. } => {
                if let Some(known) = &mut self.registered {
                    known.ends_at = *at;
                }
            }
        }
    }
}

impl State {
    fn register(
        &self,
        entry: &Entry,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        if !facts.owner_serves {
            return Err(Refusal::OwnerNotInService(entry.owner.clone()));
        }
        if let Some(system) = facts.unknown.first() {
            return Err(Refusal::SystemUnknown(system.clone()));
        }
        let year = facts.pack.period(Period::Periodically);
        let record = Record {
            entry: entry.clone(),
            ends_at: year.end(now, facts.pack.calendar()),
        };
        if self.registered.as_ref() == Some(&record) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Registered(record)])
    }

    fn end(&self, reason: &str, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        let known = self.registered.as_ref().ok_or(Refusal::Unknown)?;
        if known.ends_at <= now {
            return Ok(vec![]);
        }
        Ok(vec![Event::Ended {
            at: now,
            reason: reason.to_owned(),
        }])
    }
}

#[cfg(test)]
mod tests;
