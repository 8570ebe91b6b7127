//! A source that tells another history than the one handled.
//!
//! Every record names its place and its predecessor's hash, and what was handled last is remembered
//! with its hash. Where the source's own records do not go on from there, its journal was changed or
//! restored from an old copy, and nobody but people can say which history is true (7-1-(4)-3). So the
//! records are not acted on: the consumer stands still and asks again, and goes on by itself when the
//! source tells the old history again. Only a handler that judges histories itself, as audit does to
//! keep the evidence, gets them all the same.

use std::sync::atomic::Ordering;

use super::{Active, Over};
use crate::{
    Contradiction, Delivery,
    tenure::{RENEW, pause},
};

impl Active<'_> {
    /// Handles consecutive records as the source gave them. False when it stopped before one that
    /// does not go on from the one before.
    pub(super) async fn believe(&self, records: Vec<Delivery>) -> Result<bool, Over> {
        let source = self.consumer.source;
        let mut mark = self.mark();
        let mut sound = Vec::new();
        for record in records {
            if !record.follows(source, &mark) {
                self.apply(&sound).await?;
                sound.clear();
                self.alarm(&record).await;
                if !self.consumer.handler.judges_history() {
                    pause(RENEW, self.stop).await;
                    return Ok(false);
                }
            }
            mark = record.mark();
            sound.push(record);
        }
        self.apply(&sound).await?;
        Ok(true)
    }

    /// Alarms, once for each place; again where the handler could not be told.
    async fn alarm(&self, record: &Delivery) {
        let (consumer, position) = (self.consumer, record.position);
        if self.alarmed.load(Ordering::Relaxed) == position {
            return;
        }
        tracing::error!(
            source = consumer.source,
            position,
            "the source tells another history than before: was its journal changed or restored?"
        );
        runtime::metrics::consumer().diverged(consumer.service(), consumer.source);
        if self.tell(Contradiction::HistoryChanged { position }).await {
            self.alarmed.store(position, Ordering::Relaxed);
        }
    }
}
