//! Privileged grants in the database, each under the permit it rests on.

use identity_domain::privilege::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column, micros};

use crate::publish;

/// See the module.
pub(crate) struct Privileges;

impl Aggregate for Privileges {
    type State = State;

    const TABLE: &'static str = "privilege";

    fn columns(state: &State) -> Vec<Column> {
        let granted = state.granted.as_ref();
        let person = granted.map(|one| one.subject.person.to_string());
        let system = granted.map(|one| one.subject.system.to_string());
        let reviewed = if state.review.is_some() { "yes" } else { "no" };
        vec![
            ("person_id", person.unwrap_or_default().into()),
            ("system_id", system.unwrap_or_default().into()),
            (
                "ends_at",
                granted.map_or(0, |one| micros(one.ends_at)).into(),
            ),
            ("reviewed", reviewed.into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::privilege(event, state)
    }
}
