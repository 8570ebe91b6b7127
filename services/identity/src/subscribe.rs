//! What is learned from the records of the others, and of this service itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use directory::{Directory, organisation_changes, system_changes};
use proto::record::Record;
use shell::{Shell, StartError};
use standard::ServiceName;
use store::{
    Unit,
    facts::{self, Change, Snapshot},
};

use crate::{
    decision::{Access, Learning},
    permits::PermitEffects,
};

/// Starts one consumer for each source.
pub(crate) fn subscribe(
    shell: &Shell,
    access: &Access,
    directory: &Arc<Snapshot<Directory>>,
) -> Result<(), StartError> {
    let pack = Arc::clone(&shell.runtime.pack);
    let city = |changes| City {
        learning: access.learning(),
        directory: Arc::clone(directory),
        changes,
    };
    shell.consume(ServiceName::Identity, city(organisation_changes))?;
    shell.consume(
        ServiceName::Approvals,
        Approvals {
            effects: PermitEffects { pack },
            learning: access.learning(),
        },
    )?;
    shell.consume(ServiceName::Ledger, city(system_changes))?;
    shell.consume(ServiceName::Incidents, access.learning())
}

/// This service's own records and the ledger's: what they say of the city, for every replica, and of
/// what another one withdrew.
struct City {
    learning: Learning,
    directory: Arc<Snapshot<Directory>>,
    changes: fn(&Record) -> Result<Vec<Change>, Trouble>,
}

#[async_trait]
impl RecordHandler for City {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let changes = (self.changes)(record)?;
        let backend = unit.backend();
        facts::put(unit.tx(), backend, &record.source, record.position, changes).await?;
        self.learning.handle(unit, record).await
    }

    fn committed(&self, position: u64) {
        self.learning.committed(position);
        self.directory.wake();
    }
}

/// Permits grant, and permits and exceptions relax.
struct Approvals {
    effects: PermitEffects,
    learning: Learning,
}

#[async_trait]
impl RecordHandler for Approvals {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        self.effects.handle(unit, record).await?;
        self.learning.handle(unit, record).await
    }

    fn committed(&self, position: u64) {
        self.learning.committed(position);
    }
}
