//! Records that can never be handled are put aside; everything else is tried until it works.

use std::sync::atomic::Ordering;

use sea_orm::{ConnectionTrait as _, Statement};
use store::Database;
use testkit::{eventually, shared_nats};

use crate::{
    bench::{Bench, on_both},
    doubles::Shared,
};

/// Destroys a record at its source, before anybody has read it.
async fn spoil(bench: &Bench, position: i64) {
    let database = bench.source.database();
    let done = database
        .migrations()
        .execute_raw(Statement::from_sql_and_values(
            database.backend().sea(),
            "UPDATE journal SET record = $1 WHERE position = $2",
            [b"\xff\xffspoilt".to_vec().into(), position.into()],
        ))
        .await
        .unwrap();
    assert_eq!(done.rows_affected(), 1);
}

/// Position, bytes and reason of what was put aside.
async fn aside(database: &Database) -> Vec<(i64, Vec<u8>, String)> {
    let rows = database
        .read()
        .query_all_raw(Statement::from_string(
            database.backend().sea(),
            "SELECT position, record, reason FROM quarantine ORDER BY position",
        ))
        .await
        .unwrap();
    rows.iter()
        .map(|row| {
            (
                row.try_get("", "position").unwrap(),
                row.try_get("", "record").unwrap(),
                row.try_get("", "reason").unwrap(),
            )
        })
        .collect()
}

async fn poisoned_ones_are_put_aside(url: Option<&str>) {
    on_both(url, async |bench| {
        for n in 1..=40 {
            let refused = [1, 7, 8, 40].contains(&n);
            bench
                .write(&format!("{}-{n}", if refused { "refused" } else { "good" }))
                .await;
        }
        bench.stamp().await;
        let records = bench.source.database().records(1, 40).await.unwrap();
        spoil(&bench, 20).await;
        // Both are there before the consumer comes: good and bad meet in one batch.
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.arrived(40).await;
        consumer.stop().await;
        relay.stop().await;

        let put_aside = aside(bench.sink.database()).await;
        let found: Vec<_> = put_aside.iter().map(|(position, ..)| *position).collect();
        assert_eq!(found, [1, 7, 8, 20, 40]);
        for (position, bytes, reason) in put_aside {
            if position == 20 {
                assert_eq!(bytes, b"\xff\xffspoilt");
                assert!(reason.contains("CloudEvent"), "{reason}");
            } else {
                assert_eq!(bytes, records[usize::try_from(position).unwrap() - 1]);
                assert!(
                    reason.contains(&format!("never refused-{position}")),
                    "{reason}"
                );
            }
        }
        let handled: Vec<_> = bench.effects().await;
        let good: Vec<_> = (1..=40)
            .filter(|n| !found.contains(&i64::try_from(*n).unwrap()))
            .map(|n| (n, format!("good-{n}")))
            .collect();
        assert_eq!(
            handled, good,
            "neighbours are handled, the refused leave nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn poison_brought_by_the_broker_is_put_aside_and_its_neighbours_are_handled() {
    poisoned_ones_are_put_aside(Some(shared_nats())).await;
}

#[tokio::test]
async fn poison_fetched_from_the_source_is_put_aside_and_its_neighbours_are_handled() {
    poisoned_ones_are_put_aside(None).await;
}

#[tokio::test]
async fn a_database_in_trouble_is_waited_for_and_nothing_is_put_aside() {
    on_both(Some(shared_nats()), async |bench| {
        let recorder = Shared::default();
        recorder.0.broken.store(true, Ordering::Relaxed);
        let (relay, consumer) = (bench.relay(), bench.consumer_with(recorder.clone()));
        bench.write_many(2, 20).await;
        eventually("several attempts", async || {
            (recorder.0.trouble.load(Ordering::Relaxed) > 2).then_some(())
        })
        .await;
        assert_eq!(bench.watermark().await, 0);
        recorder.0.broken.store(false, Ordering::Relaxed);
        bench.all_once_in_order(40).await;
        assert_eq!(aside(bench.sink.database()).await, []);
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}
