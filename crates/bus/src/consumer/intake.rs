//! Order out of whatever comes: repeats are dropped, gaps are filled from the source.

use std::collections::BTreeMap;

use async_nats::jetstream::Message;
use tokio::sync::mpsc;

use super::{Active, BATCH, Over, watch::PATIENCE};
use crate::{
    Delivery, Topology, Unreachable,
    tenure::{BACK_OFF, pause},
};

impl Active<'_> {
    /// Handles what comes; returns on stop, or when the lease is somebody else's.
    pub(super) async fn work(
        &self,
        mut batches: mpsc::Receiver<Vec<Message>>,
        mut heads: mpsc::Receiver<u64>,
    ) {
        loop {
            let step = tokio::select! {
                biased;
                () = self.stop.cancelled() => return,
                Some(head) = heads.recv() => self.backfill(head).await.map(|_| ()),
                Some(batch) = batches.recv() => self.take(batch).await,
                else => return,
            };
            if step.is_err() {
                return;
            }
        }
    }

    /// Fetches and handles everything up to a position from the source itself. False when the
    /// source does not answer; true when it did, though it may not have come that far.
    async fn backfill(&self, to: u64) -> Result<bool, Over> {
        let consumer = self.consumer;
        while self.handled() < to {
            let from = self.handled() + 1;
            let limit = u32::try_from((to - from + 1).min(BATCH as u64)).unwrap_or(u32::MAX);
            let records = tokio::select! {
                () = self.stop.cancelled() => return Err(Over),
                records = tokio::time::timeout(PATIENCE, consumer.upstream.read(from, limit)) => {
                    records.unwrap_or_else(|_| Err(Unreachable("no answer in time".to_owned())))
                }
            };
            match records {
                Ok(records) if records.is_empty() => break,
                Ok(records) => {
                    let count = records.len() as u64;
                    runtime::metrics::consumer().backfilled(
                        consumer.service(),
                        consumer.source,
                        count,
                    );
                    let batch: Vec<_> = records
                        .into_iter()
                        .zip(from..)
                        .map(|(bytes, position)| Delivery::new(position, bytes))
                        .collect();
                    self.apply(&batch).await?;
                }
                Err(error) => {
                    tracing::debug!(source = consumer.source, %error, "backfill waits");
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// What the broker brought. Its last message is acknowledged, and with it all before, when
    /// everything up to it has been handled; otherwise it comes again.
    async fn take(&self, batch: Vec<Message>) -> Result<(), Over> {
        let source = self.consumer.source;
        let mut waiting = self.sort(&batch);
        while let Some((&first, delivery)) = waiting.first_key_value() {
            if first <= self.handled() {
                waiting.pop_first();
                continue;
            }
            let missing = if delivery.is_some() { first - 1 } else { first };
            if missing > self.handled() {
                runtime::metrics::consumer().gap(self.consumer.service(), source);
                if !self.backfill(missing).await? {
                    pause(BACK_OFF, self.stop).await;
                    return Ok(());
                }
                if self.handled() < missing {
                    tracing::error!(source, position = first, "beyond the source's own head");
                    break;
                }
                continue;
            }
            let mut run = Vec::new();
            while let Some(Some(delivery)) = waiting.remove(&(first + run.len() as u64)) {
                run.push(delivery);
            }
            self.apply(&run).await?;
        }
        if let Some(last) = batch.last()
            && self.is_flowing()
            && let Err(error) = last.ack().await
        {
            tracing::debug!(source, %error, "an acknowledgement was lost");
        }
        Ok(())
    }

    /// The messages by position. The broker is not the truth: bytes that are not the record they
    /// are announced as count as missing, and the source is asked for the true ones.
    fn sort(&self, batch: &[Message]) -> BTreeMap<u64, Option<Delivery>> {
        let (source, handled) = (self.consumer.source, self.handled());
        let mut waiting = BTreeMap::new();
        for message in batch {
            let Some(position) = position(source, message) else {
                tracing::error!(source, subject = %message.subject, "not the platform's");
                continue;
            };
            if position <= handled {
                continue;
            }
            let known = waiting.entry(position).or_insert(None);
            let delivery = Delivery::new(position, message.payload.clone());
            let record = delivery.record.as_ref();
            if record.is_ok_and(|record| record.source == source && record.position == position) {
                *known = Some(delivery);
            } else {
                tracing::error!(source, position, "the broker's copy is not that record");
            }
        }
        waiting
    }
}

fn position(source: &str, message: &Message) -> Option<u64> {
    let id = message
        .headers
        .as_ref()?
        .get(async_nats::header::NATS_MESSAGE_ID)?;
    Topology::position(source, id.as_str())
}
