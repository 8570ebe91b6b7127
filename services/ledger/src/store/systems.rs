//! Systems in the database.

use ledger_domain::system::{Event, System};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use super::name_key;
use crate::publish;

/// See the module.
pub struct Systems;

impl Aggregate for Systems {
    type State = System;

    const TABLE: &'static str = "system";

    fn columns(state: &System) -> Vec<Column> {
        let entry = state.entry.as_ref();
        let text =
            |of: fn(&ledger_domain::system::Entry) -> String| entry.map(of).unwrap_or_default();
        vec![
            ("name_key", text(|entry| name_key(&entry.name)).into()),
            (
                "owner_section",
                text(|entry| entry.owner_section.to_string()).into(),
            ),
            (
                "network_class",
                text(|entry| entry.network_class.to_string()).into(),
            ),
            (
                "highest_class",
                state
                    .handled
                    .highest()
                    .map(|class| class.to_string())
                    .into(),
            ),
            ("important", (!state.importance.is_empty()).into()),
            ("retired", state.retired.into()),
        ]
    }

    fn publish(event: &Event, state: &System) -> Outgoing {
        publish::system(event, state)
    }
}
