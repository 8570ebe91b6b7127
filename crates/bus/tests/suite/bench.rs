//! A source and a sink, what runs between them, and what must be true in the end.

use std::{sync::Arc, time::Duration};

use bus::{Consumer, Each, Handler, Nats, Relay, Topology, Upstream};
use kernel::{Actor, Clock, Context};
use proto::{
    ledger::v1::SystemRetired,
    record::{NO_HASH, Outgoing, Record},
};
use runtime::{CancellationToken, SystemClock};
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use sea_orm_migration::{
    MigrationName, MigrationTrait, MigratorTrait, SchemaManager,
    schema::{big_integer, pk_auto, string},
    sea_query::Table,
};
use sha2::{Digest as _, Sha256};
use store::{Database, Store, quarantine::Quarantined, schema};
use testkit::{TestDatabase, eventually, postgres_database, sqlite_database};
use tokio::{task::JoinSet, time::Instant};

use crate::doubles::{Direct, Shared};

pub(crate) const SOURCE: &str = "ledger";
pub(crate) const SINK: &str = "audit";

/// The tables of both.
pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(schema::House), Box::new(EffectTable)]
    }
}

struct EffectTable;

impl MigrationName for EffectTable {
    fn name(&self) -> &str {
        "m0001_effect"
    }
}

/// Nothing in it is unique: an effect that happens twice must show.
#[async_trait::async_trait]
impl MigrationTrait for EffectTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("effect")
            .col(pk_auto("id"))
            .col(big_integer("position"))
            .col(string("subject"))
            .to_owned();
        manager.create_table(table).await
    }
}

/// A source whose events end as rows of a sink.
pub(crate) struct Bench {
    pub(crate) source: Store,
    pub(crate) sink: Store,
    pub(crate) upstream: Arc<Direct>,
    pub(crate) nats: Option<Nats>,
    pub(crate) topology: Topology,
    pub(crate) databases: [TestDatabase; 2],
}

/// Runs a test on SQLite and then on PostgreSQL.
pub(crate) async fn on_both(url: Option<&str>, test: impl AsyncFn(Bench)) {
    test(Bench::sqlite(url).await).await;
    test(Bench::postgres(url).await).await;
}

impl Bench {
    pub(crate) async fn sqlite(url: Option<&str>) -> Self {
        let databases = [
            sqlite_database::<Migrator>().await,
            sqlite_database::<Migrator>().await,
        ];
        Self::new(databases, url).await
    }

    pub(crate) async fn postgres(url: Option<&str>) -> Self {
        let databases = [
            postgres_database::<Migrator>().await,
            postgres_database::<Migrator>().await,
        ];
        Self::new(databases, url).await
    }

    async fn new(databases: [TestDatabase; 2], url: Option<&str>) -> Self {
        // A prefix of its own keeps it apart from the other tests on the same broker.
        let topology = Topology::new(format!("{}-", runtime::new_id().simple()));
        let nats = match url {
            Some(url) => Some(connect(url, &topology).await),
            None => None,
        };
        let [source, sink] = [&databases[0].database, &databases[1].database];
        Self {
            source: Store::new(source.clone(), SOURCE),
            sink: Store::new(sink.clone(), SINK),
            upstream: Arc::new(Direct::new(source.clone())),
            nats,
            topology,
            databases,
        }
    }

    /// Commits one event about a subject.
    pub(crate) async fn write(&self, subject: &str) {
        write(&self.source, subject).await;
    }

    /// Commits events from several writers at once.
    pub(crate) async fn write_many(&self, writers: usize, each: usize) {
        let mut tasks = JoinSet::new();
        for writer in 0..writers {
            let store = self.source.clone();
            tasks.spawn(async move {
                for n in 0..each {
                    write(&store, &format!("{writer}-{n}")).await;
                }
            });
        }
        tasks.join_all().await;
    }

    /// Gives every committed event its position, without publishing any.
    pub(crate) async fn stamp(&self) {
        let database = self.source.database();
        let ttl = jiff::SignedDuration::from_secs(60);
        let lease = database.acquire("relay", "stamp", ttl).await.unwrap();
        let lease = lease.expect("no relay runs meanwhile");
        while database.stamp(&lease, 500).await.unwrap().unwrap().count > 0 {}
        database.release(&lease).await.unwrap();
    }

    pub(crate) fn relay(&self) -> Running {
        self.relay_of(self.source.clone())
    }

    pub(crate) fn relay_of(&self, source: Store) -> Running {
        let relay = Relay::new(source, self.nats.clone());
        Running::start(|stop| relay.run(stop))
    }

    pub(crate) fn consumer(&self) -> Running {
        self.consumer_with(Shared::default())
    }

    pub(crate) fn consumer_with(&self, recorder: Shared) -> Running {
        let handler = Each::new(SINK, Arc::new(SystemClock), recorder);
        self.consumer_of(
            self.sink.clone(),
            self.upstream.clone(),
            Arc::new(handler),
            Arc::new(SystemClock),
        )
    }

