//! Enforcement points in the database.

use identity_domain::enforcement_point::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct EnforcementPoints;

impl Aggregate for EnforcementPoints {
    type State = State;

    const TABLE: &'static str = "enforcement_point";

    fn columns(state: &State) -> Vec<Column> {
        let workload = state
            .registered
            .as_ref()
            .map(|record| record.workload.clone());
        vec![("workload", workload.unwrap_or_default().into())]
    }

    fn publish(event: &Event, _: &State) -> Outgoing {
        publish::enforcement_point(event)
    }
}
