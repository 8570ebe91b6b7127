//! On the way out: what is committed is stamped and published, and nothing holds it up.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bus::{Each, SourceHead, Unreachable, Upstream};
use bytes::Bytes;
use runtime::SystemClock;
use store::Store;
use testkit::{NatsServer, shared_nats};
use tokio::sync::Notify;

use crate::{
    bench::{Bench, SINK, SOURCE, write},
    doubles::{Direct, Shared},
};

/// A second is promised; more is allowed for on a busy machine. Waiting for what hangs takes five.
const SOON: Duration = Duration::from_secs(3);

#[tokio::test]
async fn the_relay_stamps_and_publishes_what_is_committed_before_it_stops() {
    let bench = Bench::sqlite(Some(shared_nats())).await;
    let relay = bench.relay();
    bench.write("first").await;
    bench.published(1).await;
    // Through another handle, which does not wake the relay.
    let quiet = Store::new(bench.source.database().clone(), SOURCE);
    for n in 0..700 {
        write(&quiet, &n.to_string()).await;
    }
    assert!(relay.stop().await < SOON);
    let head = bench.source.database().head().await.unwrap();
    assert_eq!((head.position, head.published), (701, 701));
}

#[tokio::test]
async fn a_broker_that_is_away_does_not_keep_the_relay_from_stopping() {
    let mut server = NatsServer::start();
    let bench = Bench::sqlite(Some(&server.url())).await;
    let relay = bench.relay();
    bench.write("first").await;
    bench.published(1).await;
    server.kill_and_wipe();
    bench.write_many(2, 50).await;
    assert!(relay.stop().await < SOON);
    assert_eq!(bench.source.database().head().await.unwrap().position, 101);
    let start = tokio::time::Instant::now();
    bench.nats.as_ref().unwrap().close().await;
    assert!(start.elapsed() < SOON);
}

/// A source behind a half-open connection: it never answers.
#[derive(Default)]
struct Hanging {
    reads: bool,
    /// But for this: one that vouches for what the broker brings.
    vouches: Option<Arc<Direct>>,
    asked: Notify,
}

#[async_trait]
impl Upstream for Hanging {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        if self.reads {
            return Ok(SourceHead {
                position: 10,
                committed: 10,
                hash: vec![],
            });
        }
        self.asked.notify_one();
        std::future::pending().await
    }

    async fn read(&self, _: u64, _: u32) -> Result<Vec<Bytes>, Unreachable> {
        self.asked.notify_one();
        std::future::pending().await
    }

    async fn vouch(&self, position: u64) -> Result<Option<Bytes>, Unreachable> {
        match &self.vouches {
            Some(source) => source.vouch(position).await,
            None => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn a_source_that_hangs_does_not_keep_the_consumer_from_stopping() {
    for reads in [false, true] {
        let bench = Bench::sqlite(None).await;
        let upstream = Arc::new(Hanging {
            reads,
            ..Hanging::default()
        });
        let handler = Each::new(SINK, Arc::new(SystemClock), Shared::default());
        let consumer = bench.consumer_of(
            bench.sink.clone(),
            upstream.clone(),
            Arc::new(handler),
            Arc::new(SystemClock),
        );
        upstream.asked.notified().await;
        assert!(consumer.stop().await < SOON);
    }
}

#[tokio::test]
async fn a_question_that_hangs_does_not_hold_up_what_the_broker_brings() {
    let bench = Bench::postgres(Some(shared_nats())).await;
    let upstream = Arc::new(Hanging {
        vouches: Some(Arc::clone(&bench.upstream)),
        ..Hanging::default()
    });
    let handler = Each::new(SINK, Arc::new(SystemClock), Shared::default());
    let consumer = bench.consumer_of(
        bench.sink.clone(),
        upstream.clone(),
        Arc::new(handler),
        Arc::new(SystemClock),
    );
    upstream.asked.notified().await;
    let relay = bench.relay();
    bench.write_many(4, 50).await;
    bench.all_once_in_order(200).await;
    assert!(consumer.stop().await < SOON);
    relay.stop().await;
}
