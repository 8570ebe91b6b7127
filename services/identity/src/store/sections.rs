//! Sections and third-class offices in the database.

use identity_domain::organisation::section::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct Sections;

impl Aggregate for Sections {
    type State = State;

    const TABLE: &'static str = "section";

    fn columns(state: &State) -> Vec<Column> {
        let record = state.recorded.as_ref();
        let bureau = record.map(|record| record.bureau.to_string());
        let parent = record.and_then(|record| Some(record.parent.as_ref()?.to_string()));
        vec![
            ("bureau_id", bureau.unwrap_or_default().into()),
            ("parent_id", parent.into()),
        ]
    }

    fn publish(event: &Event, _: &State) -> Outgoing {
        publish::section(event)
    }
}
