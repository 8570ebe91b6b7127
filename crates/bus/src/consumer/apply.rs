//! Effects and watermark, in one fenced transaction; quarantine for what will never work.

use kernel::{Actor, Context};
use sea_orm::DbErr;
use store::{Unit, fault, quarantine, watermark};
use tracing::{Instrument as _, Span, field::Empty, info_span};

use super::{Active, BATCH, Over, lasting::is_lasting};
use crate::{
    Contradiction, Delivery, Trouble,
    tenure::{BACK_OFF, pause},
};

/// How often a record is tried that the database refuses for its content. More than once, since
/// another writer may have been there at the same time.
const TRIES: u32 = 10;
/// Traces a span names at most: the default limit of OpenTelemetry.
const LINKS: usize = 128;

/// Why a transaction did not come to be.
enum Setback {
    /// The lease is somebody else's.
    Lost,
    /// It is worth another try.
    Database(DbErr),
    /// A record in it will never work.
    Record(String),
}

impl From<DbErr> for Setback {
    fn from(error: DbErr) -> Self {
        Self::Database(error)
    }
}

impl From<Trouble> for Setback {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Database(error) => Self::Database(error),
            Trouble::Record(reason) => Self::Record(reason),
        }
    }
}

impl Active<'_> {
    /// Handles consecutive records; returns when their effects are durable.
    pub(super) async fn apply(&self, batch: &[Delivery]) -> Result<(), Over> {
        let (mut rest, mut size, mut tries) = (batch, BATCH, 0);
        while !rest.is_empty() {
            let part = &rest[..rest.len().min(size)];
            match self.commit(part).await {
                Ok(()) => (rest, tries) = (&rest[part.len()..], 0),
                // Somewhere in this part: halving finds it in a few tries.
                Err(setback) if part.len() > 1 && self.is_content(&setback) => {
                    size = part.len() / 2
                }
                Err(Setback::Record(reason)) => {
                    self.put_aside(&part[0], &reason).await?;
                    (rest, size, tries) = (&rest[1..], BATCH, 0);
                }
                Err(Setback::Database(error)) if self.blames(&error) && tries + 1 == TRIES => {
                    self.put_aside(&part[0], &error.to_string()).await?;
                    (rest, size, tries) = (&rest[1..], BATCH, 0);
                }
                Err(setback) => {
                    tries += u32::from(self.is_content(&setback));
                    self.wait(setback).await?;
                }
            }
        }
        Ok(())
    }

    /// True when it may be one record's own fault.
    fn is_content(&self, setback: &Setback) -> bool {
        match setback {
            Setback::Lost => false,
            Setback::Database(error) => self.blames(error),
            Setback::Record(_) => true,
        }
    }

    /// Whether what the database said is laid to the record. Whoever keeps evidence can spare
    /// none of it, and waits.
    fn blames(&self, error: &DbErr) -> bool {
        !self.consumer.handler.judges_history() && is_lasting(error)
    }

    async fn commit(&self, part: &[Delivery]) -> Result<(), Setback> {
        let Some(last) = part.last() else {
            return Ok(());
        };
        let consumer = self.consumer;
        let mark = last.mark();
        let work = async {
            let mut unit = self.begin().await?;
            consumer.handler.handle(&mut unit, part).await?;
            watermark::set(unit.tx(), unit.backend(), consumer.source, &mark).await?;
            fault::point("consume.commit.before");
            unit.commit().await?;
            fault::point("consume.commit.after");
            Ok::<_, Setback>(())
        };
        work.instrument(self.span(part)).await?;
        self.move_to(mark);
        let count = part.len() as u64;
        runtime::metrics::consumer().handled(consumer.service(), consumer.source, count);
        consumer.handler.committed(mark.position);
        Ok(())
    }

    /// One transaction belongs to many requests: it names the traces of all.
    fn span(&self, part: &[Delivery]) -> Span {
        let (consumer, source) = (self.consumer.service(), self.consumer.source);
        let span = info_span!(
            "consume",
            otel.name = Empty,
            otel.kind = "consumer",
            consumer,
            source,
            records = part.len(),
        );
        span.record("otel.name", format!("{consumer} consumes {source}"));
        let traces = part.iter().filter_map(Delivery::traceparent);
        for trace in traces.take(LINKS) {
            runtime::trace::link(&span, trace);
        }
        span
    }

    /// Logged, quarantined, alarmed; the watermark moves on.
    async fn put_aside(&self, delivery: &Delivery, reason: &str) -> Result<(), Over> {
        let (source, position) = (self.consumer.source, delivery.position);
        tracing::error!(source, position, reason, "a record was put in quarantine");
        runtime::metrics::consumer().quarantined(self.consumer.service(), source);
        while let Err(setback) = self.keep_aside(delivery, reason).await {
            self.wait(setback).await?;
        }
        self.move_to(delivery.mark());
        Ok(())
    }

    async fn keep_aside(&self, delivery: &Delivery, reason: &str) -> Result<(), Setback> {
        let source = self.consumer.source;
        let record = quarantine::Quarantined {
            source: source.to_owned(),
            position: delivery.position,
            record: delivery.bytes.to_vec(),
            // A reason may quote the record, and PostgreSQL's text has no place for NUL.
            reason: reason.replace('\0', "\u{fffd}"),
            at: self.consumer.clock.now(),
        };
        let unit = self.begin().await?;
        let (tx, backend) = (unit.tx(), unit.backend());
        quarantine::put(tx, backend, &record).await?;
        watermark::set(tx, backend, source, &delivery.mark()).await?;
        unit.commit().await?;
        Ok(())
    }

    /// Tells the handler of a contradiction. False when it is worth another try; true when what the
    /// handler did about it is durable, or it never will be.
    pub(super) async fn tell(&self, contradiction: Contradiction) -> bool {
        let (consumer, source) = (self.consumer, self.consumer.source);
        let told = async {
            let mut unit = self.begin().await?;
            consumer
                .handler
                .contradicted(&mut unit, contradiction)
                .await?;
            unit.commit().await?;
            Ok::<_, Setback>(())
        };
        match told.await {
            Ok(()) => true,
            Err(Setback::Lost) => false,
            Err(Setback::Database(error)) => {
                tracing::warn!(source, %error, "telling of a contradiction waits");
                false
            }
            Err(Setback::Record(reason)) => {
                tracing::error!(
                    source,
                    reason,
                    ?contradiction,
                    "nothing but the alarm tells of it"
                );
                true
            }
        }
    }

    /// Before another try.
    async fn wait(&self, setback: Setback) -> Result<(), Over> {
        if let Setback::Database(error) = setback
            && !self.stop.is_cancelled()
        {
            tracing::warn!(source = self.consumer.source, %error, "handling waits");
            pause(BACK_OFF, self.stop).await;
            return Ok(());
        }
        Err(Over)
    }

    /// A unit of work that is fenced: a consumer that lost its lease cannot write any more.
    async fn begin(&self) -> Result<Unit, Setback> {
        let context = Context::new(
            Actor::Service(self.consumer.service().to_owned()),
            self.consumer.clock.now(),
            runtime::new_id().to_string(),
        );
        let unit = self.consumer.store.unit(context).await?;
        if self.lease.holds(unit.tx(), unit.backend()).await? {
            Ok(unit)
        } else {
            unit.abandon().await?;
            Err(Setback::Lost)
        }
    }
}
