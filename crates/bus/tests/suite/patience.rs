//! What may not be the record's own fault is waited for, and the record is not put aside for it.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use bus::{Consumer, Delivery, Handler, StillAside, Trouble};
use kernel::{Actor, Clock as _, Context};
use runtime::SystemClock;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use store::{
    Backend, Failure, Unit,
    quarantine::{self, Quarantined},
    watermark,
};

use crate::bench::{Bench, SOURCE, on_both};

/// More often than a record is tried that the database refuses for its content.
const OFTEN: u32 = 12;
/// A row of the sink that every record needs and none brought.
const SHARED: &str = "shared";

/// What a handler may meet.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// A row is there already that was to be unique.
    Duplicate,
    /// Another transaction was quicker, as the database says it.
    Serialisation,
    /// Another transaction was quicker, as a version says it.
    Version,
    /// The shared row cannot be read.
    Unreadable,
}

impl Fault {
    async fn meet(self, unit: &Unit) -> Trouble {
        let (tx, backend) = (unit.tx(), unit.backend());
        let told = match self {
            Self::Duplicate => {
                let twice = "INSERT INTO lease (name, holder, epoch, expires_at) \
                             VALUES ('x', 'a', 1, 1), ('x', 'b', 1, 1)";
                tx.execute_unprepared(twice).await.unwrap_err()
            }
            Self::Serialisation => {
                let lost = "DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40001'; END $$";
                tx.execute_unprepared(lost).await.unwrap_err()
            }
            Self::Version => return Failure::<Infallible>::Contended(None).into(),
            Self::Unreadable => {
                let read = watermark::get(tx, backend, SHARED).await;
                return read.unwrap_err().into();
            }
        };
        let failure = Failure::<Infallible>::from(told);
        assert!(matches!(failure, Failure::Contended(_)), "{failure:?}");
        failure.into()
    }
}

/// Meets a fault so often, and then works.
struct Unlucky {
    fault: Fault,
    left: AtomicU32,
    judges: bool,
}

impl Unlucky {
    fn new(fault: Fault, times: u32) -> Self {
        Self {
            fault,
            left: AtomicU32::new(times),
            judges: false,
        }
    }
}

#[async_trait]
impl Handler for Unlucky {
    async fn handle(&self, unit: &mut Unit, _: &[Delivery]) -> Result<(), Trouble> {
        let order = Ordering::Relaxed;
        match self
            .left
            .fetch_update(order, order, |left| left.checked_sub(1))
        {
            Ok(_) => Err(self.fault.meet(unit).await),
            Err(_) => Ok(()),
        }
    }

    fn judges_history(&self) -> bool {
        self.judges
    }
}

async fn spoil_the_shared_row(bench: &Bench) {
    let database = bench.sink.database();
    let sql = "INSERT INTO watermark (source, position, hash) VALUES ($1, 1, $2)";
    let values = [SHARED.into(), b"no hash".to_vec().into()];
    let statement = Statement::from_sql_and_values(database.backend().sea(), sql, values);
    database.migrations().execute_raw(statement).await.unwrap();
    let read = database.mark(SHARED).await;
    assert!(matches!(read, Err(DbErr::Type(_))), "{read:?}");
}

/// One record and a handler that is unlucky with it; it is handled in the end.
async fn handled_after_all(bench: &Bench, handler: Unlucky) {
    spoil_the_shared_row(bench).await;
    bench.write("good-1").await;
    bench.stamp().await;
    let (handler, clock) = (Arc::new(handler), Arc::new(SystemClock));
    let (sink, upstream) = (bench.sink.clone(), bench.upstream.clone());
    let consumer = bench.consumer_of(sink, upstream, handler.clone(), clock);
    bench.arrived(1).await;
    consumer.stop().await;
    assert_eq!(bench.quarantined().await, []);
    assert_eq!(handler.left.load(Ordering::Relaxed), 0, "it was met");
}

/// Another writer may have been there at the same time, and be gone at the next try.
#[tokio::test]
async fn a_row_that_is_there_already_is_no_reason_at_once() {
    on_both(None, async |bench| {
        handled_after_all(&bench, Unlucky::new(Fault::Duplicate, 2)).await;
    })
    .await;
}

#[tokio::test]
async fn a_record_is_never_put_aside_for_meeting_others() {
    on_both(None, async |bench| {
        let fault = match bench.sink.database().backend() {
            Backend::Postgres => Fault::Serialisation,
            Backend::Sqlite => Fault::Version,
        };
        handled_after_all(&bench, Unlucky::new(fault, OFTEN)).await;
    })
    .await;
}

#[tokio::test]
async fn a_record_is_never_put_aside_for_a_row_that_all_need_and_nobody_can_read() {
    on_both(None, async |bench| {
        handled_after_all(&bench, Unlucky::new(Fault::Unreadable, OFTEN)).await;
    })
    .await;
}

/// Audit has no place for what it did not take in: it waits, and people see that it does.
#[tokio::test]
async fn whoever_judges_histories_misses_no_record_for_what_the_database_says() {
    on_both(None, async |bench| {
        let handler = Unlucky {
            judges: true,
            ..Unlucky::new(Fault::Duplicate, OFTEN)
        };
        handled_after_all(&bench, handler).await;
    })
    .await;
}

/// An operator who is told that a record is unfit would look for a fault that it does not have.
#[tokio::test]
async fn a_try_from_quarantine_that_met_others_is_worth_another() {
    on_both(None, async |bench| {
        bench.write("aside-1").await;
        bench.stamp().await;
        put_aside(&bench).await;
        let consumer = Consumer::new(
            bench.sink.clone(),
            SOURCE,
            bench.upstream.clone(),
            None,
            Arc::new(Unlucky::new(Fault::Version, 1)),
            Arc::new(SystemClock),
        );
        let retry = consumer.retry();
        let met = retry.run(1, context()).await;
        assert!(matches!(met, Err(StillAside::Database(_))), "{met:?}");
        assert_eq!(bench.quarantined().await.len(), 1);
        retry.run(1, context()).await.unwrap();
        assert_eq!(bench.quarantined().await, []);
    })
    .await;
}

fn context() -> Context {
    let actor = Actor::Workload("operator".into());
    Context::new(actor, SystemClock.now(), "test")
}

async fn put_aside(bench: &Bench) {
    let records = bench.source.database().records(1, 1).await.unwrap();
    let record = Quarantined {
        source: SOURCE.to_owned(),
        position: 1,
        record: records[0].clone(),
        reason: "for a test".to_owned(),
        at: "2026-04-01T00:00:00Z".parse().unwrap(),
    };
    let unit = bench.sink.unit(context()).await.unwrap();
    quarantine::put(unit.tx(), unit.backend(), &record)
        .await
        .unwrap();
    unit.commit().await.unwrap();
}
