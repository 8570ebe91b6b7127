//! Work on entries of information: what a system handles changes with them.

use std::collections::BTreeSet;

use async_trait::async_trait;
use directory::Directory;
use kernel::{InformationId, SystemId};
use ledger_domain::{
    information::{Command, Facts, Information},
    system::{self, Held},
};
use store::{Outcome, Unit};

use super::{Work, contradiction, facts, rejudge};
use crate::store::{InformationEntries, Systems};

/// One command to one entry.
pub(crate) struct InformationWork {
    /// The entry.
    pub(crate) id: InformationId,
    /// What is asked of it.
    pub(crate) command: Command,
    /// The facts come from a table that existed before.
    pub(crate) existing_ledger: bool,
}

#[async_trait]
impl Work for InformationWork {
    type Of = InformationEntries;

    async fn run(&self, unit: &mut Unit, directory: &Directory) -> Outcome<InformationEntries> {
        let id = self.id.as_str();
        let (before, _) = unit.load::<InformationEntries>(id).await?;
        let asked = match &self.command {
            Command::Classify { entry, .. } => Some(entry),
            Command::Remove { .. } => None,
        };
        let wanted = asked.and_then(|entry| entry.system.as_ref());
        let mut system_in_service = false;
        // In the order of ids, so that two of these never wait for each other.
        let systems: BTreeSet<&SystemId> = handling(&before).into_iter().chain(wanted).collect();
        for system in systems {
            let (state, _) = unit
                .load::<Systems>(system.as_str())
                .await
                .map_err(contradiction("system", system.as_str()))?;
            system_in_service |= wanted == Some(system) && state.side().is_some();
        }
        let holders = before.entry.iter().chain(asked).map(|entry| &entry.section);
        let known = |section| directory.section(section).is_some();
        let facts = Facts {
            caller: facts::caller(directory, unit.context(), holders),
            system_in_service,
            section_known: asked.is_none_or(|entry| known(&entry.section)),
            existing_ledger: self.existing_ledger,
        };
        let done = unit
            .execute::<InformationEntries>(id, &self.command, &facts)
            .await?;
        if !done.events.is_empty() {
            tell_systems(unit, directory, &before, &done.state).await?;
        }
        Ok(done)
    }
}

fn handling(information: &Information) -> Option<&SystemId> {
    information.live()?.system.as_ref()
}

/// Tells each system what it gained and lost, and judges its connections by what it now handles.
async fn tell_systems(
    unit: &mut Unit,
    directory: &Directory,
    before: &Information,
    after: &Information,
) -> Result<(), store::Failure<ledger_domain::information::Refusal>> {
    let held = |information: &Information, system: &SystemId| -> Option<Held> {
        (handling(information) == Some(system)).then(|| information.live().map(|e| e.held()))?
    };
    let systems: BTreeSet<&SystemId> = handling(before)
        .into_iter()
        .chain(handling(after))
        .collect();
    for system in systems {
        let id = system.as_str();
        let command = system::Command::Handle {
            gained: held(after, system),
            lost: held(before, system),
        };
        let (state, _) = unit
            .load::<Systems>(id)
            .await
            .map_err(contradiction("system", id))?;
        let done = unit
            .execute::<Systems>(id, &command, &system::Facts::default())
            .await
            .map_err(contradiction("system", id))?;
        if state.side() != done.state.side() {
            rejudge(unit, directory, system)
                .await
                .map_err(contradiction("connection", id))?;
        }
    }
    Ok(())
}
