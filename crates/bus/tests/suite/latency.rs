//! From commit to effect on an idle system. Printed, not judged: run with `--nocapture`.

use testkit::shared_nats;
use tokio::time::Instant;

use crate::{
    bench::{Bench, write},
    doubles::Shared,
};

#[tokio::test]
async fn commit_to_effect_on_an_idle_system() {
    for (name, bench) in [
        ("SQLite", Bench::sqlite(Some(shared_nats())).await),
        ("PostgreSQL", Bench::postgres(Some(shared_nats())).await),
        ("SQLite without a broker", Bench::sqlite(None).await),
    ] {
        let recorder = Shared::default();
        let mut committed = recorder.0.committed.subscribe();
        let (relay, consumer) = (bench.relay(), bench.consumer_with(recorder));
        let mut taken = Vec::new();
        for position in 1..=60_u64 {
            write(&bench.source, "one").await;
            let start = Instant::now();
            committed.wait_for(|seen| *seen >= position).await.unwrap();
            taken.push(start.elapsed());
        }
        bench.all_once_in_order(60).await;
        taken.sort();
        println!(
            "{name}: commit to effect p50 {:?}, p90 {:?}, slowest {:?}",
            taken[30], taken[54], taken[59]
        );
        consumer.stop().await;
        relay.stop().await;
    }
}
