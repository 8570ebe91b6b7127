//! A post (職, clauses 1-1-1 to 1-10-1).
//!
//! A post is recorded with its title, its place and the roles on it. Roles reach as far as the
//! pack says: a city-wide role may sit anywhere, a bureau's needs a bureau, a section's needs a
//! section. Of each managing role there is one post per place, so that every question has one
//! answerer. A person is assigned, holds the post and its roles from that day on, by itself when it
//! comes, until the next one follows, an end that was set, or the post is vacated. One assignment
//! can be waiting: a new one takes its place. System staff come from the section's own people (1-7-1).
//! No post outlasts its holder's service, nor a section's post the holder's time in that section
//! (7-2-(9)-1).

mod refusal;
mod scope;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{Context, Decider, PersonId, PostId, SectionId, Spell, Timeline};
use serde::{Deserialize, Serialize};
use standard::{Pack, Role};

use super::{Home, Place};
pub use refusal::Refusal;
pub use scope::{Scope, is_sole, scope};

/// What is known of it; nothing before it is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub recorded: Option<Record>,
    /// Who holds it, now and from a day to come.
    pub holders: Timeline<PersonId>,
}

/// A post's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Post code.
    pub id: PostId,
    /// Title, for example 税制課長.
    pub title: String,
    /// Where it sits.
    pub place: Place,
    /// The roles on it.
    pub roles: BTreeSet<Role>,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Record the post, or change its record.
    Record(Record),
    /// Give it to a person.
    Assign(Assignment),
    /// Leave it vacant.
    Vacate {
        /// From when; none = now.
        from: Option<Timestamp>,
        /// Only as far as this person holds it; none = whoever does.
        person: Option<PersonId>,
    },
}

/// To whom a post is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The person.
    pub person: PersonId,
    /// First moment of holding it; none is now, or as it was if the person holds it.
    pub since: Option<Timestamp>,
    /// First moment after it; none is when another follows.
    pub until: Option<Timestamp>,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was recorded or changed.
    Recorded(Record),
    /// Somebody came to hold it, or is to.
    Assigned {
        /// Who, from when to when.
        holding: Spell<PersonId>,
        /// When that was said.
        at: Timestamp,
    },
    /// It is held no longer.
    Vacated {
        /// From when.
        from: Timestamp,
        /// By this person; none = by whoever held it.
        person: Option<PersonId>,
    },
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The pack in force: how far each role reaches.
    pub pack: Arc<Pack>,
    /// The place named by the record is recorded itself.
    pub place_known: bool,
    /// Other posts that carry one of the wanted sole roles for the same scope.
    pub rivals: BTreeMap<Role, PostId>,
    /// Where the person belongs from the assignment on, or the present holder when the record
    /// changes. None when unknown or not in service.
    pub home: Option<Home>,
    /// Where the person to whom it is given belongs, from when to when.
    pub memberships: Timeline<SectionId>,
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
        match command {
            Command::Record(record) if self.recorded.as_ref() == Some(record) => Ok(vec![]),
            Command::Record(record) => self.record(record, facts, context.now),
            Command::Assign(assignment) => self.assign(assignment, facts, context.now),
            Command::Vacate { from, person } => {
                self.vacate(from.unwrap_or(context.now), person.as_ref())
            }
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Recorded(record) => self.recorded = Some(record.clone()),
            Event::Assigned { holding, at } => {
                self.holders.plan(holding.clone(), *at);
                self.holders.forget(*at);
            }
            Event::Vacated { from, person } => self.holders.end(*from, whom(person.as_ref())),
        }
    }
}

impl State {
    /// Who holds it at that instant.
    pub fn holder(&self, now: Timestamp) -> Option<&Spell<PersonId>> {
        self.holders.at(now)
    }

    /// Whether this person holds it at that instant.
    pub fn is_held_by(&self, person: &PersonId, now: Timestamp) -> bool {
        self.holder(now).is_some_and(|held| held.value == *person)
    }

