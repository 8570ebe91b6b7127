//! What the broker brings, in batches.

use std::{sync::atomic::Ordering, time::Duration};

use async_nats::jetstream::{Message, consumer::pull::Stream as Messages};
use futures::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc;

use super::{Active, BATCH};
use crate::{Nats, nats::BrokerError, tenure::BACK_OFF};

/// How long the broker keeps one request for messages.
const EXPIRES: Duration = Duration::from_secs(10);
/// How often it says that there is nothing; missed twice, the subscription is made anew.
const HEARTBEAT: Duration = Duration::from_secs(2);

impl Active<'_> {
    /// Listens to the broker, and subscribes again whenever that breaks. Never returns by itself.
    pub(super) async fn feed(&self, batches: mpsc::Sender<Vec<Message>>) {
        let Some(nats) = &self.consumer.nats else {
            return std::future::pending().await;
        };
        let source = self.consumer.source;
        let mut told = false;
        loop {
            match self.subscribe(nats).await {
                Ok(mut messages) => {
                    told = false;
                    self.flowing.store(true, Ordering::Release);
                    while let Some(batch) = next_batch(&mut messages).await {
                        if batches.send(batch).await.is_err() {
                            return;
                        }
                    }
                    self.flowing.store(false, Ordering::Release);
                }
                Err(error) if told => tracing::debug!(source, %error, "subscribing"),
                Err(error) => {
                    told = true;
                    tracing::warn!(source, %error, "no broker: the source is asked instead");
                }
            }
            tokio::time::sleep(BACK_OFF).await;
        }
    }

    async fn subscribe(&self, nats: &Nats) -> Result<Messages, BrokerError> {
        nats.durable(self.consumer.source, self.consumer.service())
            .await?
            .stream()
            .max_messages_per_batch(BATCH)
            .expires(EXPIRES)
            .heartbeat(HEARTBEAT)
            .messages()
            .await
            .map_err(|error| BrokerError(error.to_string()))
    }
}

/// Waits for one message and takes what else is there; `None` when the stream broke.
async fn next_batch(messages: &mut Messages) -> Option<Vec<Message>> {
    let mut batch = Vec::new();
    match messages.next().await? {
        Ok(message) => batch.push(message),
        Err(error) => {
            tracing::debug!(%error, "the stream of messages broke");
            return None;
        }
    }
    while batch.len() < BATCH {
        match messages.next().now_or_never() {
            Some(Some(Ok(message))) => batch.push(message),
            // An error here shows again as silence: the heartbeats stop.
            _ => break,
        }
    }
    Some(batch)
}
