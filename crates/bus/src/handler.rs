//! What a service does about the records of another.

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Clock, Refusal};
use proto::record::Record;
use sea_orm::DbErr;
use store::{Failure, Unit};
use tracing::{Instrument as _, Span, field::Empty, info_span};

use crate::{Contradiction, Delivery};

/// Why a batch was not handled.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The database; the batch is tried again until it works. Only what the database refuses for its
    /// content is given up after a while, as a record that will never work, and not even that where
    /// the handler [judges histories](Handler::judges_history) and must not miss a record.
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
            Failure::Contended(error) => Self::Database(error.unwrap_or(DbErr::RecordNotUpdated)),
            Failure::Unavailable(error) => Self::Database(error),
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

    /// The source contradicts what was handled of it. Told once by each consumer that finds it, which
    /// after a restart is another one; effects go into the unit, which is then committed.
    async fn contradicted(&self, _: &mut Unit, _: Contradiction) -> Result<(), Trouble> {
        Ok(())
    }

    /// True for a handler that judges itself what follows what: it is given also the records of
    /// another history, and none is put aside for what the database says. For all others the consumer
    /// stands still before another history.
    fn judges_history(&self) -> bool {
        false
    }
}

/// Handles records one by one; unreadable ones go to quarantine by themselves.
#[async_trait]
pub trait RecordHandler: Send + Sync + 'static {
    /// One record. The unit's context is already that of this record's consequences.
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble>;

    /// See [`Handler::committed`].
    fn committed(&self, _position: u64) {}

    /// See [`Handler::contradicted`].
    async fn contradicted(&self, _: &mut Unit, _: Contradiction) -> Result<(), Trouble> {
        Ok(())
    }
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

impl<H> Each<H> {
    /// The work on one record, in the trace of the request that led to it.
    fn span(&self, record: &Record) -> Span {
        let span = info_span!(
            "handle",
            otel.name = Empty,
            otel.kind = "consumer",
            consumer = self.service,
            source = record.source,
            position = record.position,
            event = record.kind,
        );
        span.record(
            "otel.name",
            format!("{} handles {}", self.service, record.kind),
        );
        if let Some(trace) = &record.traceparent {
            runtime::trace::join(&span, trace);
        }
        span
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
            let span = self.span(record);
            let mut context = Delivery::context(record, self.service, self.clock.now());
            // What follows is part of this work, which is part of the record's trace.
            context.traceparent = runtime::trace::traceparent(&span).or(context.traceparent);
            unit.set_context(context);
            self.handler.handle(unit, record).instrument(span).await?;
        }
        Ok(())
    }

    fn committed(&self, position: u64) {
        self.handler.committed(position);
    }

    async fn contradicted(
        &self,
        unit: &mut Unit,
        contradiction: Contradiction,
    ) -> Result<(), Trouble> {
        self.handler.contradicted(unit, contradiction).await
    }
}
