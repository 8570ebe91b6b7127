//! Whoever can write to the broker can make a consumer ask the source, and nothing else.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use async_trait::async_trait;
use bus::{Each, SourceHead, Unreachable, Upstream};
use bytes::Bytes;
use proto::record::Hash;
use runtime::SystemClock;
use sha2::{Digest as _, Sha256};
use testkit::{eventually, shared_nats};

use crate::{
    bench::{Bench, SINK, SOURCE, on_both},
    broker::Outsider,
    doubles::{Direct, Shared, forged},
};

fn id(position: u64) -> String {
    format!("{SOURCE}:{position}")
}

fn hash(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// A source with so many records that nobody publishes, and an outsider at its stream.
async fn unpublished(bench: &Bench, count: u64) -> (Vec<Vec<u8>>, Outsider) {
    for n in 1..=count {
        bench.write(&format!("true-{n}")).await;
    }
    bench.stamp().await;
    let nats = bench.nats.as_ref().unwrap();
    eventually("the broker", async || nats.is_connected().then_some(())).await;
    let records = bench.source.database().records(1, count).await.unwrap();
    (records, Outsider::new(shared_nats(), bench).await)
}

/// Everything about it is right, the predecessor's hash included: only the source can tell.
#[tokio::test]
async fn a_forged_newest_record_has_no_effect() {
    on_both(Some(shared_nats()), async |bench| {
        // Its head is never told, so that the message alone says that there is something.
        bench.upstream.mute.store(true, Ordering::Relaxed);
        let consumer = bench.consumer();
        let (records, broker) = unpublished(&bench, 6).await;
        broker.stream().await;
        for (record, position) in records[..5].iter().zip(1..) {
            broker.publish(Some(&id(position)), record).await;
        }
        bench.arrived(5).await;
        let lie = forged(SOURCE, "lie", 6, &hash(&records[4]));
        broker.publish(Some(&id(6)), &lie).await;
        bench.all_once_in_order(6).await;
        consumer.stop().await;
    })
    .await;
}

/// The source knows the last of the run; the lie is before it.
#[tokio::test]
async fn a_forged_record_between_true_ones_has_no_effect() {
    on_both(Some(shared_nats()), async |bench| {
        bench.upstream.mute.store(true, Ordering::Relaxed);
        let (records, broker) = unpublished(&bench, 10).await;
        // All of it is there before anybody listens, and arrives together.
        let consumer = bench.consumer();
        broker.stream().await;
        consumer.stop().await;
        let lie = forged(SOURCE, "lie", 5, &hash(&records[3]));
        for (record, position) in records.iter().zip(1..) {
            let bytes = if position == 5 { &lie } else { record };
            broker.publish(Some(&id(position)), bytes).await;
        }
        let consumer = bench.consumer();
        bench.all_once_in_order(10).await;
        consumer.stop().await;
    })
    .await;
}

/// The place of a record that is not there yet is taken on the broker, which then takes the true one
/// for a repeat.
#[tokio::test]
async fn a_record_forged_before_its_time_does_not_stand_in_the_true_ones_way() {
    on_both(Some(shared_nats()), async |bench| {
        let consumer = bench.consumer();
        let (records, broker) = unpublished(&bench, 3).await;
        broker.stream().await;
        let lie = forged(SOURCE, "lie", 4, &hash(&records[2]));
        broker.publish(Some(&id(4)), &lie).await;
        bench.all_once_in_order(3).await;
        let relay = bench.relay();
        bench.write("true-4").await;
        bench.all_once_in_order(4).await;
        relay.stop().await;
        consumer.stop().await;
    })
    .await;
}

/// Answers everything but what it is asked to vouch for.
struct Unsure {
    inner: Arc<Direct>,
    asked: AtomicBool,
}

#[async_trait]
impl Upstream for Unsure {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        self.inner.head().await
    }

    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable> {
        self.inner.read(from, limit).await
    }

    async fn vouch(&self, position: u64) -> Result<Option<Bytes>, Unreachable> {
        self.asked.store(true, Ordering::Relaxed);
        self.inner.vouch(position).await
    }
}

#[tokio::test]
async fn what_nobody_vouches_for_waits_for_the_source() {
    on_both(Some(shared_nats()), async |bench| {
        bench.upstream.go_away();
        bench.upstream.silent.store(true, Ordering::Relaxed);
        let upstream = Arc::new(Unsure {
            inner: Arc::clone(&bench.upstream),
            asked: AtomicBool::new(false),
        });
        let handler = Each::new(SINK, Arc::new(SystemClock), Shared::default());
        let consumer = bench.consumer_of(
            bench.sink.clone(),
            upstream.clone(),
            Arc::new(handler),
            Arc::new(SystemClock),
        );
        let relay = bench.relay();
        bench.write_many(2, 10).await;
        eventually("the question", async || {
            upstream.asked.load(Ordering::Relaxed).then_some(())
        })
        .await;
        assert_eq!(bench.watermark().await, 0);
        bench.upstream.silent.store(false, Ordering::Relaxed);
        bench.upstream.come_back();
        bench.all_once_in_order(20).await;
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}
