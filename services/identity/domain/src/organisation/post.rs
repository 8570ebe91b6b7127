//! A post (職, clauses 1-1-1 to 1-10-1).
//!
//! A post is recorded with its title, its place and the roles on it. Roles reach as far as the
//! pack says: a city-wide role may sit anywhere, a bureau's needs a bureau, a section's needs a
//! section. Of each managing role there is one post per place, so that every question has one
//! answerer. A person is assigned, holds the post and its roles from that day or from now on, and is
//! followed by the next. System staff come from the section's own people (1-7-1).

mod refusal;
mod scope;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use jiff::Timestamp;
use kernel::{Context, Decider, PersonId, PostId};
use serde::{Deserialize, Serialize};
use standard::{Pack, Role, jst_date};

use super::{Home, Place};
pub use refusal::Refusal;
pub use scope::{Scope, is_sole, scope};

/// What is known of it; nothing before it is recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub recorded: Option<Record>,
    /// Who holds it.
    pub holder: Option<Holder>,
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

/// Who holds a post, and since when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The person.
    pub person: PersonId,
    /// First moment of holding it.
    pub since: Timestamp,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Record the post, or change its record.
    Record(Record),
    /// Give it to a person.
    Assign(Assignment),
}

/// To whom a post is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The person.
    pub person: PersonId,
    /// First moment of holding it, not to come; none is now, or as it was if the person holds it.
    pub since: Option<Timestamp>,
}

/// What happens to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was recorded or changed.
    Recorded(Record),
    /// Somebody came to hold it.
    Assigned(Holder),
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
    /// Where the person belongs: the one to be assigned, or the present holder when the record
    /// changes. None when unknown.
    pub home: Option<Home>,
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
            Command::Record(record) => self.record(record, facts),
            Command::Assign(assignment) => self.assign(assignment, facts, context),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Recorded(record) => self.recorded = Some(record.clone()),
            Event::Assigned(holder) => self.holder = Some(holder.clone()),
        }
    }
}

impl State {
    fn record(&self, record: &Record, facts: &Facts) -> Result<Vec<Event>, Refusal> {
        if !facts.place_known {
            return Err(Refusal::PlaceUnknown);
        }
        for role in &record.roles {
            if *role == Role::Staff {
                return Err(Refusal::StaffRole);
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
        if self.holder.is_some() {
            belongs(record, facts.home.as_ref())?;
        }
        Ok(vec![Event::Recorded(record.clone())])
    }

    fn assign(
        &self,
        Assignment { person, since }: &Assignment,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        let record = self.recorded.as_ref().ok_or(Refusal::Unknown)?;
        let holds_so = |holder: &Holder| {
            holder.person == *person && since.is_none_or(|since| since == holder.since)
        };
        if self.holder.as_ref().is_some_and(holds_so) {
            return Ok(vec![]);
        }
        let since = since.unwrap_or(context.now);
        if since > context.now {
            return Err(Refusal::SinceInFuture(jst_date(since)));
        }
        if facts.home.is_none() {
            return Err(Refusal::PersonUnknown(person.clone()));
        }
        belongs(record, facts.home.as_ref())?;
        Ok(vec![Event::Assigned(Holder {
            person: person.clone(),
            since,
        })])
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
