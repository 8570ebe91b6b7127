//! Members of staff in the database.

use identity_domain::organisation::person::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct People;

impl Aggregate for People {
    type State = State;

    const TABLE: &'static str = "person";

    fn columns(state: &State) -> Vec<Column> {
        let record = state.registered.as_ref();
        let section = record.map(|record| record.section.to_string());
        let search = record.map(|record| search_key(&format!("{}\n{}", record.id, record.name)));
        vec![
            ("section_id", section.unwrap_or_default().into()),
            ("search", search.unwrap_or_default().into()),
        ]
    }

    fn publish(event: &Event, _: &State) -> Outgoing {
        publish::person(event)
    }
}

/// A text as it is searched by: width, case and white space do not matter.
pub(crate) fn search_key(text: &str) -> String {
    sheet::heading(text)
}
