//! Openings of IDs for emergencies in the database, each under an id of its own.

use identity_domain::emergency_access::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct EmergencyAccesses;

impl Aggregate for EmergencyAccesses {
    type State = State;

    const TABLE: &'static str = "emergency_access";

    fn columns(state: &State) -> Vec<Column> {
        let asked = state.asked.as_ref();
        let account = asked.map_or(String::new(), |asked| asked.account.to_string());
        vec![("emergency_id", account.into())]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::emergency_access(event, state)
    }
}
