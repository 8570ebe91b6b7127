//! Work on networks.

use async_trait::async_trait;
use directory::Directory;
use kernel::NetworkId;
use ledger_domain::network::{Command, Facts};
use sea_orm::{ExprTrait as _, sea_query::Condition};
use store::{Outcome, Unit, micros};

use super::{Work, facts};
use crate::store::{Connections, Devices, Networks, query};

/// One command to one network.
pub(crate) struct NetworkWork {
    /// The network.
    pub(crate) id: NetworkId,
    /// What is asked of it.
    pub(crate) command: Command,
}

#[async_trait]
impl Work for NetworkWork {
    type Of = Networks;

    async fn run(&self, unit: &mut Unit, directory: &Directory) -> Outcome<Networks> {
        let id = self.id.as_str();
        // Locked before what is connected is counted: connecting locks the network, too.
        unit.load::<Networks>(id).await?;
        let connections = Condition::all()
            .add(query::column("network").eq(id))
            .add(query::column("live").eq(true));
        let now = micros(unit.context().now);
        let connected = query::count::<Connections>(unit.tx(), connections).await?;
        let bound = query::count::<Devices>(unit.tx(), bound_to(id, now)).await?;
        let facts = Facts {
            caller: facts::caller(directory, unit.context(), []),
            in_use: connected + bound > 0,
        };
        unit.execute::<Networks>(id, &self.command, &facts).await
    }
}

/// The devices bound to a network at an instant (microseconds).
pub(crate) fn bound_to(network: &str, now: i64) -> Condition {
    let unended = Condition::any()
        .add(query::column("bound_until").is_null())
        .add(query::column("bound_until").gt(now));
    Condition::all()
        .add(query::column("network").eq(network))
        .add(unended)
}
