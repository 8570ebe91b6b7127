//! A member of staff (職員, non-regular staff too; clause 7-2-(9)-1).
//!
//! Registered with a name and a section. Moving to another section (異動) and leaving (退職) each
//! have a day, by itself when it comes: the memberships say from when to when a person belongs
//! where, and whoever belongs nowhere is not in service. One move can be waiting: a new one takes
//! its place. What the person may do comes from elsewhere: roles from posts, sign-in from the
//! account, systems from grants.
//!
//! Two kinds of IDs are kept here that are nobody's own: a robot's and those for emergencies. They
//! belong to a section too, and serve until an instant that was set when they were let in.

mod kind;
mod order;
mod refusal;

use jiff::Timestamp;
use kernel::{Context, Decider, PersonId, SectionId, Spell, Timeline};
use serde::{Deserialize, Serialize};
use standard::jst_date;

pub use kind::{Admission, Kind};
pub use order::{Change, Order};
pub use refusal::Refusal;

/// What is known of the person; nothing before registration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The record.
    pub registered: Option<Record>,
}

/// A person's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Staff number.
    pub id: PersonId,
    /// Name as shown.
    pub name: String,
    /// Non-regular staff (会計年度任用).
    pub non_regular: bool,
    /// Whose ID it is.
    pub kind: Kind,
    /// Sections or third-class offices, from when to when. Never empty.
    pub memberships: Timeline<SectionId>,
}

impl Record {
    /// Whether the person is in service at that instant.
    pub fn serves(&self, now: Timestamp) -> bool {
        self.memberships.at(now).is_some()
    }

    /// The section at that instant; of one who left the last, of one who is to come the first.
    pub fn section(&self, now: Timestamp) -> Option<&SectionId> {
        let spells = || self.memberships.spells().first();
        let known = self.memberships.begun(now).or_else(spells);
        known.map(|spell| &spell.value)
    }
}

/// What a table or a request says of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Staff number.
    pub id: PersonId,
    /// Name as shown.
    pub name: String,
    /// Section or third-class office.
    pub section: SectionId,
    /// First moment in that section; none is now, or as it was if the person is there.
    pub since: Option<Timestamp>,
    /// First moment of being gone; none says nothing about it.
    pub leaves_at: Option<Timestamp>,
    /// Non-regular staff (会計年度任用).
    pub non_regular: bool,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Register the person, or change the record.
    Register(Entry),
    /// Let an ID serve that is not a person's own, until an instant.
    Admit(Admission),
    /// Carry out a personnel order.
    Order(Order),
}

/// What happens. Each carries the record as it stands after all of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Registered or changed.
    Registered(Record),
    /// Moves to another section.
    Transferred {
        /// The record.
        record: Record,
        /// Section before.
        from: SectionId,
        /// Section and time after.
        to: Spell<SectionId>,
    },
    /// Leaves.
    Left {
        /// The record.
        record: Record,
        /// First moment of being gone.
        at: Timestamp,
    },
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The named section is recorded.
    pub section_known: bool,
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
            Command::Register(entry) => self.register(entry, facts, context.now),
            Command::Admit(wanted) => self.admit(wanted, facts, context.now),
            Command::Order(order) => self.order(order, facts, context.now),
        }
    }

    fn evolve(&mut self, event: &Event) {
        let (Event::Registered(record)
        | Event::Transferred { record, .. }
        | Event::Left { record, .. }) = event;
        self.registered = Some(record.clone());
    }
}

impl State {
    fn register(
        &self,
        entry: &Entry,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.registered.as_ref();
        if known.is_some_and(|known| known.kind != Kind::Staff) {
            return Err(Refusal::NumberTaken);
        }
        let mut memberships = self.memberships();
        let moved = membership(&mut memberships, entry, now)?;
        if let Some(at) = entry.leaves_at {
            if entry.since.is_some_and(|since| at <= since) {
                return Err(Refusal::LeavesFirst);
            }
            leave(&mut memberships, at, now)?;
        }
        let mut record = Record {
            id: entry.id.clone(),
            name: entry.name.clone(),
            non_regular: entry.non_regular,
            kind: Kind::Staff,
            memberships,
        };
        if self.registered.as_ref() == Some(&record) {
            return Ok(vec![]);
        }
        if !facts.section_known {
            return Err(Refusal::SectionUnknown(entry.section.clone()));
        }
        record.memberships.forget(now);
        Ok(self.events(record, moved, entry.leaves_at))
    }

    fn memberships(&self) -> Timeline<SectionId> {
        let registered = self.registered.as_ref();
        registered.map_or_else(Timeline::default, |record| record.memberships.clone())
    }

    fn events(
        &self,
        record: Record,
        moved: Option<(SectionId, Spell<SectionId>)>,
        leaves_at: Option<Timestamp>,
    ) -> Vec<Event> {
        let before = self.memberships();
        let transferred = moved.map(|(from, to)| Event::Transferred {
            record: record.clone(),
            from,
            to,
        });
        let left_before = before.spells().last().and_then(|spell| spell.until);
        let left = leaves_at.filter(|at| Some(*at) != left_before);
        let left = left.map(|at| Event::Left {
            record: record.clone(),
            at,
        });
        let events: Vec<_> = transferred.into_iter().chain(left).collect();
        if events.is_empty() || self.registered.is_none() {
            [Event::Registered(record)]
                .into_iter()
                .chain(events)
                .collect()
        } else {
            events
        }
    }
}

/// Puts the person into the section as the entry says. Tells the section that is left, the present or
/// last one, and the new spell, if the person moves.
fn membership(
    known: &mut Timeline<SectionId>,
    entry: &Entry,
    now: Timestamp,
) -> Result<Option<(SectionId, Spell<SectionId>)>, Refusal> {
    let is_there = |spell: &Spell<SectionId>| {
        spell.value == entry.section && entry.since.is_none_or(|since| since == spell.since)
    };
    let as_it_is = match entry.since {
        Some(_) => known.spells().iter().any(is_there),
        // Who has left stays so, unless the row says from when on they are back.
        None => match (known.at(now), known.begun(now)) {
            (Some(present), _) => is_there(present),
            (None, Some(last)) if entry.leaves_at.is_some() => is_there(last),
            (None, Some(last)) => {
                return Err(Refusal::Gone(last.until.map(jst_date)));
            }
            (None, None) => known.spells().first().is_some_and(is_there),
        },
    };
    if as_it_is {
        return Ok(None);
    }
    let from = known.begun(now).map(|spell| spell.value.clone());
    let since = entry.since.unwrap_or(now);
    // Who is to leave does so from the next section too.
    let leaves = known.spells().iter().filter_map(|spell| spell.until);
    let spell = Spell {
        value: entry.section.clone(),
        since,
        until: leaves.filter(|leaves| since < *leaves).min(),
    };
    known.plan(spell.clone(), now);
    let from = from.filter(|from| *from != spell.value);
    Ok(from.map(|from| (from, spell)))
}

/// Lets the last membership end then, be it earlier or later than was said before. Of somebody who
/// left before anything was known of them, the membership known ends before it begins.
fn leave(known: &mut Timeline<SectionId>, at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let present = known.begun(now).cloned();
    let mut spells: Vec<_> = known.spells().to_vec();
    spells.retain(|spell| spell.since < at);
    if spells.is_empty() {
        spells.extend(present);
    }
    spells.last_mut().ok_or(Refusal::LeavesFirst)?.until = Some(at);
    *known = spells.into_iter().collect();
    Ok(())
}

#[cfg(test)]
mod tests;
