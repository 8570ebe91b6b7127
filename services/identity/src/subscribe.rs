//! What is learned from the records of the others, and of this service itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use directory::{kind, organisation_changes};
use proto::record::Record;
use shell::{Shell, StartError};
use standard::ServiceName;
use store::{Unit, facts};

use crate::{
    decision::{Access, Learning},
    grants::PermitEffects,
};

/// Starts one consumer for each source.
pub(crate) fn subscribe(shell: &Shell, access: &Access) -> Result<(), StartError> {
    let pack = Arc::clone(&shell.runtime.pack);
    shell.consume(ServiceName::Identity, Own(access.learning()))?;
    shell.consume(
        ServiceName::Approvals,
        Approvals {
            effects: PermitEffects { pack },
            learning: access.learning(),
        },
    )?;
    shell.consume(ServiceName::Ledger, access.learning())?;
    shell.consume(ServiceName::Incidents, access.learning())
}

/// This service's own records: every replica hears of what another one withdrew.
struct Own(Learning);

#[async_trait]
impl RecordHandler for Own {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let withdrawn = organisation_changes(record)?
            .into_iter()
            .filter(|change| matches!(change.kind, kind::REVOKED | kind::EPOCH));
        let backend = unit.backend();
        facts::put(
            unit.tx(),
            backend,
            &record.source,
            record.position,
            withdrawn,
        )
        .await?;
        self.0.handle(unit, record).await
    }

    fn committed(&self, position: u64) {
        self.0.committed(position);
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
