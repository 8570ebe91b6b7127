//! Several replicas of a consumer: one is active, another takes over, a late one is fenced off.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bus::{Each, SourceHead, Unreachable, Upstream};
use bytes::Bytes;
use jiff::SignedDuration;
use runtime::SystemClock;
use store::Database;
use testkit::{eventually, expire_lease, shared_nats};

use crate::{
    bench::{Bench, SINK, SOURCE, on_both},
    doubles::{Direct, Shared},
};

async fn replica(bench: &Bench) -> crate::bench::Running {
    let handler = Each::new(SINK, Arc::new(SystemClock), Shared::default());
    bench.consumer_of(
        bench.reopened(SINK).await,
        bench.upstream.clone(),
        Arc::new(handler),
        Arc::new(SystemClock),
    )
}

#[tokio::test]
async fn two_replicas_have_one_effect_and_one_takes_over_when_the_other_is_killed() {
    let bench = Bench::postgres(Some(shared_nats())).await;
    let relay = bench.relay();
    let first = replica(&bench).await;
    bench.write("first").await;
    bench.arrived(1).await;
    let second = replica(&bench).await;
    bench.write_many(4, 50).await;
    bench.all_once_in_order(201).await;

    // Killed with a lease in force and messages taken that nobody will acknowledge.
    let (_, ()) = tokio::join!(bench.write_many(4, 50), first.kill());
    bench.all_once_in_order(401).await;
    bench.write_many(2, 10).await;
    bench.all_once_in_order(421).await;
    second.stop().await;
    relay.stop().await;
}

/// A process that gives up its lease in good order is followed at once.
#[tokio::test]
async fn a_replica_that_stops_hands_over() {
    let bench = Bench::postgres(Some(shared_nats())).await;
    let relay = bench.relay();
    for round in 0..3 {
        let replica = replica(&bench).await;
        bench.write_many(2, 20).await;
        bench.arrived((round + 1) * 40).await;
        replica.stop().await;
        let lease = bench.sink.database();
        let free = lease
            .acquire("consumer:ledger", "test", SignedDuration::ZERO)
            .await
            .unwrap();
        lease.release(&free.expect("released")).await.unwrap();
    }
    bench.all_once_in_order(120).await;
    relay.stop().await;
}

/// While the consumer waits for records, somebody else takes its lease, and only then do the
/// records come. The thief never gives it back.
struct Thief {
    inner: Arc<Direct>,
    sink: Database,
    reads: AtomicU64,
}

#[async_trait]
impl Upstream for Thief {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        self.inner.head().await
    }

    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable> {
        expire_lease(&self.sink, "consumer:ledger").await;
        let ttl = SignedDuration::from_hours(24);
        let stolen = self.sink.acquire("consumer:ledger", "thief", ttl).await;
        assert!(stolen.unwrap().is_some());
        let records = self.inner.read(from, limit).await;
        self.reads.fetch_add(1, Ordering::Relaxed);
        records
    }
}

#[tokio::test]
async fn a_consumer_that_lost_its_lease_cannot_commit() {
    on_both(None, async |bench| {
        bench.write_many(2, 20).await;
        bench.stamp().await;
        let thief = Arc::new(Thief {
            inner: bench.upstream.clone(),
            sink: bench.reopened(SINK).await.database().clone(),
            reads: AtomicU64::new(0),
        });
        let recorder = Shared::default();
        let consumer = bench.consumer_of(
            bench.sink.clone(),
            thief.clone(),
            Arc::new(Each::new(SINK, Arc::new(SystemClock), recorder)),
            Arc::new(SystemClock),
        );
        eventually("the theft", async || {
            (thief.reads.load(Ordering::Relaxed) > 0).then_some(())
        })
        .await;
        // Stopping finishes what is in hand: here, records without a lease.
        consumer.stop().await;
        assert_eq!(bench.effects().await, []);
        assert_eq!(bench.watermark().await, 0);
        assert_eq!(bench.quarantined().await, []);
        assert_eq!(SOURCE, bench.source.source());
    })
    .await;
}
