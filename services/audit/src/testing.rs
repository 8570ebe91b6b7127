//! What audit's own tests stand on: sources whose records a test says, and a log to take them in.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod held_elsewhere;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use audit_domain::{SignerKey, record_hash};
use bus::{Delivery, Handler, SourceHead, Unreachable, Upstream};
use bytes::Bytes;
use jiff::SignedDuration;
use kernel::{Actor, ClauseId, Clock, Context, ManualClock};
use proto::{
    Event,
    record::{NO_HASH, Outgoing, Record, draft, finish},
};
use sea_orm::{ConnectionTrait as _, Statement};
use store::{Backend, Database, Lease, Store, facts::Snapshot, watermark};
use testkit::TestDatabase;

use crate::{
    growth::Growth,
    index::{Indexer, Terms},
    ingest::Ingest,
    library::Library,
    signer::{Ring, Signer},
    store::{
        source::{self, Source},
        tree::Growing,
    },
};

pub(crate) use held_elsewhere::HeldElsewhere;

pub(crate) const ORIGIN: &str = "log.example/sekisho";

/// A source whose journal is in memory and may be forged.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) name: &'static str,
    records: Arc<Mutex<Vec<Bytes>>>,
}

impl Journal {
    pub(crate) fn new(name: &'static str) -> Self {
        Self {
            name,
            records: Arc::default(),
        }
    }

    /// With so many records already.
    pub(crate) fn of(name: &'static str, count: usize) -> Self {
        let journal = Self::new(name);
        journal.grow(count, "first story");
        journal
    }

    /// Says so many things more.
    pub(crate) fn grow(&self, count: usize, story: &str) {
        for _ in 0..count {
            let event = proto::ledger::v1::SystemRetired {
                system_id: story.replace(' ', "-"),
            };
            self.say(&event, &["7-1-(1)-1"]);
        }
    }

    pub(crate) fn say<E: Event>(&self, event: &E, clauses: &[&str]) {
        self.say_at(event, clauses, "2026-04-01T01:00:00Z");
    }

    pub(crate) fn say_at<E: Event>(&self, event: &E, clauses: &[&str], at: &str) {
        let clauses = clauses.iter().map(|id| ClauseId::new(*id));
        let outgoing = Outgoing::new(event, clauses);
        let actor = Actor::Service(self.name.into());
        let context = Context::new(actor, at.parse().unwrap(), "request");
        let id = runtime::new_id();
        self.push(draft(self.name, id, "subject", &outgoing, &context));
    }

    /// Finishes a draft as the relay would.
    pub(crate) fn push(&self, mut record: Vec<u8>) {
        let mut records = self.records.lock().unwrap();
        let previous = records.last().map_or(NO_HASH, |last| record_hash(last));
        finish(&mut record, records.len() as u64 + 1, &previous);
        records.push(record.into());
    }

    /// Bytes no relay has finished.
    pub(crate) fn push_raw(&self, bytes: &[u8]) {
        self.records.lock().unwrap().push(bytes.to_vec().into());
    }

    /// What an older backup holds, or the tail cut off.
    pub(crate) fn truncate(&self, to: usize) {
        self.records.lock().unwrap().truncate(to);
    }

    /// As it is now, for later.
    pub(crate) fn backup(&self) -> Vec<Bytes> {
        self.records.lock().unwrap().clone()
    }

    pub(crate) fn restore(&self, backup: Vec<Bytes>) {
        *self.records.lock().unwrap() = backup;
    }

    pub(crate) fn len(&self) -> u64 {
        self.records.lock().unwrap().len() as u64
    }

    /// Records as the bus brings them, by position.
    pub(crate) fn deliveries(&self, positions: std::ops::RangeInclusive<u64>) -> Vec<Delivery> {
        let records = self.records.lock().unwrap();
        positions
            .map(|position| {
                let bytes = records[position as usize - 1].clone();
                Delivery::new(position, bytes)
            })
            .collect()
    }
}

#[async_trait]
impl Upstream for Journal {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        let records = self.records.lock().unwrap();
        Ok(SourceHead {
            position: records.len() as u64,
            committed: records.len() as u64,
            hash: records
                .last()
                .map_or_else(Vec::new, |last| record_hash(last).to_vec()),
        })
    }

    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable> {
        let records = self.records.lock().unwrap();
        let from = usize::try_from(from - 1).unwrap();
        Ok(records
            .iter()
            .skip(from)
            .take(limit as usize)
            .cloned()
            .collect())
    }
}

/// The lease that a signer works under.
pub(crate) async fn lease(log: &Log) -> Lease {
    let ttl = SignedDuration::from_secs(5);
    let lease = log.store.database().acquire("signer", "test", ttl).await;
    lease.unwrap().unwrap()
}

/// The log under test.
pub(crate) struct Log {
    pub(crate) store: Store,
    pub(crate) clock: ManualClock,
    pub(crate) growth: Growth,
    pub(crate) terms: Terms,
}

impl Log {
    pub(crate) async fn new(test: &TestDatabase) -> Self {
        Self::on(test.database.clone()).await
    }

    pub(crate) async fn on(database: Database) -> Self {
        let city = Snapshot::load(database.clone(), &["identity", "ledger", "incidents"]).await;
        Self {
            store: Store::new(database, "audit"),
            clock: ManualClock::new("2026-04-01T02:00:00Z".parse().unwrap()),
            growth: Growth::default(),
            terms: Terms::new(city.unwrap()),
        }
    }

