//! Asks every source how far it is, and whether it still tells the log's story (7-1-(4)-2, -3).
//!
//! A gap in the bus shows records missing in the middle; only the source's own head shows a lost
//! tail or an old backup. One replica asks (by lease), so that answers are heard in order. A source
//! that contradicts the log is compared with it, and asked again until it goes on from where the
//! log stands: then it is taken in again by itself.

mod compare;
mod resume;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use audit_domain::{HeadReport, HeadWatch, Suspicion};
use bus::{SourceHead, Upstream};
use jiff::{SignedDuration, Timestamp};
use kernel::{Actor, Clock, Context};
use proto::record::source_uri;
use runtime::CancellationToken;
use sea_orm::DbErr;
use store::{Lease, Store, Unit};
use tokio::time::Instant;

use crate::{
    growth::Growth,
    ingest::Intake,
    metrics, publish,
    store::source::{self, Source},
};

/// How often every source is asked.
const TICK: Duration = Duration::from_secs(1);
/// How long the lease lasts without being renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// How long records that a source has may be on their way.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);
/// How often a source that diverged is asked whether it is itself again.
const RETRY: Duration = Duration::from_secs(5);
/// A report that changes nothing is written this often, for people to see that it came.
const SHOWN: SignedDuration = SignedDuration::from_secs(60);

/// See the module.
pub(crate) struct Heads {
    pub(crate) store: Store,
    pub(crate) sources: Vec<(&'static str, Arc<dyn Upstream>)>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) growth: Growth,
}

/// What is remembered of a source that diverged, while this replica asks.
#[derive(Default)]
struct Effort {
    /// Up to which position both stories were compared.
    compared: u64,
    tried: Option<Instant>,
}

impl Heads {
    /// Runs until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) -> Result<(), DbErr> {
        let holder = runtime::new_id().to_string();
        let database = self.store.database();
        while !stop.is_cancelled() {
            match database.acquire("heads", &holder, LEASE).await {
                Ok(Some(lease)) => {
                    self.hold(&lease, &stop).await;
                    if let Err(error) = database.release(&lease).await {
                        tracing::warn!(%error, "the lease of heads was not released");
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the lease of heads"),
            }
            pause(TICK, &stop).await;
        }
        Ok(())
    }

    async fn hold(&self, lease: &Lease, stop: &CancellationToken) {
        let mut efforts = BTreeMap::new();
        while !stop.is_cancelled() {
            match self.store.database().renew(lease, LEASE).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "the lease of heads was not renewed"),
            }
            for (name, upstream) in &self.sources {
                let effort = efforts.entry(*name).or_default();
                match self.look(lease, name, upstream.as_ref(), effort).await {
                    Ok(true) => {}
                    Ok(false) => return,
                    Err(error) => tracing::warn!(source = name, %error, "asking a source"),
                }
            }
            pause(TICK, stop).await;
        }
    }

    /// Asks one source; false when the lease is somebody else's.
    async fn look(
        &self,
        lease: &Lease,
        name: &'static str,
        upstream: &dyn Upstream,
        effort: &mut Effort,
    ) -> Result<bool, DbErr> {
        // Read before asking: what the log takes in meanwhile must not look like a head gone back.
        let before = source::get(self.store.database().read(), self.backend(), name).await?;
        let head = upstream.head().await.ok();
        let Some(after) = self.report(lease, name, &before, head.as_ref()).await? else {
            return Ok(false);
        };
        let diverged = is_diverged(&after);
        let lag = after.head.saturating_sub(after.watermark.position);
        metrics::log().source(name, after.watermark.position, lag, diverged);
        let behind = diverged || self.is_behind(name, &after).await?;
        let Some(head) = head.filter(|_| behind) else {
            *effort = Effort::default();
            return Ok(true);
        };
        if effort.tried.is_some_and(|tried| tried.elapsed() < RETRY) {
            return Ok(true);
        }
        effort.tried = Some(Instant::now());
        let both = head.position.min(after.watermark.position);
        if diverged && effort.compared < both {
            let compared = self.compare(lease, name, upstream, both).await?;
            effort.compared = compared.unwrap_or(effort.compared);
        }
        self.resume(lease, name, upstream, &head).await?;
        Ok(true)
    }

