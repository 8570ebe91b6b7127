//! The broker dies, forgets, or never was there; the source goes away and comes back.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use testkit::{NatsServer, eventually, shared_nats};
use tokio::task::JoinSet;

use crate::{
    bench::{Bench, SINK, SOURCE, on_both, write},
    broker::Outsider,
};

/// Writers that go on until told to stop; every one of their commands must be answered.
struct Writers {
    enough: Arc<AtomicBool>,
    written: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

impl Writers {
    fn start(bench: &Bench) -> Self {
        let (enough, written) = (Arc::new(AtomicBool::new(false)), Arc::default());
        let mut tasks = JoinSet::new();
        for writer in 0..3 {
            let (store, enough) = (bench.source.clone(), Arc::clone(&enough));
            let written: Arc<AtomicU64> = Arc::clone(&written);
            tasks.spawn(async move {
                for n in 0.. {
                    if enough.load(Ordering::Relaxed) {
                        return;
                    }
                    write(&store, &format!("{writer}-{n}")).await;
                    written.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                }
            });
        }
        Self {
            enough,
            written,
            tasks,
        }
    }

    /// Waits until more has been written; the count then.
    async fn go_on(&self) -> u64 {
        let goal = self.written.load(Ordering::Relaxed) + 60;
        eventually("writers that go on", async || {
            Some(self.written.load(Ordering::Relaxed)).filter(|written| *written >= goal)
        })
        .await
    }

    async fn stop(self) -> u64 {
        self.enough.store(true, Ordering::Relaxed);
        self.tasks.join_all().await;
        self.written.load(Ordering::Relaxed)
    }
}

/// Proves that the broker brings news again, by making the source unreachable.
async fn broker_brings_news(bench: &Bench, so_far: u64) {
    // Whoever subscribed anew has caught up when one more arrived.
    bench.write("again").await;
    bench.arrived(so_far + 1).await;
    bench.upstream.go_away();
    for n in 0..20 {
        bench.write(&format!("news-{n}")).await;
    }
    bench.all_once_in_order(so_far + 21).await;
    bench.upstream.come_back();
}

#[tokio::test]
async fn a_broker_killed_and_wiped_stops_no_command_and_loses_no_effect() {
    let mut server = NatsServer::start();
    for round in 0..2 {
        if round > 0 {
            server.restart();
        }
        let bench = match round {
            0 => Bench::sqlite(Some(&server.url())).await,
            _ => Bench::postgres(Some(&server.url())).await,
        };
        let (relay, consumer) = (bench.relay(), bench.consumer());
        let writers = Writers::start(&bench);
        writers.go_on().await;

        server.kill_and_wipe();
        let meanwhile = writers.go_on().await;
        bench.arrived(meanwhile).await;

        server.restart();
        writers.go_on().await;
        server.kill_and_wipe();
        server.restart();
        writers.go_on().await;
        let all = writers.stop().await;
        bench.all_once_in_order(all).await;
        broker_brings_news(&bench, all).await;

        consumer.stop().await;
        relay.stop().await;
        server.kill_and_wipe();
    }
}

#[tokio::test]
async fn a_broker_that_is_away_at_the_start_is_found_when_it_comes() {
    let mut server = NatsServer::start();
    server.kill_and_wipe();
    let bench = Bench::postgres(Some(&server.url())).await;
    assert!(!bench.nats.as_ref().unwrap().is_connected());
    let (relay, consumer) = (bench.relay(), bench.consumer());
    bench.write_many(4, 50).await;
    bench.all_once_in_order(200).await;
    server.restart();
    broker_brings_news(&bench, 200).await;
    consumer.stop().await;
    relay.stop().await;
}

/// On both databases: what comes after this was done to the broker arrives, and by the broker again.
async fn made_good(trouble: impl AsyncFn(&Outsider, &Bench)) {
    on_both(Some(shared_nats()), async |bench| {
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.write_many(4, 25).await;
        bench.arrived(100).await;
        bench.published(100).await;
        trouble(&Outsider::new(shared_nats(), &bench).await, &bench).await;
        bench.write_many(4, 25).await;
        bench.all_once_in_order(200).await;
        broker_brings_news(&bench, 200).await;
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_stream_is_made_again() {
    made_good(async |broker, _| broker.delete_stream().await).await;
}

/// Some brokers lose the files of a stream that is made again just after it was deleted.
#[tokio::test]
async fn a_stream_that_the_broker_cannot_store_into_is_made_again() {
    made_good(async |broker, _| broker.spoil_stream().await).await;
}

#[tokio::test]
async fn a_deleted_durable_is_made_again() {
    made_good(async |broker, bench| {
        let durable = bench.topology.durable_config(SINK).durable_name.unwrap();
        broker.delete_durable(&durable).await;
    })
    .await;
}

#[tokio::test]
async fn a_source_that_was_killed_goes_on_where_it_was() {
    on_both(Some(shared_nats()), async |bench| {
        let (relay, consumer) = (bench.relay(), bench.consumer());
        bench.write_many(4, 25).await;
        bench.arrived(40).await;
        relay.kill().await;
        bench.upstream.go_away();
        let restarted = bench.reopened(SOURCE).await;
        for n in 0..30 {
            write(&restarted, &format!("after-{n}")).await;
        }
        let relay = bench.relay_of(restarted);
        bench.all_once_in_order(130).await;
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}
