//! What kind of ID a record is of, and how one that is not a person's own is let in for a time.

use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, SectionId, Spell};
use serde::{Deserialize, Serialize};
use standard::AccessPath;

use super::{Event, Facts, Record, Refusal, State};

/// Whose ID it is. A table of staff never touches the last two.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A member of staff.
    #[default]
    Staff,
    /// A software robot's (7-8-3).
    Robot {
        /// The one path it comes by.
        path: AccessPath,
    },
    /// Nobody's, for emergencies (緊急用ID): it serves only while it is open.
    Emergency,
}

impl Kind {
    /// The spelling in storage.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Robot { .. } => "robot",
            Self::Emergency => "emergency",
        }
    }
}

/// An ID that is not a person's own, and until when it serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The ID.
    pub id: PersonId,
    /// Name as shown.
    pub name: String,
    /// The section that answers for it.
    pub section: SectionId,
    /// Its kind; never [`Kind::Staff`].
    pub kind: Kind,
    /// First instant at which it serves no longer; one gone by ends it.
    pub until: Timestamp,
}

/// The instant before.
const EARLIER: SignedDuration = SignedDuration::from_nanos(1);

impl State {
    /// It serves from now, or goes on serving, until then.
    pub(super) fn admit(
        &self,
        wanted: &Admission,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let known = self.registered.as_ref();
        if known.is_some_and(|known| known.kind.as_str() != wanted.kind.as_str()) {
            return Err(Refusal::NumberTaken);
        }
        if !facts.section_known {
            return Err(Refusal::SectionUnknown(wanted.section.clone()));
        }
        let served = known.and_then(|known| known.memberships.begun(now));
        let since = match served {
            Some(spell) if spell.until.is_none_or(|end| now < end) => spell.since,
            // What has ended already is not ended again.
            Some(spell) if wanted.until <= now => spell.since,
            _ => now,
        };
        let until = match served.and_then(|spell| spell.until) {
            Some(end) if end <= now && wanted.until <= now => end,
            _ => wanted.until,
        };
        let spell = Spell {
            value: wanted.section.clone(),
            since: since.min(until - EARLIER),
            until: Some(until),
        };
        let record = Record {
            id: wanted.id.clone(),
            name: wanted.name.clone(),
            non_regular: false,
            kind: wanted.kind,
            memberships: [spell].into_iter().collect(),
        };
        if known == Some(&record) {
            return Ok(vec![]);
        }
        Ok(vec![Event::Registered(record)])
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, Context, Decider as _};

    use super::*;
    use crate::organisation::person::{Command, Entry};

    fn at(hour: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hour)
    }

    fn admit(state: &mut State, kind: Kind, until: i64, now: i64) -> Result<usize, Refusal> {
        let admission = Admission {
            id: "X-1".parse().expect("an id"),
            name: "X".to_owned(),
            section: "centre".parse().expect("an id"),
            kind,
            until: at(until),
        };
        decide(state, Command::Admit(admission), now)
    }

    fn decide(state: &mut State, command: Command, now: i64) -> Result<usize, Refusal> {
        let context = Context::new(Actor::Anonymous, at(now), "t");
        let facts = Facts {
            section_known: true,
        };
        let events = state.decide(&command, &facts, &context)?;
        events.iter().for_each(|event| state.evolve(event));
        Ok(events.len())
    }

    /// The hours in which it serves, of the first ten.
    fn serves(state: &State) -> String {
        let record = state.registered.as_ref().expect("a record");
        let hours = (0..10).map(|hour| if record.serves(at(hour)) { 'x' } else { '-' });
        hours.collect()
    }

    #[test]
    fn an_id_that_is_nobodys_own_serves_until_it_is_ended_and_again_when_it_is_let_in_anew() {
        let mut state = State::default();
        assert_eq!(admit(&mut state, Kind::Emergency, 4, 1), Ok(1));
        assert_eq!(serves(&state), "-xxx------");
        assert_eq!(admit(&mut state, Kind::Emergency, 4, 1), Ok(0), "a repeat");
        admit(&mut state, Kind::Emergency, 6, 2).expect("longer");
        assert_eq!(serves(&state), "-xxxxx----");
        admit(&mut state, Kind::Emergency, 3, 3).expect("ended");
        assert_eq!(serves(&state), "-xx-------");
        assert_eq!(
            admit(&mut state, Kind::Emergency, 5, 5),
            Ok(0),
            "ended already"
        );
        admit(&mut state, Kind::Emergency, 9, 7).expect("again");
        assert_eq!(serves(&state), "-------xx-");
        let mut at_once = State::default();
        admit(&mut at_once, Kind::Emergency, 4, 1).expect("let in");
        admit(&mut at_once, Kind::Emergency, 1, 1).expect("ended in the same instant");
        assert_eq!(serves(&at_once), "----------");
    }

    #[test]
    fn no_table_of_staff_and_no_other_kind_takes_over_an_id() {
        let staff = || {
            Command::Register(Entry {
                id: "X-1".parse().expect("an id"),
                name: "X".to_owned(),
                section: "centre".parse().expect("an id"),
                since: None,
                leaves_at: None,
                non_regular: false,
            })
        };
        let path = AccessPath::Office;
        let mut robot = State::default();
        admit(&mut robot, Kind::Robot { path }, 4, 1).expect("let in");
        assert_eq!(decide(&mut robot, staff(), 2), Err(Refusal::NumberTaken));
        let other = admit(&mut robot, Kind::Emergency, 4, 2);
        assert_eq!(other, Err(Refusal::NumberTaken));
        let mut person = State::default();
        decide(&mut person, staff(), 1).expect("registered");
        let taken = admit(&mut person, Kind::Emergency, 4, 2);
        assert_eq!(taken, Err(Refusal::NumberTaken));
    }
}
