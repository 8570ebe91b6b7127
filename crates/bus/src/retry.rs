//! Another try at a record in quarantine, when somebody has mended what stood in its way.

use std::sync::Arc;

use kernel::{ClauseId, Context};
use proto::{journal::v1::QuarantinedRecordHandled, record::Outgoing};
use sea_orm::DbErr;
use store::{
    Lease, Store,
    quarantine::{self, Quarantined},
    watermark,
};

use crate::{
    Delivery, Handler, Trouble,
    consumer::{is_lasting, lease_name},
};

/// Handle failures of recording, and records that could not be taken in.
const LOSS_OF_LOGGING: ClauseId = ClauseId::known("7-1-(4)-2");
/// The aggregate under which a successful try goes onto the bus.
const AGGREGATE: &str = "quarantine";

/// What it takes to handle one source's records again.
#[derive(Clone)]
pub struct Retry {
    store: Store,
    source: &'static str,
    handler: Arc<dyn Handler>,
}

/// Why a record stays in quarantine.
#[derive(Debug, thiserror::Error)]
pub enum StillAside {
    /// There is no such record in quarantine.
    #[error("there is no such record in quarantine")]
    Unknown,
    /// It cannot be handled yet, for the same reason or another.
    #[error("it still cannot be handled: {0}")]
    Unfit(String),
    /// The database is in trouble.
    #[error(transparent)]
    Database(#[from] DbErr),
}

impl Retry {
    pub(crate) fn new(store: Store, source: &'static str, handler: Arc<dyn Handler>) -> Self {
        Self {
            store,
            source,
            handler,
        }
    }

    /// The source whose records it handles.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// The database of the consuming service.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Handles the record and takes it out of quarantine, in one transaction that keeps the active
    /// consumer out. It comes after records that stood behind it: what those said of a fact stands,
    /// even where this one would only have added to it (`store::facts::put`). So a handler writes
    /// down also that a thing is no more which it has never heard of. Who asked for it is on record.
    ///
    /// # Errors
    /// See [`StillAside`]; in every case nothing has changed.
    pub async fn run(&self, position: u64, context: Context) -> Result<(), StillAside> {
        let mut unit = self.store.unit(context.clone()).await?;
        let (backend, source) = (unit.backend(), self.source);
        Lease::hold_off(unit.tx(), backend, &lease_name(source)).await?;
        let Some(Quarantined { record, .. }) =
            quarantine::take(unit.tx(), backend, source, position).await?
        else {
            return Err(StillAside::Unknown);
        };
        let delivery = Delivery::new(position, record.into());
        let event = QuarantinedRecordHandled {
            source: source.to_owned(),
            position,
            event_type: kind(&delivery),
        };
        let handled = self.handler.handle(&mut unit, &[delivery]).await;
        handled.map_err(|trouble| match trouble {
            Trouble::Record(reason) => StillAside::Unfit(reason),
            Trouble::Database(error) if is_lasting(&error) => StillAside::Unfit(error.to_string()),
            Trouble::Database(error) => StillAside::Database(error),
        })?;
        watermark::note_retried(unit.tx(), backend, source).await?;
        unit.set_context(context);
        let subject = format!("{source}:{position}");
        unit.record(
            AGGREGATE,
            &subject,
            Outgoing::new(&event, [LOSS_OF_LOGGING]),
        );
        unit.commit().await?;
        self.handler.committed(position);
        Ok(())
    }
}

fn kind(delivery: &Delivery) -> String {
    let record = delivery.record.as_ref();
    record.map_or_else(|_| String::new(), |record| record.kind.clone())
}
