//! Whatever the broker makes of the stream, the effects are those of the source's journal.

use std::sync::atomic::Ordering;

use testkit::{measured, shared_nats};

use crate::{
    bench::{Bench, SOURCE, on_both},
    broker::Outsider,
};

const ALL: u64 = 300;

/// A fixed shuffle of 1..=count.
fn shuffled(count: u64) -> Vec<u64> {
    let mut positions: Vec<u64> = (1..=count).collect();
    let mut state = 88_172_645_463_325_252_u64;
    for at in (1..positions.len()).rev() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        positions.swap(at, usize::try_from(state % (at as u64 + 1)).unwrap());
    }
    positions
}

async fn stamped(bench: &Bench) -> Vec<Vec<u8>> {
    bench.write_many(4, 75).await;
    bench.stamp().await;
    bench.source.database().records(1, ALL).await.unwrap()
}

/// The source's head is never told, so that the broker's messages alone say what there is.
#[tokio::test]
async fn messages_repeated_reordered_and_dropped_change_nothing() {
    on_both(Some(shared_nats()), async |bench| {
        bench.upstream.mute.store(true, Ordering::Relaxed);
        let consumer = bench.consumer();
        let broker = Outsider::new(shared_nats(), &bench).await;
        broker.stream().await;
        let records = stamped(&bench).await;
        for position in shuffled(ALL) {
            let bytes = &records[usize::try_from(position - 1).unwrap()];
            if position.is_multiple_of(7) {
                continue;
            }
            // Ids that the broker takes for different ones and that mean the same.
            for width in 1..=usize::try_from(position % 3).unwrap() + 1 {
                let id = format!("{SOURCE}:{position:0width$}", width = width * 4);
                broker.publish(Some(&id), bytes).await;
            }
        }
        bench.all_once_in_order(ALL).await;
        consumer.stop().await;
        bench.all_once_in_order(ALL).await;
    })
    .await;
    let source = format!("source=\"{SOURCE}\"");
    assert!(measured("sekisho_consumer_gaps_total", &[&source]) > 0.0);
}

#[tokio::test]
async fn what_the_broker_drops_from_the_end_is_fetched_from_the_source() {
    on_both(Some(shared_nats()), async |bench| {
        let consumer = bench.consumer();
        Outsider::new(shared_nats(), &bench).await.stream().await;
        stamped(&bench).await;
        bench.all_once_in_order(ALL).await;
        consumer.stop().await;
    })
    .await;
}

#[tokio::test]
async fn messages_that_are_not_the_platforms_are_passed_over() {
    on_both(Some(shared_nats()), async |bench| {
        bench.upstream.mute.store(true, Ordering::Relaxed);
        let consumer = bench.consumer();
        let broker = Outsider::new(shared_nats(), &bench).await;
        broker.stream().await;
        let records = stamped(&bench).await;
        let beyond = format!("{SOURCE}:{}", ALL + 1);
        let furthest = format!("{SOURCE}:{}", u64::MAX);
        for (id, payload) in [
            (None, records[0].as_slice()),
            (None, b"\xff\xff"),
            (Some("identity:1"), &records[0]),
            (Some("ledger:first"), &records[0]),
            (Some("ledger:0"), &records[0]),
            (Some("ledger:-1"), &records[0]),
            (Some(beyond.as_str()), b"\xff\xff"),
            (Some(furthest.as_str()), b"\xff\xff"),
        ] {
            broker.publish(id, payload).await;
        }
        for (bytes, position) in records.iter().zip(1_u64..) {
            let id = format!("{SOURCE}:{position}");
            match position % 10 {
                // Damaged on the broker.
                3 => broker.publish(Some(&id), b"\xff\xff").await,
                // Another record under this one's name.
                5 => broker.publish(Some(&id), &records[0]).await,
                _ => broker.publish(Some(&id), bytes).await,
            }
        }
        bench.all_once_in_order(ALL).await;
        let aside = bench.quarantined().await;
        assert_eq!(aside, [], "the source's own bytes are good");
        consumer.stop().await;
    })
    .await;
}
