//! What is learned from the records of the others, and of this service itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Handler, RecordHandler, Trouble};
use directory::{Directory, organisation_changes, system_changes};
use kernel::Clock;
use proto::record::Record;
use shell::{Shell, StartError};
use standard::{Pack, ServiceName};
use store::{
    Unit,
    facts::{self, Change, Snapshot},
};
use tracing::Instrument as _;

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
    let city = |changes| City {
        learning: access.learning(),
        directory: Arc::clone(directory),
        changes,
    };
    shell.consume(ServiceName::Identity, city(organisation_changes))?;
    shell.consume_batches(
        ServiceName::Approvals,
        Approvals {
            pack: Arc::clone(&shell.runtime.pack),
            clock: Arc::clone(&shell.runtime.clock),
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
    pack: Arc<Pack>,
    clock: Arc<dyn Clock>,
    learning: Learning,
}

#[async_trait]
impl Handler for Approvals {
    async fn handle(&self, unit: &mut Unit, batch: &[Delivery]) -> Result<(), Trouble> {
        let records = bus::readable(batch)?;
        let mut effects = PermitEffects::read(unit, &self.pack, &records).await?;
        for record in records {
            let service = ServiceName::Identity.as_str();
            let span = bus::turn_to(unit, record, service, self.clock.now());
            let work = async {
                effects.carry_out(unit, record).await?;
                self.learning.handle(unit, record).await
            };
            work.instrument(span).await?;
        }
        effects.write(unit).await
    }

    fn committed(&self, position: u64) {
        self.learning.committed(position);
    }
}
