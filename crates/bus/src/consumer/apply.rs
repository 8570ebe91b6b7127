//! Effects and watermark, in one fenced transaction; quarantine for what will never work.

use std::sync::atomic::Ordering;

use kernel::{Actor, Context};
use sea_orm::DbErr;
use store::{Unit, quarantine, watermark};

use super::{Active, BATCH, Over};
use crate::{
    Delivery, Trouble,
    tenure::{BACK_OFF, pause},
};

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
        let (mut rest, mut size) = (batch, BATCH);
        while !rest.is_empty() {
            let part = &rest[..rest.len().min(size)];
            match self.commit(part).await {
                Ok(()) => rest = &rest[part.len()..],
                // Somewhere in this part: halving finds it in a few tries.
                Err(Setback::Record(_)) if part.len() > 1 => size = part.len() / 2,
                Err(Setback::Record(reason)) => {
                    self.put_aside(&part[0], &reason).await?;
                    (rest, size) = (&rest[1..], BATCH);
                }
                Err(setback) => self.wait(setback).await?,
            }
        }
        Ok(())
    }

    async fn commit(&self, part: &[Delivery]) -> Result<(), Setback> {
        let consumer = self.consumer;
        let mut unit = self.begin().await?;
        consumer.handler.handle(&mut unit, part).await?;
        let last = part.last().map_or(self.handled(), |d| d.position);
        watermark::set(unit.tx(), unit.backend(), consumer.source, last).await?;
        unit.commit().await?;
        self.handled.store(last, Ordering::Release);
        let count = part.len() as u64;
        runtime::metrics::consumer().handled(consumer.service(), consumer.source, count);
        consumer.handler.committed(last);
        Ok(())
    }

    /// Logged, quarantined, alarmed; the watermark moves on.
    async fn put_aside(&self, delivery: &Delivery, reason: &str) -> Result<(), Over> {
        let (source, position) = (self.consumer.source, delivery.position);
        tracing::error!(source, position, reason, "a record was put in quarantine");
        runtime::metrics::consumer().quarantined(self.consumer.service(), source);
        while let Err(setback) = self.keep_aside(delivery, reason).await {
            self.wait(setback).await?;
        }
        self.handled.store(position, Ordering::Release);
        Ok(())
    }

    async fn keep_aside(&self, delivery: &Delivery, reason: &str) -> Result<(), Setback> {
        let (source, position) = (self.consumer.source, delivery.position);
        // A reason may quote the record, and PostgreSQL's text has no place for NUL.
        let reason = reason.replace('\0', "\u{fffd}");
        let unit = self.begin().await?;
        let (tx, backend) = (unit.tx(), unit.backend());
        let now = self.consumer.clock.now();
        quarantine::put(tx, backend, source, position, &delivery.bytes, &reason, now).await?;
        watermark::set(tx, backend, source, position).await?;
        unit.commit().await?;
        Ok(())
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
