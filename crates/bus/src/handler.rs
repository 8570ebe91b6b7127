//! What a service does about the records of another.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Clock, Refusal};
use proto::record::Record;
use sea_orm::DbErr;
use store::{Failure, Unit};

use crate::Delivery;

/// Why a batch was not handled.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database; the batch is tried again until it works.
    #[error("the database: {0}")]
    Database(#[from] DbErr),
    /// This record will never work: it goes to quarantine and the watermark moves on.
    #[error("{0}")]
    Record(String),
}

/// A refused command in a handler is the record's fault; everything else passes with time.
impl<R: Refusal> From<Failure<R>> for Trouble {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::Record(format!("{}: {refusal}", refusal.code())),
            Failure::Unavailable(error) => Self::Database(error),
            Failure::Contended => Self::Database(DbErr::RecordNotUpdated),
            other => Self::Record(other.to_string()),
        }
    }
}

/// Handles the records of one source. Effects go into the unit; the machinery adds the watermark
/// and commits both, or neither.
#[async_trait]
pub trait Handler: Send + Sync + 'static {
    /// Consecutive records of the source, in order.
    async fn handle(&self, unit: &mut Unit, batch: &[Delivery]) -> Result<(), Trouble>;

    /// Called after the batch up to this position was committed.
    fn committed(&self, _position: u64) {}

    /// The source's head is behind what was handled already: it was restored from an old copy.
    async fn head_went_back(&self, _head: u64, _handled: u64) {}
}

/// Handles records one by one; unreadable ones go to quarantine by themselves.
#[async_trait]
pub trait RecordHandler: Send + Sync + 'static {
    /// One record. The unit's context is already that of this record's consequences.
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble>;

    /// See [`Handler::committed`].
    fn committed(&self, _position: u64) {}
}

/// A [`RecordHandler`] as a [`Handler`].
pub struct Each<H> {
    service: &'static str,
    clock: Arc<dyn Clock>,
    handler: H,
}

impl<H> Each<H> {
    /// `service` is the name under which consequences are done.
    pub fn new(service: &'static str, clock: Arc<dyn Clock>, handler: H) -> Self {
        Self {
            service,
            clock,
            handler,
        }
    }
}

#[async_trait]
impl<H: RecordHandler> Handler for Each<H> {
    async fn handle(&self, unit: &mut Unit, batch: &[Delivery]) -> Result<(), Trouble> {
        for delivery in batch {
            let record = match &delivery.record {
                Ok(record) => record,
                Err(error) => return Err(Trouble::Record(error.to_string())),
            };
            unit.set_context(Delivery::context(record, self.service, self.clock.now()));
            self.handler.handle(unit, record).await?;
        }
        Ok(())
    }

    fn committed(&self, position: u64) {
        self.handler.committed(position);
    }
}
