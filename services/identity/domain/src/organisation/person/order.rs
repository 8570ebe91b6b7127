//! What a list of personnel orders (人事異動) says of a person, one order each: hired, moved, away for
//! a time, back, gone. Each takes effect on its day, by itself when it comes.
//!
//! An order is held against what is known: nobody is moved who is not in service, nobody is hired
//! twice, and an order of a day gone by takes nothing back that has begun since.

use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, SectionId, Spell};
use standard::jst_date;

use super::{Entry, Event, Facts, Kind, Record, Refusal, State, leave};

/// The instant before.
const EARLIER: SignedDuration = SignedDuration::from_nanos(1);

/// A personnel order (発令).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Staff number.
    pub id: PersonId,
    /// What is ordered.
    pub change: Change,
    /// First moment of its being so.
    pub at: Timestamp,
}

/// What is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Enters the city's service (採用).
    Hire {
        /// Name as shown.
        name: String,
        /// Section or third-class office.
        section: SectionId,
        /// Non-regular staff (会計年度任用).
        non_regular: bool,
    },
    /// Belongs to a section (異動); none = the one of that time, only posts change.
    Move(Option<SectionId>),
    /// Is not in service here for a time: elsewhere (出向, 派遣) or on leave (休職).
    Away,
    /// Is back (復帰); none = in the section left.
    Return(Option<SectionId>),
    /// Leaves for good (退職).
    Retire,
    /// Stays: only posts change (兼務).
    Stay,
}

impl State {
    pub(super) fn order(
        &self,
        order: &Order,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.registered.as_ref();
        if known.is_some_and(|known| known.kind != Kind::Staff) {
            return Err(Refusal::NumberTaken);
        }
        let record = || known.ok_or_else(|| Refusal::NotRegistered(order.id.clone()));
        match &order.change {
            Change::Hire {
                name,
                section,
                non_regular,
            } => {
                if let Some(known) = known {
                    if order.is_so(known, Some(section)) {
                        return Ok(vec![]);
                    }
                    order.in_time(known, now)?;
                    if let Some(since) = order.serves_after(known) {
                        return Err(Refusal::InService(since));
                    }
                }
                let entry = order.entry(name, section, *non_regular);
                self.register(&entry, facts, now)
            }
            Change::Move(section) => {
                let record = record()?;
                self.join(record, order, section.as_ref(), facts, now, |before| {
                    before.is_some()
                })
            }
            Change::Return(section) => {
                let record = record()?;
                self.join(record, order, section.as_ref(), facts, now, |before| {
                    before.is_none()
                })
            }
            Change::Away | Change::Retire => self.go(record()?, order, now),
            Change::Stay => match record()?.memberships.at(order.at.max(now)) {
                Some(_) => Ok(vec![]),
                None => Err(order.not_in_service()),
            },
        }
    }

    /// Belongs to a section from then on, having been in service until then or not.
    fn join(
        &self,
        record: &Record,
        order: &Order,
        section: Option<&SectionId>,
        facts: &Facts,
        now: Timestamp,
        fits: impl Fn(Option<&Spell<SectionId>>) -> bool,
    ) -> Result<Vec<Event>, Refusal> {
        if order.is_so(record, section) {
            return Ok(vec![]);
        }
        order.in_time(record, now)?;
        let last = record.memberships.begun(order.at - EARLIER);
        let before = record.memberships.at(order.at - EARLIER);
        if !fits(before) {
            return Err(match before {
                Some(spell) => Refusal::NotAway(jst_date(spell.since)),
                None => order.not_in_service(),
            });
        }
        let here = last.map(|spell| &spell.value);
        let Some(section) = section.or(here) else {
            return Err(order.not_in_service());
        };
        if before.is_some() && here == Some(section) {
            return Ok(vec![]);
        }
        let entry = order.entry(&record.name, section, record.non_regular);
        self.register(&entry, facts, now)
    }

    fn go(&self, record: &Record, order: &Order, now: Timestamp) -> Result<Vec<Event>, Refusal> {
        let mut spells = record.memberships.spells().iter();
        if spells.any(|spell| spell.until == Some(order.at)) {
            return Ok(vec![]);
        }
        order.in_time(record, now)?;
        if record.memberships.at(order.at - EARLIER).is_none() {
            return Err(order.not_in_service());
        }
        let mut record = record.clone();
        leave(&mut record.memberships, order.at, now)?;
        record.memberships.forget(now);
        Ok(self.events(record, None, Some(order.at)))
    }
}

impl Order {
    fn entry(&self, name: &str, section: &SectionId, non_regular: bool) -> Entry {
        Entry {
            id: self.id.clone(),
            name: name.to_owned(),
            section: section.clone(),
            since: Some(self.at),
            leaves_at: None,
            non_regular,
        }
    }

    /// Whether it is carried out already: the person is, or is to be, in the section since that day.
    fn is_so(&self, record: &Record, section: Option<&SectionId>) -> bool {
        let mut spells = record.memberships.spells().iter();
        let there = |known: &SectionId| section.is_none_or(|section| section == known);
        spells.any(|spell| spell.since == self.at && there(&spell.value))
    }

    /// What has begun after the order's day is not undone by it.
    fn in_time(&self, record: &Record, now: Timestamp) -> Result<(), Refusal> {
        match record.memberships.begun(now) {
            Some(present) if self.at <= present.since => {
                Err(Refusal::Outdated(jst_date(present.since)))
            }
            _ => Ok(()),
        }
    }

    /// The beginning of a membership that the person has then, or is to have.
    fn serves_after(&self, record: &Record) -> Option<jiff::civil::Date> {
        let mut spells = record.memberships.spells().iter();
        let held = spells.find(|spell| spell.until.is_none_or(|until| self.at < until));
        held.map(|spell| jst_date(spell.since))
    }

    fn not_in_service(&self) -> Refusal {
        Refusal::NotInService(jst_date(self.at))
    }
}

#[cfg(test)]
mod tests;
