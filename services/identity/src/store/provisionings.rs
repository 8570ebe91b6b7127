//! What the outside directory says of members of staff, one row for each it said something of.

use identity_domain::provisioning::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct Provisionings;

impl Aggregate for Provisionings {
    type State = State;

    const TABLE: &'static str = "provisioning";

    fn columns(state: &State) -> Vec<Column> {
        vec![("external_id", state.external_id.clone().into())]
    }

    fn publish(event: &Event, _: &State) -> Outgoing {
        publish::provisioning(event)
    }
}
