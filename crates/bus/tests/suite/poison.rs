//! Records that can never be handled are put aside; everything else is tried until it works.

use std::sync::atomic::Ordering;

use prost::Message as _;
use proto::{io::cloudevents::v1::CloudEvent, record::source_uri};
use sea_orm::{ConnectionTrait as _, Statement};
use store::quarantine::Quarantined;
use testkit::{eventually, shared_nats};

use crate::{
    bench::{Bench, SOURCE, on_both},
    doubles::Shared,
};

/// Commits an event that nobody can read, though it names its source.
async fn write_unreadable(bench: &Bench) {
    let draft = CloudEvent {
        source: source_uri(SOURCE),
        ..CloudEvent::default()
    };
    write_draft(bench, "unreadable", draft.encode_to_vec()).await;
}

/// Commits bytes of which nothing but the relay's stamp can be read.
async fn write_garbage(bench: &Bench) {
    write_draft(bench, "garbage", vec![0xff; 40]).await;
}

async fn write_draft(bench: &Bench, id: &str, draft: Vec<u8>) {
    let database = bench.source.database();
    database
        .migrations()
        .execute_raw(Statement::from_sql_and_values(
            database.backend().sea(),
            "INSERT INTO journal (record_id, aggregate, subject, kind, record) \
             VALUES ($1, 'system', '', 'sekisho.ledger.v1.Unreadable', $2)",
            [id.into(), draft.into()],
        ))
        .await
        .unwrap();
}

async fn poisoned_ones_are_put_aside(url: Option<&str>) {
    on_both(url, async |bench| {
        for n in 1..=40 {
            match n {
                20 => write_unreadable(&bench).await,
                21 => write_garbage(&bench).await,
                1 | 7 | 8 | 40 => bench.write(&format!("refused-{n}")).await,
                _ => bench.write(&format!("good-{n}")).await,
            }
        }
        bench.stamp().await;
        let records = bench.source.database().records(1, 40).await.unwrap();
        // Both are there before the consumer comes: good and bad meet in one batch.
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.arrived(40).await;
        consumer.stop().await;
        relay.stop().await;

        let put_aside = bench.quarantined().await;
        let found: Vec<_> = put_aside.iter().map(|one| one.position).collect();
        assert_eq!(found, [1, 7, 8, 20, 21, 40]);
        for Quarantined {
            position,
            record,
            reason,
            ..
        } in put_aside
        {
            assert_eq!(record, records[usize::try_from(position).unwrap() - 1]);
            let expected = match position {
                20 => "the attribute subject".to_owned(),
                21 => "not a CloudEvent".to_owned(),
                _ => format!("never refused-{position}"),
            };
            assert!(reason.contains(&expected), "{reason}");
        }
        let handled: Vec<_> = bench.effects().await;
        let good: Vec<_> = (1..=40)
            .filter(|n| !found.contains(n))
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
        assert_eq!(bench.quarantined().await, []);
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}

/// The database is well; it is the record that does not fit into it.
#[tokio::test]
async fn what_the_database_will_always_refuse_is_put_aside_and_its_neighbours_are_handled() {
    on_both(None, async |bench| {
        for subject in ["good-1", "violates-2", "violates-3", "good-4"] {
            bench.write(subject).await;
        }
        bench.stamp().await;
        let consumer = bench.consumer();
        bench.arrived(4).await;
        consumer.stop().await;
        let found: Vec<_> = bench.quarantined().await;
        let found: Vec<_> = found.iter().map(|one| one.position).collect();
        assert_eq!(found, [2, 3]);
        let good = [(1, "good-1".to_owned()), (4, "good-4".to_owned())];
        assert_eq!(bench.effects().await, good);
    })
    .await;
}
