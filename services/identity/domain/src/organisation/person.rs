//! A member of staff (職員, non-regular staff too; clause 7-2-(9)-1).
//!
//! Registered with a name and a section; moving to another section is a change of the record.
//! What the person may do comes from elsewhere: roles from posts, sign-in from the account,
//! systems from grants.

use kernel::{ClauseId, Context, Decider, Kind, PersonId, SectionId};
use serde::{Deserialize, Serialize};

use crate::clause;

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
    /// Section or third-class office.
    pub section: SectionId,
    /// Non-regular staff (会計年度任用).
    pub non_regular: bool,
}

/// What can be asked.
#[derive(Debug, Clone)]
pub enum Command {
    /// Register the person, or change the record.
    Register(Record),
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Registered or changed.
    Registered(Record),
}

/// What the decision must know of its surroundings.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The named section is recorded.
    pub section_known: bool,
}

/// Why the person is not registered so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such section.
    #[error("section {0} is not recorded")]
    SectionUnknown(SectionId),
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }

    fn code(&self) -> &'static str {
        "person_section_unknown"
    }

    fn clauses(&self) -> Vec<ClauseId> {
        vec![clause::ID_LIFECYCLE]
    }

    fn field(&self) -> Option<String> {
        Some("section_id".to_owned())
    }

    fn message_ja(&self) -> String {
        let Self::SectionUnknown(id) = self;
        format!("課公所 {id} は登録されていません。")
    }
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(&self, command: &Command, facts: &Facts, _: &Context) -> Result<Vec<Event>, Refusal> {
        let Command::Register(record) = command;
        if self.registered.as_ref() == Some(record) {
            return Ok(vec![]);
        }
        if !facts.section_known {
            return Err(Refusal::SectionUnknown(record.section.clone()));
        }
        Ok(vec![Event::Registered(record.clone())])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Registered(record) = event;
        self.registered = Some(record.clone());
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::{Actor, Context, replay};

    use super::*;

    #[test]
    fn a_person_belongs_to_a_recorded_section_and_may_move() {
        let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "t");
        let record = |section: &str| Record {
            id: "S1".parse().expect("an id"),
            name: "青葉 花子".to_owned(),
            section: section.parse().expect("an id"),
            non_regular: false,
        };
        let known = Facts {
            section_known: true,
        };
        let state: State = replay(&[Event::Registered(record("tax"))]);
        let decide = |section: &str, facts: &Facts| {
            state.decide(&Command::Register(record(section)), facts, &context)
        };
        assert_eq!(decide("tax", &Facts::default()), Ok(vec![]));
        assert_eq!(
            decide("roads", &known),
            Ok(vec![Event::Registered(record("roads"))])
        );
        let unknown = Err(Refusal::SectionUnknown("roads".parse().expect("an id")));
        assert_eq!(decide("roads", &Facts::default()), unknown);
    }
}
