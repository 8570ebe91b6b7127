//! Restricted items in the database.

use identity_domain::restricted_item::{Event, State};
use kernel::RestrictedItemId;
use proto::record::Outgoing;
use sea_orm::{ExprTrait as _, sea_query::Condition};
use store::{Aggregate, Column};

use super::query::column;
use crate::publish;

/// See the module.
pub(crate) struct RestrictedItems;

impl Aggregate for RestrictedItems {
    type State = State;

    const TABLE: &'static str = "restricted_item";

    fn columns(state: &State) -> Vec<Column> {
        let known = state.registered.as_ref();
        let system = known.map_or(String::new(), |known| known.system.to_string());
        let section = known.map_or(String::new(), |known| known.section.to_string());
        vec![
            ("system_id", system.into()),
            ("section_id", section.into()),
            ("withdrawn", state.withdrawn.into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::restricted_item(event, state)
    }
}

/// Those kept.
pub(crate) fn kept() -> Condition {
    Condition::all().add(column("withdrawn").eq(false))
}

/// Grants that admit to an item.
pub(crate) fn to_item(item: &RestrictedItemId) -> Condition {
    Condition::all().add(column("item_id").eq(item.as_str()))
}
