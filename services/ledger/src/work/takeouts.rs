//! Work on take-outs.

use async_trait::async_trait;
use directory::Directory;
use kernel::PermitId;
use ledger_domain::takeout::{Command, Facts};
use store::{Outcome, Unit};

use super::{Work, facts};
use crate::store::Takeouts;

/// One command to the take-out under a permit.
pub(crate) struct TakeoutWork {
    /// The permit.
    pub(crate) permit: PermitId,
    /// What is asked.
    pub(crate) command: Command,
}

#[async_trait]
impl Work for TakeoutWork {
    type Of = Takeouts;

    async fn run(&self, unit: &mut Unit, directory: &Directory) -> Outcome<Takeouts> {
        let id = self.permit.as_str();
        let (before, _) = unit.load::<Takeouts>(id).await?;
        let section = before.record.as_ref().map(|record| &record.section);
        let facts = Facts {
            caller: facts::caller(directory, unit.context(), section),
        };
        unit.execute::<Takeouts>(id, &self.command, &facts).await
    }
}
