//! What stands in for the gRPC peer and for a service's handler.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use bus::{RecordHandler, SourceHead, Trouble, Unreachable, Upstream};
use bytes::Bytes;
use proto::record::Record;
use sea_orm::{ConnectionTrait as _, Statement};
use store::{Database, Unit};
use tokio::sync::watch;

/// The source's journal, read straight from its database: the peer is only transport.
#[derive(Debug)]
pub(crate) struct Direct {
    database: Database,
    /// The source does not say how far it is.
    pub(crate) mute: AtomicBool,
    /// The source gives no records.
    pub(crate) closed: AtomicBool,
    /// How often it was asked how far it is.
    pub(crate) asked: AtomicU64,
    /// How many records it gave.
    pub(crate) given: AtomicU64,
}

impl Direct {
    pub(crate) fn new(database: Database) -> Self {
        Self {
            database,
            mute: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            given: AtomicU64::new(0),
        }
    }

    /// From now on the source cannot be reached: what arrives, the broker brought.
    pub(crate) fn go_away(&self) {
        self.mute.store(true, Ordering::Relaxed);
        self.closed.store(true, Ordering::Relaxed);
    }

    pub(crate) fn come_back(&self) {
        self.mute.store(false, Ordering::Relaxed);
        self.closed.store(false, Ordering::Relaxed);
    }
}

#[async_trait]
impl Upstream for Direct {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.mute.load(Ordering::Relaxed) {
            return Err(Unreachable("away".into()));
        }
        let head = self
            .database
            .head()
            .await
            .map_err(|e| Unreachable(e.to_string()))?;
        Ok(SourceHead {
            position: head.position,
            committed: head.position,
            hash: head.hash.to_vec(),
        })
    }

    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Unreachable("away".into()));
        }
        let records = self
            .database
            .records(from, limit.into())
            .await
            .map_err(|e| Unreachable(e.to_string()))?;
        self.given
            .fetch_add(records.len() as u64, Ordering::Relaxed);
        Ok(records.into_iter().map(Bytes::from).collect())
    }
}

/// Writes a row for every record, in the transaction it is given.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// The database is in trouble.
    pub(crate) broken: AtomicBool,
    /// How often it met that trouble.
    pub(crate) trouble: AtomicU64,
    /// The newest committed position.
    pub(crate) committed: watch::Sender<u64>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            broken: AtomicBool::new(false),
            trouble: AtomicU64::new(0),
            committed: watch::Sender::new(0),
        }
    }
}

/// A [`Recorder`] that a test keeps hold of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared(pub(crate) std::sync::Arc<Recorder>);

#[async_trait]
impl RecordHandler for Shared {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let tx = unit.tx();
        tx.execute_raw(Statement::from_sql_and_values(
            unit.backend().sea(),
            "INSERT INTO effect (position, subject) VALUES ($1, $2)",
            [
                i64::try_from(record.position).unwrap().into(),
                record.subject.clone().into(),
            ],
        ))
        .await?;
        // After the row, so that a transaction that is not rolled back shows.
        if record.subject.starts_with("refused") {
            return Err(Trouble::Record(format!("never {} \0", record.subject)));
        }
        if self.0.broken.load(Ordering::Relaxed) {
            self.0.trouble.fetch_add(1, Ordering::Relaxed);
            tx.execute_unprepared("SELECT * FROM not_there").await?;
        }
        Ok(())
    }

    fn committed(&self, position: u64) {
        self.0.committed.send_replace(position);
    }
}
