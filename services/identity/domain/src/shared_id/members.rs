//! Who may use a shared ID, and what follows when that changes.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{PersonId, SectionId};
use serde::{Deserialize, Serialize};
use standard::Period;

use super::{Event, Facts, HowEnded, Record, Refusal, Registration, State, in_charge};
use crate::clause;

/// A member, as of the day they became one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The section they belonged to; in another one they are a member no longer.
    pub section: SectionId,
    /// Since when.
    pub since: Timestamp,
}

/// The duty to change the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Since when.
    pub since: Timestamp,
    /// When it is due, counted from the first departure.
    pub due_at: Timestamp,
    /// Who knows the secret and should not.
    pub because: Vec<Departure>,
}

/// Somebody who is a member no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Who.
    pub person: PersonId,
    /// Why.
    pub why: Why,
}

/// Why somebody is a member no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// Moved to another section (異動).
    Moved,
    /// Left the city's service (退職).
    Left,
    /// Taken off the list.
    Removed,
}

impl Why {
    /// The one spelling in records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Left => "left",
            Self::Removed => "removed",
        }
    }
}

impl Record {
    /// A member who still belongs to the section of that day.
    pub(super) fn is_member(&self, person: &PersonId, facts: &Facts) -> bool {
        let member = self.members.get(person);
        member.is_some_and(|member| member.departed(person, facts).is_none())
    }
}

impl Member {
    fn departed(&self, person: &PersonId, facts: &Facts) -> Option<Why> {
        match facts.sections.get(person) {
            None => Some(Why::Left),
            Some(section) if *section != self.section => Some(Why::Moved),
            Some(_) => None,
        }
    }
}

impl State {
    pub(super) fn register(
        &self,
        wanted: &Registration,
        facts: &Facts,
        by: &PersonId,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.registered.as_ref();
        if known.is_some_and(|known| known.system != wanted.system) {
            return Err(Refusal::OtherSystem);
        }
        match known {
            Some(known) if !self.withdrawn => in_charge(known, facts, by, clause::SHARED_IDS)?,
            _ if facts.managers.contains(by) => {}
            _ => return Err(Refusal::NotInCharge(clause::SHARED_IDS)),
        }
        if !facts.system_in_service {
            return Err(Refusal::SystemUnknown(wanted.system.clone()));
        }
        if !wanted.members.contains(&wanted.owner) {
            return Err(Refusal::OwnerNotAMember);
        }
        let before = known.map(|known| &known.members);
        let mut members = BTreeMap::new();
        for person in &wanted.members {
            let section = facts.sections.get(person);
            let section = section.ok_or_else(|| Refusal::NotInService(person.clone()))?;
            let member = before.and_then(|before| before.get(person));
            let stays = member.filter(|member| member.section == *section);
            let joins = || Member {
                section: section.clone(),
                since: now,
            };
            members.insert(person.clone(), stays.cloned().unwrap_or_else(joins));
        }
        let gone = known.iter().flat_map(|known| &known.members);
        let gone = gone.filter(|(person, member)| members.get(*person) != Some(*member));
        let gone = gone.map(|(person, member)| Departure {
            person: person.clone(),
            why: member.departed(person, facts).unwrap_or(Why::Removed),
        });
        let gone: Vec<Departure> = gone.collect();
        let record = Record {
            id: wanted.id.clone(),
            system: wanted.system.clone(),
            name: wanted.name.clone(),
            owner: wanted.owner.clone(),
            members,
            concurrent: wanted.concurrent,
        };
        let mut events = self.depart(gone, facts, now);
        if known != Some(&record) || self.withdrawn {
            events.push(Event::Registered(record));
        }
        Ok(events)
    }

    /// What came about by itself up to now.
    pub(super) fn reckon(&self, facts: &Facts, now: Timestamp) -> Vec<Event> {
        let Some(known) = self.registered.as_ref().filter(|_| !self.withdrawn) else {
            return Vec::new();
        };
        let gone = known.members.iter().filter_map(|(person, member)| {
            Some(Departure {
                person: person.clone(),
                why: member.departed(person, facts)?,
            })
        });
        let gone: Vec<Departure> = gone.collect();
        let left = |person: &PersonId| gone.iter().any(|one| one.person == *person);
        let over = self.check_in(
            |one| one.ends_at <= now && !left(&one.person),
            HowEnded::Expired,
        );
        let mut events = self.depart(gone, facts, now);
        events.extend(over);
        events
    }

    /// The check-outs of those who leave end, and the secret is to be changed.
    fn depart(&self, people: Vec<Departure>, facts: &Facts, now: Timestamp) -> Vec<Event> {
        if people.is_empty() {
            return Vec::new();
        }
        let left = |person: &PersonId| people.iter().any(|one| one.person == *person);
        let mut events = self.check_in(|one| left(&one.person), HowEnded::MemberLeft);
        let mut duty = self.duty.clone().unwrap_or_else(|| Duty {
            since: now,
            due_at: (facts.pack.period(Period::Promptly)).end(now, facts.pack.calendar()),
            because: Vec::new(),
        });
        duty.because.extend(people.iter().cloned());
        events.push(Event::MembersLeft { people, duty });
        events
    }
}
