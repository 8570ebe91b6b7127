//! Work on systems.

use async_trait::async_trait;
use directory::Directory;
use kernel::{Context, SystemId};
use ledger_domain::system::{Command, Entry, Facts, System};
use sea_orm::{ExprTrait as _, sea_query::Condition};
use store::{Outcome, Unit};

use super::{Work, contradiction, execute_all, facts, rejudge};
use crate::store::{Connections, Systems, query};

/// Commands to one system, all or none.
pub(crate) struct SystemWork {
    /// The system.
    pub(crate) id: SystemId,
    /// What is asked of it.
    pub(crate) commands: Vec<Command>,
    /// The facts come from a table that existed before.
    pub(crate) existing_ledger: bool,
}

impl SystemWork {
    /// One command by a caller.
    pub(crate) fn new(id: SystemId, command: Command) -> Self {
        Self {
            id,
            commands: vec![command],
            existing_ledger: false,
        }
    }

    fn facts(
        &self,
        before: &System,
        directory: &Directory,
        context: &Context,
        connections: u64,
    ) -> Facts {
        let owners = before.entry.iter().chain(self.asked());
        let named = self
            .asked()
            .flat_map(|entry| entry.used_by.iter().chain([&entry.owner_section]));
        Facts {
            caller: facts::caller(directory, context, owners.map(|entry| &entry.owner_section)),
            connections,
            unknown_sections: facts::unknown(directory, named),
            existing_ledger: self.existing_ledger,
        }
    }

    fn asked(&self) -> impl Iterator<Item = &Entry> {
        self.commands.iter().filter_map(|command| match command {
            Command::Register { entry, .. } | Command::Change { entry } => Some(entry),
            Command::RecordMfaConsideration { .. }
            | Command::Handle { .. }
            | Command::Retire { .. } => None,
        })
    }
}

#[async_trait]
impl Work for SystemWork {
    type Of = Systems;

    async fn run(&self, unit: &mut Unit, directory: &Directory) -> Outcome<Systems> {
        let id = self.id.as_str();
        let (before, _) = unit.load::<Systems>(id).await?;
        let connections = query::count::<Connections>(unit.tx(), of_system(&self.id)).await?;
        let facts = self.facts(&before, directory, unit.context(), connections);
        let done = execute_all::<Systems>(unit, id, &self.commands, &facts).await?;
        if before.side() != done.state.side() {
            rejudge(unit, directory, &self.id)
                .await
                .map_err(contradiction("connection", id))?;
        }
        Ok(done)
    }
}

/// The live connections of a system.
pub(super) fn of_system(system: &SystemId) -> Condition {
    Condition::all()
        .add(query::column("system").eq(system.as_str()))
        .add(query::column("live").eq(true))
}
