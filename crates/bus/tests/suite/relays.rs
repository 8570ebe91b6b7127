//! Two relays of one source, and records that the broker cannot take.

use std::{
    collections::BTreeSet,
    sync::atomic::{AtomicU64, Ordering},
};

use sea_orm::{ConnectionTrait as _, Statement};
use store::{Database, Store};
use testkit::{eventually, expire_lease, shared_nats};

use crate::{
    bench::{Bench, SOURCE, on_both},
    broker::Outsider,
};

async fn epoch(database: &Database) -> i64 {
    let row = database
        .read()
        .query_one_raw(Statement::from_string(
            database.backend().sea(),
            "SELECT epoch FROM lease WHERE name = 'relay'",
        ))
        .await
        .unwrap();
    row.map_or(0, |row| row.try_get("", "epoch").unwrap())
}

#[tokio::test]
async fn two_relays_leave_no_gap_and_publish_the_same_bytes() {
    on_both(Some(shared_nats()), async |bench| {
        let relays = [
            bench.relay_of(bench.reopened(SOURCE).await),
            bench.relay_of(bench.reopened(SOURCE).await),
        ];
        let consumer = bench.consumer();
        let written = AtomicU64::new(0);
        eventually("the lease to change hands", async || {
            bench.write_many(2, 5).await;
            written.fetch_add(10, Ordering::Relaxed);
            let epoch = epoch(bench.source.database()).await;
            if epoch > 0 {
                expire_lease(bench.source.database(), "relay").await;
            }
            (epoch > 3).then_some(())
        })
        .await;
        let written = written.into_inner();
        bench.all_once_in_order(written).await;
        bench.published(written).await;

        let records = bench.source.database().records(1, written).await.unwrap();
        let mut seen = BTreeSet::new();
        for (id, bytes) in Outsider::new(shared_nats(), &bench).await.content().await {
            let position = bus::Topology::position(SOURCE, &id).unwrap();
            let expected = &records[usize::try_from(position).unwrap() - 1];
            assert_eq!(&bytes, expected, "record {position}");
            seen.insert(position);
        }
        assert_eq!(seen.len(), records.len());
        consumer.stop().await;
        for relay in relays {
            relay.stop().await;
        }
    })
    .await;
}

/// An operator must hear that two do the same job.
#[tokio::test]
async fn a_relay_whose_work_another_has_taken_says_so() {
    on_both(None, async |bench| {
        // Counters are the whole process's: a name that no other test uses.
        let source = match bench.source.database().backend() {
            store::Backend::Postgres => "displaced-postgres",
            store::Backend::Sqlite => "displaced-sqlite",
        };
        let database = bench.source.database();
        let relay = bench.relay_of(Store::new(database.clone(), source));
        eventually("a relay at work", async || {
            (epoch(database).await > 0).then_some(())
        })
        .await;
        expire_lease(database, "relay").await;
        let minute = jiff::SignedDuration::from_mins(1);
        let taken = database.acquire("relay", "another", minute).await.unwrap();
        assert!(taken.is_some(), "it was free");
        let name = format!("sekisho_relay_displaced_total{{source=\"{source}\"}} ");
        eventually("word of it", async || {
            let page = runtime::metrics::exposition().unwrap();
            let value = page.lines().find_map(|line| line.strip_prefix(&name))?;
            (value == "1").then_some(())
        })
        .await;
        relay.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_record_too_large_for_the_broker_holds_up_nobody() {
    on_both(Some(shared_nats()), async |bench| {
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.write("before").await;
        bench.write(&"x".repeat(2 << 20)).await;
        bench.write("after").await;
        bench.published(3).await;
        bench.all_once_in_order(3).await;
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_relay_whose_stream_was_deleted_makes_it_again() {
    let bench = Bench::sqlite(Some(shared_nats())).await;
    let relay = bench.relay();
    let broker = Outsider::new(shared_nats(), &bench).await;
    bench.write("before").await;
    bench.published(1).await;
    broker.delete_stream().await;
    bench.write("after").await;
    bench.published(2).await;
    let records = bench.source.database().records(2, 1).await.unwrap();
    let [record] = records.try_into().unwrap();
    assert_eq!(broker.content().await, [("ledger:2".to_owned(), record)]);
    relay.stop().await;
}

/// Nothing is published here, and an operator must hear of it all the same.
#[tokio::test]
async fn what_cannot_be_stamped_shows_as_lag_also_without_a_broker() {
    on_both(None, async |bench| {
        // Gauges are the whole process's: a name that no other test uses.
        let source = Store::new(bench.source.database().clone(), "stampless");
        let relay = bench.relay_of(source);
        let shown = async |what: &str, fits: fn(f64) -> bool| {
            eventually(what, async || lag("stampless").filter(|lag| fits(*lag))).await
        };
        // Its place is taken by a row that no relay stamped.
        let database = bench.source.database();
        let taken = "INSERT INTO journal (record_id, aggregate, subject, kind, position, record) \
                     SELECT 'taken', 'system', '', 'none', 1, hash FROM head";
        let done = database.migrations().execute_unprepared(taken).await;
        done.unwrap();
        bench.write("waits").await;
        shown("a record that waits", |lag| lag > 0.5).await;
        let freed = "DELETE FROM journal WHERE record_id = 'taken'";
        let done = database.migrations().execute_unprepared(freed).await;
        done.unwrap();
        shown("nothing that waits", |lag| lag == 0.0).await;
        assert_eq!(bench.journal().await.len(), 1);
        relay.stop().await;
    })
    .await;
}

/// What the gauge of a source shows.
fn lag(source: &str) -> Option<f64> {
    let page = runtime::metrics::exposition().unwrap();
    let name = format!("sekisho_relay_lag_seconds{{source=\"{source}\"}} ");
    let value = page.lines().find_map(|line| line.strip_prefix(&name));
    value.map(|value| value.parse().unwrap())
}