    pub(crate) fn context(&self) -> Context {
        let actor = Actor::Service("audit".into());
        Context::new(actor, self.clock.now(), "test")
    }

    /// Hands a batch to the handler as the bus does, watermark and commit included.
    pub(crate) async fn deliver(&self, source: &'static str, batch: &[Delivery]) {
        let clock = Arc::new(self.clock.clone());
        let ingest = Ingest::new(source, clock, self.growth.clone());
        let mut unit = self.store.unit(self.context()).await.unwrap();
        ingest.handle(&mut unit, batch).await.unwrap();
        let last = batch.last().unwrap().mark();
        watermark::set(unit.tx(), unit.backend(), source, &last)
            .await
            .unwrap();
        unit.commit().await.unwrap();
        ingest.committed(last.position);
    }

    /// Everything the journal has that the bus has not brought yet.
    pub(crate) async fn take(&self, journal: &Journal) {
        let seen = self.store.database().watermark(journal.name).await.unwrap();
        if seen < journal.len() {
            let batch = journal.deliveries(seen + 1..=journal.len());
            self.deliver(journal.name, &batch).await;
        }
    }

    pub(crate) fn library(&self) -> Library {
        Library::new(
            self.store.database().clone(),
            self.terms.clone(),
            Arc::new(self.clock.clone()),
        )
    }

    pub(crate) async fn size(&self) -> u64 {
        let library = self.library();
        let growing = Growing::read(library.read(), library.backend()).await;
        growing.unwrap().tree.size()
    }

    pub(crate) async fn source(&self, name: &str) -> Source {
        let library = self.library();
        source::get(library.read(), library.backend(), name)
            .await
            .unwrap()
    }

    pub(crate) fn key() -> SignerKey {
        SignerKey::from_seed(ORIGIN, &[42; 32]).unwrap()
    }

    pub(crate) fn signer(&self) -> Signer {
        Signer {
            store: self.store.clone(),
            key: Arc::new(Ring {
                key: Self::key(),
                before: None,
            }),
            clock: Arc::new(self.clock.clone()),
            growth: self.growth.clone(),
            witnesses: Vec::new(),
            signed: Growth::default(),
        }
    }

    pub(crate) fn indexer(&self) -> Indexer {
        Indexer {
            store: self.store.clone(),
            terms: self.terms.clone(),
            clock: Arc::new(self.clock.clone()),
            growth: self.growth.clone(),
        }
    }

    /// Writes the entries of the next leaves.
    pub(crate) async fn index(&self) {
        let indexer = self.indexer();
        let database = self.store.database();
        let ttl = SignedDuration::from_secs(1);
        let lease = database
            .acquire("indexer", "test", ttl)
            .await
            .unwrap()
            .unwrap();
        assert!(indexer.step(&lease).await.unwrap().is_some());
        database.release(&lease).await.unwrap();
    }

    /// What audit itself has said so far, oldest first.
    pub(crate) async fn said(&self) -> Vec<Record> {
        let database = self.store.database();
        let lease = database
            .acquire("relay", "test", SignedDuration::from_secs(1))
            .await
            .unwrap();
        if let Some(lease) = lease {
            database.stamp(&lease, 1_000).await.unwrap();
            database.release(&lease).await.unwrap();
        }
        let records = database.records(1, 1_000).await.unwrap();
        records
            .iter()
            .map(|bytes| Record::decode(bytes).unwrap())
            .collect()
    }

    /// What audit itself has said, as the bus brings it back.
    pub(crate) async fn take_own(&self) {
        self.said().await;
        let database = self.store.database();
        let seen = database.watermark("audit").await.unwrap();
        let own = database.records(seen + 1, 1_000).await.unwrap();
        let deliveries: Vec<Delivery> = (seen + 1..)
            .zip(own)
            .map(|(position, bytes)| Delivery::new(position, bytes.into()))
            .collect();
        self.deliver("audit", &deliveries).await;
    }

    /// The events of one type among what audit said.
    pub(crate) async fn events<E: Event + Default>(&self) -> Vec<E> {
        let said = self.said().await;
        said.iter()
            .filter_map(|record| record.event::<E>())
            .map(Result::unwrap)
            .collect()
    }

    /// Changes the database behind the service's back, as its owner can: without the triggers.
    pub(crate) async fn tamper(&self, sql: &str) -> u64 {
        self.lift_triggers().await;
        let db = self.store.database().migrations();
        db.execute_unprepared(sql).await.unwrap().rows_affected()
    }

    /// Takes the triggers away.
    pub(crate) async fn lift_triggers(&self) {
        let db = self.store.database().migrations();
        let all = match self.store.database().backend() {
            Backend::Sqlite => {
                "SELECT 'DROP TRIGGER ' || name AS lift FROM sqlite_master WHERE type = 'trigger'"
            }
            Backend::Postgres => {
                "SELECT DISTINCT 'ALTER TABLE ' || tgrelid::regclass || ' DISABLE TRIGGER USER' \
                 AS lift FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid \
                 WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
            }
        };
        let backend = self.store.database().backend().sea();
        let rows = db.query_all_raw(Statement::from_string(backend, all)).await;
        for row in rows.unwrap() {
            let lift: String = row.try_get("", "lift").unwrap();
            db.execute_unprepared(&lift).await.unwrap();
        }
    }
}
