//! Posts in the database.

use identity_domain::organisation::post::{Event, State};
use kernel::PersonId;
use proto::record::Outgoing;
use sea_orm::sea_query::Expr;
use standard::Role;
use store::{Aggregate, Column};

use super::query;
use crate::publish;

/// See the module.
pub(crate) struct Posts;

impl Aggregate for Posts {
    type State = State;

    const TABLE: &'static str = "post";

    fn columns(state: &State) -> Vec<Column> {
        let record = state.recorded.as_ref();
        let place = record.map(|record| &record.place);
        let bureau = place.and_then(|place| Some(place.bureau()?.to_string()));
        let section = place.and_then(|place| Some(place.section()?.to_string()));
        let holders = state.holders.spells().iter();
        let holders: String = holders.map(|spell| held_by(&spell.value)).collect();
        let roles: String = record
            .into_iter()
            .flat_map(|record| record.roles.iter().copied())
            .map(marked)
            .collect();
        vec![
            ("bureau_id", bureau.into()),
            ("section_id", section.into()),
            ("holders", holders.into()),
            ("roles", roles.into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::post(event, state)
    }
}

/// Posts that carry the role.
pub(crate) fn with_role(role: Role) -> Expr {
    query::contains("roles", &marked(role))
}

/// Posts that the person holds, is to hold, or held last. Few posts have to be looked through.
pub(crate) fn with_holder(person: &PersonId) -> Expr {
    query::contains("holders", &held_by(person))
}

/// A staff number between marks that no id contains.
fn held_by(person: &PersonId) -> String {
    format!("/{person}/")
}

/// A role's code between marks, so that no code is found in another.
fn marked(role: Role) -> String {
    format!("<{role}>")
}
