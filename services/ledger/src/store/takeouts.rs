//! Take-outs in the database, by the permit they rest on.

use ledger_domain::takeout::{Event, Takeout};
use proto::record::Outgoing;
use store::{Aggregate, Column, micros};

use crate::publish;

/// See the module.
pub struct Takeouts;

impl Aggregate for Takeouts {
    type State = Takeout;

    const TABLE: &'static str = "takeout";

    fn columns(state: &Takeout) -> Vec<Column> {
        let record = state.record.as_ref();
        let device = record.map(|record| record.device.to_string());
        let section = record.map(|record| record.section.to_string());
        let due = record.and_then(|record| record.due_back_at);
        vec![
            ("device", device.unwrap_or_default().into()),
            ("section", section.unwrap_or_default().into()),
            ("due_back_at", due.map(micros).into()),
            ("returned", state.returned_at.is_some().into()),
        ]
    }

    fn publish(event: &Event, state: &Takeout) -> Outgoing {
        publish::takeout(event, state)
    }
}
