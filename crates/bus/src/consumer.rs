//! The consumer of one source: watermark, gap, backfill, quarantine.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_nats::jetstream::{Message, consumer::pull::Stream as Messages};
use bytes::Bytes;
use futures::{FutureExt as _, StreamExt as _};
use jiff::SignedDuration;
use kernel::{Actor, Clock, Context};
use runtime::CancellationToken;
use store::{Lease, Store, quarantine, watermark};

use crate::{Delivery, Handler, Nats, Topology, Trouble, Upstream};

/// Records handled in one transaction at most.
const BATCH: usize = 500;
/// How long a lease lasts without being renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(3);
/// How often the source's head is asked for, and the lease renewed.
const TICK: Duration = Duration::from_secs(1);
/// The same without a broker, where looking is the only way to learn of news.
const PULL: Duration = Duration::from_millis(100);
const BACK_OFF: Duration = Duration::from_millis(250);

/// See the module. One consumer of a source is active per service (by lease).
pub struct Consumer {
    store: Store,
    source: &'static str,
    upstream: Arc<dyn Upstream>,
    nats: Option<Nats>,
    handler: Arc<dyn Handler>,
    clock: Arc<dyn Clock>,
}

/// The lease is somebody else's now, or it is time to stop.
struct Over;

impl Consumer {
    /// `store` is the consuming service's own; `source` the service whose events it handles.
    pub fn new(
        store: Store,
        source: &'static str,
        upstream: Arc<dyn Upstream>,
        nats: Option<Nats>,
        handler: Arc<dyn Handler>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            source,
            upstream,
            nats,
            handler,
            clock,
        }
    }

    /// Runs until told to stop, then finishes the batch in hand and gives up the lease.
    pub async fn run(self, stop: CancellationToken) -> Result<(), sea_orm::DbErr> {
        let name = format!("consumer:{}", self.source);
        let holder = runtime::new_id().to_string();
        let database = self.store.database();
        while !stop.is_cancelled() {
            match database
                .acquire(&name, &holder, self.clock.now(), LEASE)
                .await
            {
                Ok(Some(lease)) => {
                    let mut active = Active {
                        consumer: &self,
                        lease: &lease,
                        stop: &stop,
                        handled: 0,
                        seen_at_last_tick: u64::MAX,
                    };
                    active.run().await;
                    if let Err(error) = database.release(&lease).await {
                        tracing::warn!(%error, "a consumer lease was not released");
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(source = self.source, %error, "consumer lease"),
            }
            pause(TICK, &stop).await;
        }
        Ok(())
    }
}

/// A consumer while it holds its lease.
struct Active<'a> {
    consumer: &'a Consumer,
    lease: &'a Lease,
    stop: &'a CancellationToken,
    /// The watermark as last committed.
    handled: u64,
    /// The watermark at the last tick: standing still behind the head means the broker lost some.
    seen_at_last_tick: u64,
}

