//! The one bootstrap in the database.

use identity_domain::bootstrap::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// Id of the only row.
pub(crate) const BOOTSTRAP: &str = "bootstrap";

/// See the module.
pub(crate) struct Bootstraps;

impl Aggregate for Bootstraps {
    type State = State;

    const TABLE: &'static str = "bootstrap";

    fn columns(_: &State) -> Vec<Column> {
        vec![]
    }

    fn publish(event: &Event, _: &State) -> Outgoing {
        publish::bootstrap(event)
    }
}
