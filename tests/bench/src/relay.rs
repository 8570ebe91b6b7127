//! Row 5: the relay drains a journal, against a plain pipelined publish of the same bytes.

use std::time::Instant;

use async_nats::jetstream::{self, context::Context as JetStream};
use bus::{Nats, Relay, Topology};
use runtime::CancellationToken;
use store::Store;
use testkit::{eventually, shared_nats};
use tokio::task::JoinSet;

use crate::{
    engine,
    measure::{Compared, ROUNDS},
    records::{self, OnlyHouse},
    table::{Goal, Line},
};

const SOURCE: &str = "identity";
const RECORDS: usize = 20_000;
/// Messages sent before their acknowledgements are awaited: as many as the relay sends.
const WINDOW: usize = 500;

pub(crate) async fn row() -> Vec<Line> {
    let client = async_nats::connect(shared_nats()).await.expect("a broker");
    let jetstream = jetstream::new(client);
    let mut lines = Vec::new();
    for engine in engine::BOTH {
        let mut compared = Compared::default();
        for _ in 0..ROUNDS {
            let (_files, database) = engine::database::<OnlyHouse>(engine).await;
            let store = Store::new(database, SOURCE);
            records::commit(&store, RECORDS).await;
            let ours = drain(&store, &jetstream).await;
            let all = store.database().records(1, RECORDS as u64).await;
            let beside = publish(&jetstream, all.expect("the records")).await;
            compared.by(ours, beside);
        }
        let name = engine::name(engine);
        lines.push(Line::ratio(
            5,
            format!("the relay drains {RECORDS} records, {name}; plain pipelined publish"),
            compared,
            "/s",
            Goal::AtLeast(0.15),
        ));
    }
    lines
}

fn topology() -> Topology {
    Topology::new(format!("b{}-", runtime::new_id().simple()))
}

/// Stamped, chained, published, acknowledged and noted: records a second.
async fn drain(store: &Store, jetstream: &JetStream) -> f64 {
    let topology = topology();
    let stream = topology.stream(SOURCE);
    let nats = Nats::connect(shared_nats(), None, topology, 1).await;
    let nats = nats.expect("an address");
    eventually("a connection to the broker", async || {
        nats.is_connected().then_some(())
    })
    .await;
    let relay = Relay::new(store.clone(), Some(nats));
    let stop = CancellationToken::new();
    let mut running = JoinSet::new();
    let began = Instant::now();
    running.spawn(relay.run(stop.clone()));
    eventually("everything is published", async || {
        let head = store.database().head().await.expect("the head");
        (head.published == RECORDS as u64).then_some(())
    })
    .await;
    let rate = RECORDS as f64 / began.elapsed().as_secs_f64();
    stop.cancel();
    for ended in running.join_all().await {
        ended.expect("the relay ends well");
    }
    jetstream.delete_stream(stream).await.expect("its stream");
    rate
}

async fn publish(jetstream: &JetStream, records: Vec<Vec<u8>>) -> f64 {
    let topology = topology();
    let stream = topology.stream(SOURCE);
    let config = topology.stream_config(SOURCE, 1);
    jetstream.create_stream(config).await.expect("a stream");
    let subject = topology.subject(SOURCE, "decision", "AccessEvaluated");
    let count = records.len();
    let began = Instant::now();
    let mut records = records.into_iter();
    loop {
        let mut acks = Vec::with_capacity(WINDOW);
        for record in records.by_ref().take(WINDOW) {
            let sent = jetstream.publish(subject.clone(), record.into()).await;
            acks.push(sent.expect("it is sent"));
        }
        if acks.is_empty() {
            break;
        }
        for ack in acks {
            ack.await.expect("it is stored");
        }
    }
    let rate = count as f64 / began.elapsed().as_secs_f64();
    jetstream.delete_stream(stream).await.expect("its stream");
    rate
}
