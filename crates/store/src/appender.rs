//! Group commit for records that must be durable before an answer (guarantee G3): whoever comes
//! while a transaction is being written shares the next one.

use kernel::Context;
use proto::record::Outgoing;
use sea_orm::DbErr;
use tokio::sync::{mpsc, oneshot};

use crate::{
    Store, fault,
    journal::{self, Entry},
};

/// Most records one transaction takes.
const BATCH: usize = 256;
/// Most records waiting; beyond it callers are told to come back.
const WAITING: usize = 4_096;

type Waiting = (Vec<Entry>, oneshot::Sender<bool>);

/// A handle to the one task that writes.
#[derive(Debug, Clone)]
pub struct Appender {
    source: &'static str,
    queue: mpsc::Sender<Waiting>,
}

/// The record could not be made durable; the caller must not go on as if it were.
#[derive(Debug, thiserror::Error)]
#[error("the record could not be written")]
pub struct NotWritten;

impl Appender {
    /// The handle and the task; the task ends when every handle is gone.
    pub fn new(store: Store) -> (Self, impl Future<Output = ()> + Send) {
        let (queue, waiting) = mpsc::channel(WAITING);
        let appender = Self {
            source: store.source(),
            queue,
        };
        (appender, write(store, waiting))
    }

    /// Returns when all of it is durable. Fails at once when too many wait already.
    pub async fn append(
        &self,
        aggregate: &'static str,
        records: Vec<(String, Outgoing)>,
        context: &Context,
    ) -> Result<(), NotWritten> {
        let entries = records
            .into_iter()
            .map(|(subject, outgoing)| {
                Entry::new(self.source, aggregate, &subject, outgoing, context)
            })
            .collect();
        let (done, written) = oneshot::channel();
        self.queue
            .try_send((entries, done))
            .map_err(|_| NotWritten)?;
        match written.await {
            Ok(true) => Ok(()),
            _ => Err(NotWritten),
        }
    }
}

async fn write(store: Store, mut waiting: mpsc::Receiver<Waiting>) {
    let mut batch: Vec<Waiting> = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (entries, callers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let entries: Vec<Entry> = entries.into_iter().flatten().collect();
        let written = commit(&store, &entries).await;
        if let Err(error) = &written {
            tracing::error!(%error, records = entries.len(), "records could not be written");
        }
        for caller in callers {
            // A caller that went away has its record all the same.
            let _ = caller.send(written.is_ok());
        }
    }
}

async fn commit(store: &Store, entries: &[Entry]) -> Result<(), DbErr> {
    let tx = store.database().begin().await?;
    journal::insert(&tx, store.database().backend(), entries).await?;
    fault::point("store.commit.before");
    tx.commit().await?;
    fault::point("store.commit.after");
    store.wake();
    Ok(())
}
