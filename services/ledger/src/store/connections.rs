//! Connections in the database.

use ledger_domain::connection::{Connection, Event, Life};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub struct Connections;

impl Aggregate for Connections {
    type State = Connection;

    const TABLE: &'static str = "connection";

    fn columns(state: &Connection) -> Vec<Column> {
        vec![
            ("system", state.system.to_string().into()),
            ("network", state.network.to_string().into()),
            ("live", (state.life == Life::Live).into()),
        ]
    }

    fn publish(event: &Event, state: &Connection) -> Outgoing {
        publish::connection(event, state)
    }
}
