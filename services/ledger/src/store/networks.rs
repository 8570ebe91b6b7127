//! Networks in the database.

use ledger_domain::network::{Event, Network};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use super::name_key;
use crate::publish;

/// See the module.
pub struct Networks;

impl Aggregate for Networks {
    type State = Network;

    const TABLE: &'static str = "network";

    fn columns(state: &Network) -> Vec<Column> {
        let entry = state.entry.as_ref();
        let name = entry.map(|entry| name_key(&entry.name)).unwrap_or_default();
        let class = entry
            .map(|entry| entry.class.to_string())
            .unwrap_or_default();
        vec![("name_key", name.into()), ("class", class.into())]
    }

    fn publish(event: &Event, state: &Network) -> Outgoing {
        publish::network(event, state)
    }
}
