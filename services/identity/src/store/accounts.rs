//! Accounts in the database. Found by staff number and by nothing else.

use identity_domain::account::{Event, Standing, State};
use proto::record::Outgoing;
use store::{Aggregate, Column};

use crate::publish;

/// See the module.
pub(crate) struct Accounts;

impl Aggregate for Accounts {
    type State = State;

    const TABLE: &'static str = "account";

    fn columns(state: &State) -> Vec<Column> {
        let in_use = state.standing == Standing::Active || state.dormant;
        let used_at = state.used_at.filter(|_| in_use);
        let sessions_end = state.sessions.values().map(|session| session.ends_at).max();
        vec![
            ("standing", standing(state.standing).into()),
            ("used_at", used_at.map(store::micros).into()),
            ("flagged_at", state.flagged_at.map(store::micros).into()),
            ("sessions_end", sessions_end.map(store::micros).into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::account(event, state)
    }
}

/// An account's standing, as its column has it.
pub(crate) const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Absent => "absent",
        Standing::Active => "active",
        Standing::Disabled => "disabled",
    }
}
