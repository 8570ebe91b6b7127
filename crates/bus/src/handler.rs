//! What a service does about the records of another.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
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

/// The work on one record of a batch: what follows in the unit is that record's consequence. It goes on in the
/// span given back, in the trace of the request that led to it.
pub fn turn_to(unit: &mut Unit, record: &Record, service: &'static str, now: Timestamp) -> Span {
    let span = info_span!(
        "handle",
        otel.name = Empty,
        otel.kind = "consumer",
        consumer = service,
        source = record.source,
        position = record.position,
        event = record.kind,
    );
    span.record("otel.name", format!("{service} handles {}", record.kind));
    if let Some(trace) = &record.traceparent {
        runtime::trace::join(&span, trace);
    }
    let mut context = Delivery::context(record, service, now);
    // What follows is part of this work, which is part of the record's trace.
    context.traceparent = runtime::trace::traceparent(&span).or(context.traceparent);
    unit.set_context(context);
    span
}

/// The records of a batch, all of which can be read.
///
/// # Errors
/// The first that cannot be: [`Trouble::Record`].
pub fn readable(batch: &[Delivery]) -> Result<Vec<&Record>, Trouble> {
    let records = batch.iter().map(|delivery| delivery.record.as_ref());
    let records: Result<_, _> = records.collect();
    records.map_err(|error| Trouble::Record(error.to_string()))
}

#[async_trait]
impl<H: RecordHandler> Handler for Each<H> {
    async fn handle(&self, unit: &mut Unit, batch: &[Delivery]) -> Result<(), Trouble> {
        for record in readable(batch)? {
            let span = turn_to(unit, record, self.service, self.clock.now());
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
