//! Shared IDs in the database.

use identity_domain::shared_id::{Event, State};
use jiff::Timestamp;
use kernel::PersonId;
use proto::record::Outgoing;
use sea_orm::{
    ExprTrait as _,
    sea_query::{Condition, Expr},
};
use store::{Aggregate, Column, micros};

use super::query::{self, column};
use crate::publish;

/// See the module.
pub(crate) struct SharedIds;

impl Aggregate for SharedIds {
    type State = State;

    const TABLE: &'static str = "shared_id";

    fn columns(state: &State) -> Vec<Column> {
        let known = state.registered.as_ref();
        let system = known.map_or(String::new(), |known| known.system.to_string());
        let members = known.iter().flat_map(|known| known.members.keys());
        let members: String = members.map(marked).collect();
        let due_at = state.duty.as_ref().map(|duty| micros(duty.due_at));
        vec![
            ("system_id", system.into()),
            ("members", members.into()),
            ("withdrawn", state.withdrawn.into()),
            ("without_owner", state.is_without_owner().into()),
            ("secret_due_at", due_at.into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::shared_id(event, state)
    }
}

/// Those not withdrawn.
pub(crate) fn in_use() -> Condition {
    Condition::all().add(column("withdrawn").eq(false))
}

/// Those with this member. Few shared IDs have to be looked through.
pub(crate) fn with_member(person: &PersonId) -> Expr {
    query::contains("members", &marked(person))
}

/// Those whose secret should have been changed by then, or whose owner has gone.
pub(crate) fn in_violation(now: Timestamp) -> Condition {
    let violated = Condition::any()
        .add(column("secret_due_at").lte(micros(now)))
        .add(column("without_owner").eq(true));
    in_use().add(violated)
}

/// A staff number between marks that no id contains.
fn marked(person: &PersonId) -> String {
    format!("/{person}/")
}
