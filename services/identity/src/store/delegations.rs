//! What sections' heads arranged for their absence, one row for each section.

use identity_domain::organisation::delegation::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct Delegations;

impl Aggregate for Delegations {
    type State = State;

    const TABLE: &'static str = "delegation";

    fn columns(_: &State) -> Vec<Column> {
        vec![]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::delegation(event, state)
    }
}
