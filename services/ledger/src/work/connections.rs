//! Work on connections.

use async_trait::async_trait;
use directory::Directory;
use kernel::{ConnectionId, SystemId};
use ledger_domain::connection::{Command, Facts, Refusal};
use store::{Failure, Unit};

use super::{Outcome, Work, contradiction, facts, systems::of_system};
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
        let allowances = allowances::for_system(unit, system).await?;
        let (system, _) = unit
            .load::<Systems>(system.as_str())
            .await
            .map_err(contradiction("system", system.as_str()))?;
        let (network, _) = unit
            .load::<Networks>(network.as_str())
            .await
            .map_err(contradiction("network", network.as_str()))?;
        let owner = system.entry.as_ref().map(|entry| &entry.owner_section);
        let facts = Facts {
            caller: facts::caller(directory, &unit.context().actor, owner),
            owner_section: owner.cloned().unwrap_or_default(),
            system: system.side(),
            network: network.side(),
            allowances,
        };
        unit.execute::<Connections>(id, &self.command, &facts).await
    }
}

/// Judges every connection of a system again: it, or what its connections rest on, changed.
pub(crate) async fn rejudge(
    unit: &mut Unit,
    directory: &Directory,
    system: &SystemId,
) -> Result<(), Failure<Refusal>> {
    for id in query::ids::<Connections>(unit.tx(), of_system(system)).await? {
        let work = ConnectionWork {
            id: id
                .parse()
                .map_err(|error: kernel::IdSyntax| Failure::Corrupt {
                    table: "connection",
                    row: id.clone(),
                    reason: error.to_string(),
                })?,
            command: Command::Rejudge,
        };
        work.run(unit, directory).await?;
    }
    Ok(())
}
