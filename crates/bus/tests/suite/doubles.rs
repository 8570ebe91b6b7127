//! What stands in for the gRPC peer and for a service's handler.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use bus::{RecordHandler, SourceHead, Trouble, Unreachable, Upstream};
use bytes::Bytes;
use kernel::{Actor, Clock as _, Context};
use proto::{
    ledger::v1::SystemRetired,
    record::{self, Hash, Outgoing, Record},
};
use runtime::SystemClock;
use sea_orm::{ConnectionTrait as _, Statement};
use store::{Database, Unit};
use tokio::sync::watch;

/// A finished record with whatever place, as the relay would have written it.
pub(crate) fn forged(source: &str, subject: &str, position: u64, previous: &Hash) -> Vec<u8> {
    let event = SystemRetired {
        system_id: subject.to_owned(),
    };
    let context = Context::new(Actor::Service(source.into()), SystemClock.now(), "request");
    let outgoing = Outgoing::new(&event, []);
    let mut record = record::draft(source, runtime::new_id(), subject, &outgoing, &context);
    record::finish(&mut record, position, previous);
    record
}

/// The source's journal, read straight from its database: the peer is only transport.
#[derive(Debug)]
pub(crate) struct Direct {
    database: Database,
    /// The source does not say how far it is.
    pub(crate) mute: AtomicBool,
    /// The source gives no records; it only vouches for those the broker brings.
    pub(crate) closed: AtomicBool,
    /// Not even that.
    pub(crate) silent: AtomicBool,
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
            silent: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            given: AtomicU64::new(0),
        }
    }

    /// From now on the source says nothing by itself: what arrives, the broker brought.
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

    async fn vouch(&self, position: u64) -> Result<Option<Bytes>, Unreachable> {
        if self.silent.load(Ordering::Relaxed) {
            return Err(Unreachable("away".into()));
        }
        let records = self.database.records(position, 1).await;
        let records = records.map_err(|e| Unreachable(e.to_string()))?;
        Ok(records.into_iter().map(Bytes::from).next())
    }
}

/// Writes a row for every record, in the transaction it is given.
#[derive(Debug)]
pub(crate) struct Recorder {
    /// The database is in trouble.
    pub(crate) broken: AtomicBool,
    /// What was refused is taken now.
    pub(crate) lenient: AtomicBool,
    /// How often it met that trouble.
    pub(crate) trouble: AtomicU64,
    /// The newest committed position.
    pub(crate) committed: watch::Sender<u64>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            broken: AtomicBool::new(false),
            lenient: AtomicBool::new(false),
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
        let lenient = self.0.lenient.load(Ordering::Relaxed);
        if record.subject.starts_with("refused") && !lenient {
            return Err(Trouble::Record(format!("never {} \0", record.subject)));
        }
        // Two ways in which a table refuses what it is given.
        if record.subject.starts_with("violates") && !lenient {
            let values = match record.position % 2 {
                0 => "NULL, 'x'",
                _ => "1, NULL",
            };
            let sql = format!("INSERT INTO effect (position, subject) VALUES ({values})");
            tx.execute_unprepared(&sql).await?;
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