    pub(crate) fn consumer_of(
        &self,
        sink: Store,
        upstream: Arc<dyn Upstream>,
        handler: Arc<dyn Handler>,
        clock: Arc<dyn Clock>,
    ) -> Running {
        let consumer = Consumer::new(sink, SOURCE, upstream, self.nats.clone(), handler, clock);
        Running::start(|stop| consumer.run(stop))
    }

    /// The effects in the order in which they happened: `(position, subject)`.
    pub(crate) async fn effects(&self) -> Vec<(u64, String)> {
        let database = self.sink.database();
        let rows = database
            .read()
            .query_all_raw(Statement::from_string(
                database.backend().sea(),
                "SELECT position, subject FROM effect ORDER BY id",
            ))
            .await
            .unwrap();
        rows.iter()
            .map(|row| {
                let position: i64 = row.try_get("", "position").unwrap();
                let subject = row.try_get("", "subject").unwrap();
                (u64::try_from(position).unwrap(), subject)
            })
            .collect()
    }

    /// What the source's journal holds, after a check that it is a chain without gaps.
    pub(crate) async fn journal(&self) -> Vec<(u64, String)> {
        let records = self
            .source
            .database()
            .records(1, u64::MAX >> 1)
            .await
            .unwrap();
        let mut previous = NO_HASH;
        let mut all = Vec::new();
        for (bytes, position) in records.iter().zip(1..) {
            let record = Record::decode(bytes).unwrap();
            assert_eq!((record.position, record.previous), (position, previous));
            previous = Sha256::digest(bytes).into();
            all.push((position, record.subject));
        }
        all
    }

    /// Waits until this many events have been handled or put aside.
    pub(crate) async fn arrived(&self, count: u64) {
        let what = format!("{count} events at the sink");
        eventually(&what, async || {
            (self.watermark().await >= count).then_some(())
        })
        .await;
    }

    /// Returns when the broker has taken everything up to this position.
    pub(crate) async fn published(&self, position: u64) {
        let what = format!("{position} events at the broker");
        eventually(&what, async || {
            let head = self.source.database().head().await.unwrap();
            (head.published == position).then_some(())
        })
        .await;
    }

    pub(crate) async fn watermark(&self) -> u64 {
        self.sink.database().watermark(SOURCE).await.unwrap()
    }

    /// What the sink has put aside.
    pub(crate) async fn quarantined(&self) -> Vec<Quarantined> {
        let database = self.sink.database();
        database.quarantined(None, ("", 0), 1_000).await.unwrap()
    }

    /// Waits for `count` events and proves that each had its effect once, in order.
    pub(crate) async fn all_once_in_order(&self, count: u64) {
        self.arrived(count).await;
        let journal = self.journal().await;
        assert_eq!(journal.len() as u64, count, "what was committed");
        assert_eq!(self.effects().await, journal);
        assert_eq!(self.watermark().await, count);
    }

    /// The sink or the source as a second process sees it.
    pub(crate) async fn reopened(&self, name: &'static str) -> Store {
        let test = &self.databases[usize::from(name == SINK)];
        Store::new(Database::open(&test.options).await.unwrap(), name)
    }
}

pub(crate) async fn connect(url: &str, topology: &Topology) -> Nats {
    Nats::connect(url, None, topology.clone(), 1).await.unwrap()
}

pub(crate) async fn write(store: &Store, subject: &str) {
    let context = Context::new(Actor::Service(SOURCE.into()), SystemClock.now(), "request");
    write_in(store, subject, context).await;
}

/// The same as part of some request.
pub(crate) async fn write_in(store: &Store, subject: &str, context: Context) {
    let event = SystemRetired {
        system_id: subject.to_owned(),
    };
    let mut unit = store.unit(context).await.unwrap();
    unit.record("system", subject, Outgoing::new(&event, []));
    unit.commit().await.unwrap();
}

/// A relay or a consumer at work. Dropped, it is gone as if killed: nothing is released.
pub(crate) struct Running {
    stop: CancellationToken,
    task: JoinSet<Result<(), DbErr>>,
}

impl Running {
    fn start<F>(run: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = Result<(), DbErr>> + Send + 'static,
    {
        let stop = CancellationToken::new();
        let mut task = JoinSet::new();
        task.spawn(run(stop.clone()));
        Self { stop, task }
    }

    /// Tells it to stop, waits for it, and says how long that took.
    pub(crate) async fn stop(mut self) -> Duration {
        let start = Instant::now();
        self.stop.cancel();
        self.task.join_next().await.unwrap().unwrap().unwrap();
        start.elapsed()
    }

    /// Gone without a word, and certainly gone.
    pub(crate) async fn kill(mut self) {
        self.task.shutdown().await;
    }
}
