//! Everything arrives once and in order: by the broker alone, by the source alone, by both.

use std::sync::atomic::Ordering;

use testkit::shared_nats;

use crate::bench::{on_both, write};

const WRITERS: usize = 8;
const EACH: usize = 150;
const ALL: u64 = (WRITERS * EACH) as u64;

#[tokio::test]
async fn what_concurrent_writers_commit_has_its_effect_once_and_in_order() {
    on_both(Some(shared_nats()), async |bench| {
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.write_many(WRITERS, EACH).await;
        bench.all_once_in_order(ALL).await;
        consumer.stop().await;
        relay.stop().await;
        bench.all_once_in_order(ALL).await;
    })
    .await;
}

#[tokio::test]
async fn the_broker_alone_brings_everything() {
    on_both(Some(shared_nats()), async |bench| {
        bench.upstream.go_away();
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.write_many(WRITERS, EACH).await;
        bench.all_once_in_order(ALL).await;
        assert_eq!(bench.upstream.given.load(Ordering::Relaxed), 0);
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}

#[tokio::test]
async fn without_any_broker_everything_still_arrives() {
    on_both(None, async |bench| {
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.write_many(WRITERS, EACH).await;
        bench.all_once_in_order(ALL).await;
        assert_eq!(bench.upstream.given.load(Ordering::Relaxed), ALL);
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}

/// Positions are given after commits: a transaction that commits late comes later, in every order.
#[tokio::test]
async fn a_consumer_that_starts_late_gets_what_was_before_and_what_comes_meanwhile() {
    on_both(Some(shared_nats()), async |bench| {
        let relay = bench.relay();
        bench.write_many(2, 600).await;
        let consumer = bench.consumer();
        let late = bench.reopened(crate::bench::SOURCE).await;
        for n in 0..50 {
            write(&late, &format!("late-{n}")).await;
        }
        bench.all_once_in_order(1_250).await;
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}