    /// Takes in a report, or that none came; the source's row after it.
    async fn report(
        &self,
        lease: &Lease,
        name: &'static str,
        before: &Source,
        head: Option<&SourceHead>,
    ) -> Result<Option<Source>, DbErr> {
        let now = self.clock.now();
        let Some(mut unit) = self.unit(lease, now).await? else {
            return Ok(None);
        };
        let mut row = Source::lock(unit.tx(), unit.backend(), name).await?;
        let stored = row.clone();
        let uri = source_uri(name);
        let mut found: Vec<Suspicion> = Vec::new();
        if let Some(head) = head {
            let report = HeadReport {
                source: uri.clone(),
                position: head.position,
                hash: head.hash.as_slice().try_into().ok(),
                at: now,
            };
            found.extend(row.watch.report(&report, &before.watermark));
            row.head = head.position;
            row.reported_at = Some(now);
        }
        let late = row.watch.overdue(&uri, &row.watermark, now, PATIENCE);
        let caught_up = late.is_none() && row.findings == [publish::OVERDUE];
        found.extend(late);
        let intake = self.intake(name, now);
        for suspicion in &found {
            intake.raise(&mut unit, &mut row, suspicion, None);
        }
        if caught_up && found.is_empty() {
            settle(&mut unit, &mut row, name, now);
        }
        if is_news(&stored, &row) {
            row.save(unit.tx(), unit.backend(), name).await?;
            unit.commit().await?;
        } else {
            unit.abandon().await?;
        }
        Ok(Some(row))
    }

    /// Whether records came that are not in the log, because the source diverged before them.
    async fn is_behind(&self, name: &str, row: &Source) -> Result<bool, DbErr> {
        let handled = self.store.database().watermark(name).await?;
        Ok(row.watermark.position < handled)
    }

    fn intake(&self, source: &'static str, now: Timestamp) -> Intake {
        Intake { source, now }
    }

    /// A fenced unit of work; none when the lease is somebody else's.
    async fn unit(&self, lease: &Lease, now: Timestamp) -> Result<Option<Unit>, DbErr> {
        let actor = Actor::Service("audit".to_owned());
        let context = Context::new(actor, now, runtime::new_id().to_string());
        let unit = self.store.unit(context).await?;
        if lease.holds(unit.tx(), unit.backend()).await? {
            return Ok(Some(unit));
        }
        unit.abandon().await?;
        Ok(None)
    }

    fn backend(&self) -> store::Backend {
        self.store.database().backend()
    }
}

/// What was found against the source is over; a new watch begins.
fn settle(unit: &mut Unit, row: &mut Source, name: &'static str, now: Timestamp) {
    if row.settle(now) {
        tracing::info!(source = name, "a source tells the log's story again");
        row.watch = HeadWatch::default();
        unit.record(
            publish::SOURCE,
            name,
            publish::recovered(name, row.watermark.position),
        );
    }
}

/// Whether the source contradicts the log; being late does not.
pub(crate) fn is_diverged(row: &Source) -> bool {
    row.findings
        .iter()
        .any(|finding| finding != publish::OVERDUE)
}

/// Whether a row is worth writing: an idle source reports every second, and says nothing by it.
fn is_news(stored: &Source, row: &Source) -> bool {
    let same = Source {
        reported_at: stored.reported_at,
        ..row.clone()
    } == *stored;
    let shown = match (stored.reported_at, row.reported_at) {
        (Some(before), Some(now)) => now.duration_since(before) < SHOWN,
        (None, now) => now.is_none(),
        (Some(_), None) => true,
    };
    !(same && shown)
}

async fn pause(length: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(length) => {}
        () = stop.cancelled() => {}
    }
}

#[cfg(test)]
mod tests;
