//! Entries of information in the database.

use ledger_domain::information::{Event, Information};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use super::name_key;
use crate::publish;

/// See the module.
pub struct InformationEntries;

impl Aggregate for InformationEntries {
    type State = Information;

    const TABLE: &'static str = "information";

    fn columns(state: &Information) -> Vec<Column> {
        let entry = state.entry.as_ref();
        let text = |of: fn(&ledger_domain::information::Entry) -> String| {
            entry.map(of).unwrap_or_default()
        };
        let system = entry.and_then(|entry| entry.system.as_ref());
        let retention = entry.and_then(|entry| entry.retention_until);
        vec![
            ("name_key", text(|entry| name_key(&entry.name)).into()),
            ("section", text(|entry| entry.section.to_string()).into()),
            (
                "class",
                text(|entry| entry.classification.class.to_string()).into(),
            ),
            ("system", system.map(ToString::to_string).into()),
            // ISO 8601, so that the order of texts is that of days.
            (
                "retention_until",
                retention.map(|day| day.to_string()).into(),
            ),
            ("removed", state.removed.into()),
        ]
    }

    fn publish(event: &Event, state: &Information) -> Outgoing {
        publish::information(event, state)
    }
}
