//! Grants in the database, one row for each person and system, or restricted item there.

use identity_domain::grant::{Event, State, Subject};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct Grants;

impl Grants {
    /// The row of a person and a system, or of an item there; no id has a slash.
    pub(crate) fn id(subject: &Subject) -> String {
        let Subject {
            person,
            system,
            item,
        } = subject;
        match item {
            None => format!("{person}/{system}"),
            Some(item) => format!("{person}/{system}/{item}"),
        }
    }
}

impl Aggregate for Grants {
    type State = State;

    const TABLE: &'static str = "entitlement";

    fn columns(state: &State) -> Vec<Column> {
        let subject = state.subject.as_ref();
        let person = subject.map(|subject| subject.person.to_string());
        let system = subject.map(|subject| subject.system.to_string());
        let item = subject.and_then(|subject| Some(subject.item.as_ref()?.to_string()));
        vec![
            ("person_id", person.unwrap_or_default().into()),
            ("system_id", system.unwrap_or_default().into()),
            ("item_id", item.into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::grant(event, state)
    }
}
