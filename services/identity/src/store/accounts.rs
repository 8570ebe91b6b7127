//! Accounts in the database. Found by staff number and by nothing else.

use identity_domain::account::{Event, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct Accounts;

impl Aggregate for Accounts {
    type State = State;

    const TABLE: &'static str = "account";

    fn columns(_: &State) -> Vec<Column> {
        vec![]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::account(event, state)
    }
}
