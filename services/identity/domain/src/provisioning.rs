//! What an outside directory (an identity management system that speaks SCIM) says of a member of
//! staff beside what is registered here: its own id for them (clause 7-2-(9)-1).

use std::convert::Infallible;

use kernel::{Context, Decider, PersonId};
use serde::{Deserialize, Serialize};

/// What is known of it; nothing before the directory said something.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The directory's own id for the person.
    pub external_id: Option<String>,
}

/// What the directory says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Its id for the person.
    Link {
        /// Staff number.
        person: PersonId,
        /// The id; none = no longer any.
        external_id: Option<String>,
    },
}

/// What happens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// The directory's id for the person changed.
    Linked {
        /// Staff number.
        person: PersonId,
        /// The id; none = no longer any.
        external_id: Option<String>,
    },
}

impl Decider for State {
    type Command = Command;
    type Event = Event;
    type Facts = ();
    type Refusal = Infallible;

    fn decide(&self, command: &Command, _: &(), _: &Context) -> Result<Vec<Event>, Infallible> {
        let Command::Link {
            person,
            external_id,
        } = command;
        if *external_id == self.external_id {
            return Ok(vec![]);
        }
        Ok(vec![Event::Linked {
            person: person.clone(),
            external_id: external_id.clone(),
        }])
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Linked { external_id, .. } = event;
        self.external_id.clone_from(external_id);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use kernel::Actor;

    use super::*;

    #[test]
    fn an_id_said_again_changes_nothing_and_one_can_be_taken_back() {
        let context = Context::new(Actor::Workload("idm".into()), Timestamp::UNIX_EPOCH, "t");
        let mut state = State::default();
        for (id, events) in [
            (None, 0),
            (Some("a"), 1),
            (Some("a"), 0),
            (Some("b"), 1),
            (None, 1),
        ] {
            let external_id = id.map(str::to_owned);
            let command = Command::Link {
                person: "S1".parse().expect("an id"),
                external_id: external_id.clone(),
            };
            let decided = state.decide(&command, &(), &context).expect("decided");
            decided.iter().for_each(|event| state.evolve(event));
            assert_eq!((decided.len(), &state.external_id), (events, &external_id));
        }
    }
}