impl Active<'_> {
    async fn run(&mut self) {
        match self
            .consumer
            .store
            .database()
            .watermark(self.consumer.source)
            .await
        {
            Ok(position) => self.handled = position,
            Err(error) => {
                tracing::warn!(source = self.consumer.source, %error, "reading the watermark");
                return;
            }
        }
        let mut messages = None;
        let mut ticks = tokio::time::interval(if self.consumer.nats.is_some() {
            TICK
        } else {
            PULL
        });
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut renewed = tokio::time::Instant::now();
        loop {
            let step = tokio::select! {
                biased;
                () = self.stop.cancelled() => Err(Over),
                _ = ticks.tick() => {
                    let due = renewed.elapsed() >= TICK;
                    if due {
                        renewed = tokio::time::Instant::now();
                    }
                    if messages.is_none() {
                        messages = self.subscribe().await;
                    }
                    self.tick(due).await
                }
                batch = next_batch(&mut messages) => match batch {
                    Some(batch) => self.take(batch).await,
                    None => {
                        // The stream broke: the broker went away or was wiped. The next tick
                        // subscribes again; the source is asked meanwhile.
                        messages = None;
                        pause(BACK_OFF, self.stop).await;
                        Ok(())
                    }
                },
            };
            if step.is_err() {
                return;
            }
        }
    }

    async fn subscribe(&self) -> Option<Messages> {
        let nats = self.consumer.nats.as_ref()?;
        if !nats.is_connected() {
            return None;
        }
        let durable = nats
            .durable(self.consumer.source, self.consumer.store.source())
            .await
            .map_err(|error| tracing::debug!(source = self.consumer.source, %error, "subscribing"))
            .ok()?;
        durable
            .stream()
            .max_messages_per_batch(BATCH)
            .expires(Duration::from_secs(10))
            .heartbeat(Duration::from_secs(2))
            .messages()
            .await
            .map_err(|error| tracing::debug!(source = self.consumer.source, %error, "pulling"))
            .ok()
    }

    /// Renews the lease when due, asks the source how far it is, and fetches what stands still.
    async fn tick(&mut self, renew: bool) -> Result<(), Over> {
        if renew {
            let now = self.consumer.clock.now();
            match self
                .consumer
                .store
                .database()
                .renew(self.lease, now, LEASE)
                .await
            {
                Ok(true) => {}
                Ok(false) => return Err(Over),
                Err(error) => tracing::warn!(%error, "a consumer lease was not renewed"),
            }
        }
        let source = self.consumer.source;
        let Ok(head) = self.consumer.upstream.head().await else {
            return Ok(());
        };
        runtime::metrics::consumer().watermark(
            self.consumer.store.source(),
            source,
            self.handled,
            head.position.saturating_sub(self.handled),
        );
        if head.position < self.handled {
            tracing::error!(
                source,
                head = head.position,
                handled = self.handled,
                "the source's head went back: was it restored from an old copy?"
            );
            self.consumer
                .handler
                .head_went_back(head.position, self.handled)
                .await;
        }
        let stands_still = self.consumer.nats.is_none()
            || self.seen_at_last_tick == self.handled
            || self.seen_at_last_tick == u64::MAX;
        self.seen_at_last_tick = self.handled;
        if head.position > self.handled && stands_still {
            self.backfill(head.position).await?;
        }
        Ok(())
    }

    /// Fetches and handles everything up to a position from the source itself.
    async fn backfill(&mut self, to: u64) -> Result<(), Over> {
        while self.handled < to && !self.stop.is_cancelled() {
            let from = self.handled + 1;
            let limit = u32::try_from((to - self.handled).min(BATCH as u64)).unwrap_or(u32::MAX);
            match self.consumer.upstream.read(from, limit).await {
                Ok(records) if records.is_empty() => return Ok(()),
                Ok(records) => {
                    let service = self.consumer.store.source();
                    let count = records.len() as u64;
                    runtime::metrics::consumer().backfilled(service, self.consumer.source, count);
                    let batch = records
                        .into_iter()
                        .zip(from..)
                        .map(|(bytes, position)| Delivery::new(position, bytes))
                        .collect();
                    self.handle(batch).await?;
                }
                Err(error) => {
                    tracing::debug!(source = self.consumer.source, %error, "backfill waits");
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// What the broker brought: repeats are dropped, gaps are filled from the source, and the
    /// last message is acknowledged when everything up to it has been handled.
    async fn take(&mut self, batch: Vec<Message>) -> Result<(), Over> {
        let source = self.consumer.source;
        let mut waiting: BTreeMap<u64, Bytes> = BTreeMap::new();
        for message in &batch {
            match position(source, message) {
                Some(position) if position > self.handled => {
                    waiting.insert(position, message.payload.clone());
                }
                Some(_) => {}
                None => tracing::error!(source, subject = %message.subject, "not the platform's"),
            }
        }
        while let Some((&first, _)) = waiting.first_key_value() {
            if first <= self.handled {
                waiting.pop_first();
                continue;
            }
            if first > self.handled + 1 {
                runtime::metrics::consumer().gap(self.consumer.store.source(), source);
                let before = self.handled;
                self.backfill(first - 1).await?;
                if self.handled == before {
                    // The source is away too: unacknowledged, the messages come again.
                    pause(BACK_OFF, self.stop).await;
                    return Ok(());
                }
                continue;
            }
            let mut run = Vec::new();
            while let Some(bytes) = waiting.remove(&(self.handled + 1 + run.len() as u64)) {
                run.push(Delivery::new(self.handled + 1 + run.len() as u64, bytes));
            }
            self.handle(run).await?;
        }
        if let Some(last) = batch.last()
            && let Err(error) = last.ack().await
        {
            tracing::debug!(source, %error, "an acknowledgement was lost");
        }
        Ok(())
    }

    /// Handles consecutive records; returns when their effects are durable.
    async fn handle(&mut self, batch: Vec<Delivery>) -> Result<(), Over> {
        let mut rest = batch.as_slice();
        let mut size = BATCH;
        while !rest.is_empty() {
            let part = &rest[..rest.len().min(size)];
            match self.commit(part).await {
                Ok(()) => {
                    rest = &rest[part.len()..];
                    size = BATCH;
                }
                Err(Trouble::Database(sea_orm::DbErr::Custom(lost))) if lost == LOST => {
                    return Err(Over);
                }
                Err(Trouble::Database(error)) => {
                    tracing::warn!(source = self.consumer.source, %error, "handling waits");
                    if self.stop.is_cancelled() {
                        return Err(Over);
                    }
                    pause(BACK_OFF, self.stop).await;
                }
                // Somewhere in this batch: find it by handling them one by one.
                Err(Trouble::Record(_)) if part.len() > 1 => size = 1,
                Err(Trouble::Record(reason)) => {
                    self.put_aside(&part[0], &reason).await?;
                    rest = &rest[1..];
                }
            }
        }
        Ok(())
    }

    async fn commit(&mut self, part: &[Delivery]) -> Result<(), Trouble> {
        let mut unit = self.begin().await?;
        self.consumer.handler.handle(&mut unit, part).await?;
        let last = part.last().map_or(self.handled, |d| d.position);
        watermark::set(unit.tx(), unit.backend(), self.consumer.source, last).await?;
        unit.commit().await?;
        self.handled = last;
        let service = self.consumer.store.source();
        runtime::metrics::consumer().handled(service, self.consumer.source, part.len() as u64);
        self.consumer.handler.committed(last);
        Ok(())
    }

    /// Logged, quarantined, alarmed; the watermark moves on.
    async fn put_aside(&mut self, delivery: &Delivery, reason: &str) -> Result<(), Over> {
        let source = self.consumer.source;
        let position = delivery.position;
        tracing::error!(source, position, reason, "a record was put in quarantine");
        runtime::metrics::consumer().quarantined(self.consumer.store.source(), source);
        loop {
            let kept = async {
                let unit = self.begin().await?;
                let (tx, backend) = (unit.tx(), unit.backend());
                let now = self.consumer.clock.now();
                quarantine::put(tx, backend, source, position, &delivery.bytes, reason, now)
                    .await?;
                watermark::set(tx, backend, source, position).await?;
                unit.commit().await
            };
            match kept.await {
                Ok(()) => break,
                Err(sea_orm::DbErr::Custom(lost)) if lost == LOST => return Err(Over),
                Err(error) => {
                    tracing::warn!(source, %error, "quarantine waits");
                    if self.stop.is_cancelled() {
                        return Err(Over);
                    }
                    pause(BACK_OFF, self.stop).await;
                }
            }
        }
        self.handled = position;
        Ok(())
    }

    /// A unit of work that is fenced: a consumer that lost its lease cannot write any more.
    async fn begin(&self) -> Result<store::Unit, sea_orm::DbErr> {
        let service = self.consumer.store.source();
        let context = Context::new(
            Actor::Service(service.to_owned()),
            self.consumer.clock.now(),
            runtime::new_id().to_string(),
        );
        let unit = self.consumer.store.unit(context).await?;
        if self.lease.holds(unit.tx(), unit.backend()).await? {
            Ok(unit)
        } else {
            unit.abandon().await?;
            Err(sea_orm::DbErr::Custom(LOST.to_owned()))
        }
    }
}

const LOST: &str = "the lease was lost";

/// Waits for one message and takes what else is there; `None` when the stream broke. Pending
/// forever without a stream.
async fn next_batch(messages: &mut Option<Messages>) -> Option<Vec<Message>> {
    let Some(stream) = messages else {
        return std::future::pending().await;
    };
    let mut batch = Vec::new();
    match stream.next().await {
        Some(Ok(message)) => batch.push(message),
        Some(Err(error)) => {
            tracing::debug!(%error, "the stream of messages broke");
            return None;
        }
        None => return None,
    }
    while batch.len() < BATCH {
        match stream.next().now_or_never() {
            Some(Some(Ok(message))) => batch.push(message),
            _ => break,
        }
    }
    Some(batch)
}

fn position(source: &str, message: &Message) -> Option<u64> {
    let id = message
        .headers
        .as_ref()?
        .get(async_nats::header::NATS_MESSAGE_ID)?;
    Topology::position(source, id.as_str())
}

async fn pause(length: Duration, stop: &CancellationToken) {
    tokio::select! {
        () = tokio::time::sleep(length) => {}
        () = stop.cancelled() => {}
    }
}
