//! Work on devices.

use async_trait::async_trait;
use directory::Directory;
use kernel::{DeviceId, NetworkId};
use ledger_domain::device::{Command, Entry, Facts};
use store::{Outcome, Unit};

use super::{Work, contradiction, execute_all, facts};
use crate::store::{Devices, Networks, allowances};

/// Commands to one device, all or none.
pub(crate) struct DeviceWork {
    /// The device.
    pub(crate) id: DeviceId,
    /// What is asked of it.
    pub(crate) commands: Vec<Command>,
}

impl DeviceWork {
    /// One command.
    pub(crate) fn new(id: DeviceId, command: Command) -> Self {
        Self {
            id,
            commands: vec![command],
        }
    }

    fn asked(&self) -> Option<&Entry> {
        self.commands.iter().find_map(|command| match command {
            Command::Register { entry, .. } => Some(entry),
            _ => None,
        })
    }

    fn network(&self) -> Option<&NetworkId> {
        self.commands.iter().find_map(|command| match command {
            Command::Bind { network } | Command::BindAtImport { network } => Some(network),
            _ => None,
        })
    }
}

#[async_trait]
impl Work for DeviceWork {
    type Of = Devices;

    async fn run(&self, unit: &mut Unit, directory: &Directory) -> Outcome<Devices> {
        let id = self.id.as_str();
        let (before, _) = unit.load::<Devices>(id).await?;
        let permits = allowances::for_device(unit, &self.id).await?;
        let network = match self.network() {
            None => None,
            Some(network) => {
                let (state, _) = unit
                    .load::<Networks>(network.as_str())
                    .await
                    .map_err(contradiction("network", network.as_str()))?;
                state.side()
            }
        };
        let asked = self.asked();
        let sections = before.entry.iter().chain(asked).map(|entry| &entry.section);
        let facts = Facts {
            caller: facts::caller(directory, unit.context(), sections),
            section_known: asked.is_none_or(|entry| directory.section(&entry.section).is_some()),
            network,
            permits,
        };
        execute_all::<Devices>(unit, id, &self.commands, &facts).await
    }
}
