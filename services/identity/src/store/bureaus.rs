//! Bureaus and wards in the database.

use identity_domain::organisation::bureau::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct Bureaus;

impl Aggregate for Bureaus {
    type State = State;

    const TABLE: &'static str = "bureau";

    fn columns(_: &State) -> Vec<Column> {
        vec![]
    }

    fn publish(event: &Event, _: &State) -> Outgoing {
        publish::bureau(event)
    }
}
