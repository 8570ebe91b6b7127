//! Work on connections.

use std::collections::BTreeMap;

use async_trait::async_trait;
use directory::Directory;
use kernel::{ConnectionId, SystemId};
use ledger_domain::connection::{Command, Facts, NetworkSide, Refusal};
use store::{Failure, Outcome, Unit};

use super::{Work, contradiction, facts, systems::of_system};
use crate::store::{Connections, Networks, Systems, allowances, query};

/// One command to one connection.
pub(crate) struct ConnectionWork {
    /// The connection.
    pub(crate) id: ConnectionId,
    /// What is asked of it.
    pub(crate) command: Command,
}

#[async_trait]
impl Work for ConnectionWork {
    type Of = Connections;

    async fn run(&self, unit: &mut Unit, directory: &Directory) -> Outcome<Connections> {
        let id = self.id.as_str();
        let (before, _) = unit.load::<Connections>(id).await?;
        let (system, network) = match &self.command {
            Command::Register {
                system, network, ..
            } => (system, network),
            Command::Rejudge | Command::Remove { .. } => (&before.system, &before.network),
        };
        let mut facts = of_the_system(unit, directory, system).await?;
        facts.network = side(unit, network.as_str()).await?;
        unit.execute::<Connections>(id, &self.command, &facts).await
    }
}

/// Judges every connection of a system again: it, or what its connections rest on, changed.
pub(crate) async fn rejudge(
    unit: &mut Unit,
    directory: &Directory,
    system: &SystemId,
) -> Result<(), Failure<Refusal>> {
    let mut facts = of_the_system(unit, directory, system).await?;
    let connections =
        query::texts::<Connections, 2>(unit.tx(), ["id", "network"], of_system(system)).await?;
    let mut networks: BTreeMap<String, Option<NetworkSide>> = BTreeMap::new();
    for [id, network] in connections {
        facts.network = match networks.get(&network) {
            Some(known) => known.clone(),
            None => {
                let side = side(unit, &network).await?;
                networks.insert(network, side.clone());
                side
            }
        };
        unit.execute::<Connections>(&id, &Command::Rejudge, &facts)
            .await?;
    }
    Ok(())
}

/// What a connection of a system is judged by, but for its network.
async fn of_the_system(
    unit: &Unit,
    directory: &Directory,
    system: &SystemId,
) -> Result<Facts, Failure<Refusal>> {
    let allowances = allowances::for_system(unit, system).await?;
    let (system, _) = unit
        .load::<Systems>(system.as_str())
        .await
        .map_err(contradiction("system", system.as_str()))?;
    let owner = system.entry.as_ref().map(|entry| &entry.owner_section);
    Ok(Facts {
        caller: facts::caller(directory, unit.context(), owner),
        owner_section: owner.cloned().unwrap_or_default(),
        system: system.side(),
        network: None,
        allowances,
    })
}

async fn side(unit: &Unit, network: &str) -> Result<Option<NetworkSide>, Failure<Refusal>> {
    let (state, _) = unit
        .load::<Networks>(network)
        .await
        .map_err(contradiction("network", network))?;
    Ok(state.side())
}