    /// Since when another than this person holds it, who took it up after that instant: giving it to
    /// the person from then on would take it from them.
    pub fn held_since(
        &self,
        at: Timestamp,
        person: &PersonId,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let later = self.holders.begun(now);
        let later = later.filter(|held| at < held.since && held.value != *person);
        later.map(|held| held.since)
    }

    fn record(
        &self,
        record: &Record,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        if !facts.place_known {
            return Err(Refusal::PlaceUnknown);
        }
        for role in &record.roles {
            match role {
                Role::Staff => return Err(Refusal::StaffRole),
                Role::SystemManager => return Err(Refusal::DerivedRole),
                _ => {}
            }
            let clause = facts.pack.role(*role).clause.clone();
            if scope(*role, &record.place, &facts.pack).is_none() {
                return Err(Refusal::OutOfPlace {
                    role: *role,
                    clause,
                });
            }
            if let Some(post) = facts.rivals.get(role) {
                let post = post.clone();
                return Err(Refusal::RoleTaken {
                    role: *role,
                    post,
                    clause,
                });
            }
        }
        if self.holder(now).is_some() {
            belongs(record, facts.home.as_ref())?;
        }
        Ok(vec![Event::Recorded(record.clone())])
    }

    fn assign(
        &self,
        assignment: &Assignment,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let record = self.recorded.as_ref().ok_or(Refusal::Unknown)?;
        let person = &assignment.person;
        // Of a day gone by, only the present is known.
        let begins = assignment.since.map_or(now, |since| since.max(now));
        let leaves = leaves(&record.place, &facts.memberships, begins);
        let until = assignment.until.into_iter().chain(leaves).min();
        let holds_so = |held: &Spell<PersonId>| {
            held.value == *person
                && held.until == until
                && assignment.since.is_none_or(|since| since == held.since)
        };
        let as_it_is = match assignment.since {
            None => self.holder(now).is_some_and(holds_so),
            Some(_) => self.holders.spells().iter().any(holds_so),
        };
        if as_it_is {
            return Ok(vec![]);
        }
        let holding = Spell {
            value: person.clone(),
            since: assignment.since.unwrap_or(now),
            until,
        };
        if holding.until.is_some_and(|until| until <= holding.since) {
            return Err(Refusal::PeriodEmpty);
        }
        if facts.home.is_none() {
            return Err(Refusal::PersonUnknown(person.clone()));
        }
        belongs(record, facts.home.as_ref())?;
        Ok(vec![Event::Assigned { holding, at: now }])
    }

    fn vacate(&self, from: Timestamp, person: Option<&PersonId>) -> Result<Vec<Event>, Refusal> {
        if self.recorded.is_none() {
            return Err(Refusal::Unknown);
        }
        let mut after = self.holders.clone();
        after.end(from, whom(person));
        if after == self.holders {
            return Ok(vec![]);
        }
        let person = person.cloned();
        Ok(vec![Event::Vacated { from, person }])
    }
}

fn whom(person: Option<&PersonId>) -> impl Fn(&PersonId) -> bool + '_ {
    move |holder| person.is_none_or(|person| person == holder)
}

/// When somebody of these memberships, given the post at that instant, leaves it: with the service, or
/// with the section it sits in. None when neither is in sight.
fn leaves(
    place: &Place,
    memberships: &Timeline<SectionId>,
    mut from: Timestamp,
) -> Option<Timestamp> {
    loop {
        let home = memberships.at(from)?;
        let end = memberships.end_of(from)?;
        if place.section() == Some(&home.value) || memberships.at(end).is_none() {
            return Some(end);
        }
        from = end;
    }
}

/// System staff are named from the section's own people, its offices included (1-7-1).
fn belongs(record: &Record, home: Option<&Home>) -> Result<(), Refusal> {
    let (true, Some(section)) = (
        record.roles.contains(&Role::SystemStaff),
        record.place.section(),
    ) else {
        return Ok(());
    };
    let own =
        home.is_some_and(|home| home.section == *section || home.parent.as_ref() == Some(section));
    if own {
        Ok(())
    } else {
        Err(Refusal::OtherSection)
    }
}

#[cfg(test)]
mod tests;
