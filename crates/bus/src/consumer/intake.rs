//! Order out of whatever comes: repeats are dropped, gaps are filled from the source.

use std::collections::BTreeMap;

use async_nats::jetstream::Message;
use store::fault;
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
    /// source does not answer or tells another history; true otherwise, though it may not have come
    /// that far.
    async fn backfill(&self, to: u64) -> Result<bool, Over> {
        let consumer = self.consumer;
        while self.handled() < to {
            let from = self.handled() + 1;
            let limit = u32::try_from((to - from + 1).min(BATCH as u64)).unwrap_or(u32::MAX);
            let Some(records) = self.ask(consumer.upstream.read(from, limit)).await? else {
                return Ok(false);
            };
            if records.is_empty() {
                break;
            }
            let count = records.len() as u64;
            runtime::metrics::consumer().backfilled(consumer.service(), consumer.source, count);
            let records = records.into_iter().zip(from..);
            let records = records.map(|(bytes, position)| Delivery::new(position, bytes));
            if !self.believe(records.collect()).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The source's answer; none when it gives none in time.
    async fn ask<T>(
        &self,
        question: impl Future<Output = Result<T, Unreachable>>,
    ) -> Result<Option<T>, Over> {
        let answer = tokio::select! {
            () = self.stop.cancelled() => return Err(Over),
            answer = tokio::time::timeout(PATIENCE, question) => answer,
        };
        let answer = answer.unwrap_or_else(|_| Err(Unreachable("no answer in time".to_owned())));
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) => {
                tracing::debug!(source = self.consumer.source, %error, "the source is waited for");
                Ok(None)
            }
        }
    }

    /// What the broker brought. Its last message is acknowledged, and with it all before, when
    /// everything up to it has been handled; otherwise it comes again.
    async fn take(&self, batch: Vec<Message>) -> Result<(), Over> {
        let source = self.consumer.source;
        let mut copies = self.sort(&batch);
        while let Some((&first, copy)) = copies.first_key_value() {
            if first <= self.handled() {
                copies.pop_first();
                continue;
            }
            let gap = if copy.is_some() { first - 1 } else { first };
            let run = self.run(&mut copies);
            let missing = match run.last() {
                Some(last) => match self.vouched(last).await? {
                    Some(true) => {
                        self.apply(&run).await?;
                        continue;
                    }
                    Some(false) => last.position,
                    None => {
                        pause(BACK_OFF, self.stop).await;
                        return Ok(());
                    }
                },
                // The first copy may have been of no use.
                None => gap.max(self.handled() + 1),
            };
            runtime::metrics::consumer().gap(self.consumer.service(), source);
            if !self.backfill(missing).await? {
                pause(BACK_OFF, self.stop).await;
                return Ok(());
            }
            if self.handled() < missing {
                tracing::error!(source, position = missing, "beyond the source's own head");
                break;
            }
        }
        if let Some(last) = batch.last()
            && self.is_flowing()
            && let Err(error) = last.ack().await
        {
            tracing::debug!(source, %error, "an acknowledgement was lost");
        }
        fault::point("consume.acknowledged");
        Ok(())
    }

    /// The broker's copies by position; of several, the last.
    fn sort(&self, batch: &[Message]) -> BTreeMap<u64, Option<Delivery>> {
        let (source, handled) = (self.consumer.source, self.handled());
        let mut copies = BTreeMap::new();
        for message in batch {
            let Some(position) = position(source, message) else {
                tracing::error!(source, subject = %message.subject, "not the platform's");
                continue;
            };
            if position > handled {
                let copy = Delivery::new(position, message.payload.clone());
                copies.insert(position, Some(copy));
            }
        }
        copies
    }

    /// Takes out the copies that go on, one after the other, from what was handled last. One that
    /// does not counts as missing.
    fn run(&self, copies: &mut BTreeMap<u64, Option<Delivery>>) -> Vec<Delivery> {
        let source = self.consumer.source;
        let mut mark = self.mark();
        let mut run = Vec::new();
        while let Some(Some(copy)) = copies.remove(&(mark.position + 1)) {
            if !copy.follows(source, &mark) {
                let position = copy.position;
                tracing::error!(
                    source,
                    position,
                    "the broker's copy is not the source's record"
                );
                copies.insert(position, None);
                break;
            }
            mark = copy.mark();
            run.push(copy);
        }
        run
    }

    /// Whether the source has the last record of a run just so, and with it the chain of all before.
    /// The chain alone would not do: whoever writes to the broker can name the right predecessor.
    async fn vouched(&self, last: &Delivery) -> Result<Option<bool>, Over> {
        let record = self
            .ask(self.consumer.upstream.vouch(last.position))
            .await?;
        let vouched = record.map(|record| record.as_ref() == Some(&last.bytes));
        if vouched == Some(false) {
            let (source, position) = (self.consumer.source, last.position);
            tracing::error!(
                source,
                position,
                "the source does not know the broker's copy"
            );
        }
        Ok(vouched)
    }
}

fn position(source: &str, message: &Message) -> Option<u64> {
    let id = message
        .headers
        .as_ref()?
        .get(async_nats::header::NATS_MESSAGE_ID)?;
    Topology::position(source, id.as_str())
}
