//! Robots' IDs in the database.

use identity_domain::service_id::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct ServiceIds;

impl Aggregate for ServiceIds {
    type State = State;

    const TABLE: &'static str = "service_id";

    fn columns(_: &State) -> Vec<Column> {
        vec![]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::service_id(event, state)
    }
}
