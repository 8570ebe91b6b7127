//! An ID of a system that several people use (共有ID, clauses 4-3-2, 4-3-3).
//!
//! The system's manager registers it with an owner and its members; a change is registered in the same
//! way, by the manager or the owner. A member signs in as themselves and then checks it out, for hours;
//! it is one member's at a time unless it was registered for several at once, and then each record
//! names who else has it. Whoever used it can thus always be told.
//!
//! A member who moves, leaves or is taken off the list knows the secret still: from that moment on a
//! duty to change it runs, with a due time. It is done when the owner or the manager says so, and is a
//! violation from the due time until then.

mod check_out;
mod members;
mod refusal;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{ClauseId, Context, Decider, PersonId, SectionId, SharedId, SystemId};
use serde::{Deserialize, Serialize};
use standard::Pack;

use crate::clause;
pub use check_out::{CheckOut, HowEnded};
pub use members::{Departure, Duty, Member, Why};
pub use refusal::Refusal;

/// What is known of it; nothing before it is registered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub registered: Option<Record>,
    /// Who has it checked out. Some may be over.
    pub check_outs: Vec<CheckOut>,
    /// The duty to change the secret, while there is one.
    pub duty: Option<Duty>,
    /// It is used no longer.
    pub withdrawn: bool,
}

/// A shared ID's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its id here.
    pub id: SharedId,
    /// The system it is an ID of.
    pub system: SystemId,
    /// The name it has there.
    pub name: String,
    /// Who answers for it: one of the members, until they move or leave.
    pub owner: PersonId,
    /// Who may check it out.
    pub members: BTreeMap<PersonId, Member>,
    /// Several may have it at once.
    pub concurrent: bool,
}

/// What is to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Its id here.
    pub id: SharedId,
    /// The system; it never changes.
    pub system: SystemId,
    /// The name it has there.
    pub name: String,
    /// Who answers for it: one of the members.
    pub owner: PersonId,
    /// Who may check it out.
    pub members: BTreeSet<PersonId>,
    /// Several may have it at once.
    pub concurrent: bool,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Register it, or change its record.
    Register(Registration),
    /// Have it, in the caller's session.
    CheckOut {
        /// Until when; none = as long as the pack allows.
        until: Option<Timestamp>,
    },
    /// Give it back.
    CheckIn {
        /// Who has it.
        person: PersonId,
    },
    /// The secret was changed.
    ConfirmSecretChanged,
    /// Use it no longer.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// Record what came about by itself: members who moved or left, check-outs that are over.
    Reckon,
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Registered or changed.
    Registered(Record),
    /// Members left; the secret must be changed.
    MembersLeft {
        /// Who, and why.
        people: Vec<Departure>,
        /// When the duty is due.
        duty: Duty,
    },
    /// A member has it.
    CheckedOut {
        /// Who, in which session, until when.
        check_out: CheckOut,
        /// Who else has it at that instant.
        beside: Vec<PersonId>,
    },
    /// A member has it no longer.
    CheckedIn {
        /// Who.
        person: PersonId,
        /// How it came.
        how: HowEnded,
    },
    /// The secret was changed.
    SecretChanged {
        /// Who says so.
        by: PersonId,
    },
    /// It is used no longer.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pack in force: how long a check-out lasts, when the duty is due.
    pub pack: Arc<Pack>,
    /// The system is in the ledger and in service.
    pub system_in_service: bool,
    /// Who manages the system.
    pub managers: BTreeSet<PersonId>,
    /// The sections of members, old and new, as far as they are in service.
    pub sections: BTreeMap<PersonId, SectionId>,
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
        let by = || context.actor.person().ok_or(Refusal::NotAPerson);
        match command {
            Command::Register(wanted) => self.register(wanted, facts, by()?, context.now),
            Command::CheckOut { until } => {
                by()?;
                self.check_out(self.in_use()?, *until, facts, context)
            }
            Command::CheckIn { person } => {
                let (known, by) = (self.in_use()?, by()?);
                if person != by {
                    in_charge(known, facts, by, clause::SHARED_IDS)?;
                }
                Ok(self.check_in(|one| one.person == *person, HowEnded::CheckedIn))
            }
            Command::ConfirmSecretChanged => {
                let by = by()?;
                in_charge(self.in_use()?, facts, by, clause::SHARED_SECRET)?;
                let done = |_| Event::SecretChanged { by: by.clone() };
                Ok(self.duty.iter().map(done).collect())
            }
            Command::Withdraw { .. } if self.withdrawn => Ok(vec![]),
            Command::Withdraw { reason } => {
                in_charge(self.in_use()?, facts, by()?, clause::SHARED_IDS)?;
                let mut events = self.check_in(|_| true, HowEnded::Withdrawn);
                events.push(Event::Withdrawn {
                    reason: reason.clone(),
                });
                Ok(events)
            }
            Command::Reckon => Ok(self.reckon(facts, context.now)),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Registered(record) => {
                self.registered = Some(record.clone());
                self.withdrawn = false;
            }
            Event::MembersLeft { people, duty } => {
                self.duty = Some(duty.clone());
                if let Some(known) = &mut self.registered {
                    for one in people {
                        known.members.remove(&one.person);
                    }
                }
            }
            Event::CheckedOut { check_out, .. } => self.check_outs.push(check_out.clone()),
            Event::CheckedIn { person, .. } => {
                self.check_outs.retain(|one| one.person != *person);
            }
            Event::SecretChanged { .. } => self.duty = None,
            // The duty stays: whoever takes it into use again owes the new secret.
            Event::Withdrawn { .. } => self.withdrawn = true,
        }
    }
}

impl State {
    fn in_use(&self) -> Result<&Record, Refusal> {
        let known = self.registered.as_ref().ok_or(Refusal::Unknown)?;
        if self.withdrawn {
            return Err(Refusal::Withdrawn);
        }
        Ok(known)
    }

    /// Whether the one who answers for it has moved or left.
    pub fn is_without_owner(&self) -> bool {
        let known = self.registered.as_ref().filter(|_| !self.withdrawn);
        known.is_some_and(|known| !known.members.contains_key(&known.owner))
    }
}

/// The system's manager, or the owner as long as they are a member.
fn in_charge(
    known: &Record,
    facts: &Facts,
    by: &PersonId,
    clause: ClauseId,
) -> Result<(), Refusal> {
    let owns = known.owner == *by && known.is_member(by, facts);
    if owns || facts.managers.contains(by) {
        Ok(())
    } else {
        Err(Refusal::NotInCharge(clause))
    }
}

#[cfg(test)]
mod tests;
