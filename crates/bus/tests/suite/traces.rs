//! A trace goes on from the request through the record to what a consumer does about it.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bus::{Each, RecordHandler, Trouble};
use kernel::{Actor, Clock as _, Context};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::{
    error::OTelSdkResult,
    trace::{SdkTracerProvider, SpanData, SpanExporter},
};
use proto::{
    ledger::v1::SystemRetired,
    record::{Outgoing, Record},
};
use runtime::SystemClock;
use store::Unit;
use testkit::eventually;
use tracing_subscriber::{Layer as _, filter::filter_fn, layer::SubscriberExt as _};

use crate::bench::{Bench, SINK, write_in};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

/// Keeps the spans of the one trace that ended; other tests of this process are not its business.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<SpanData>>>);

impl SpanExporter for Kept {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let own = batch.into_iter().filter(|span| {
            let links = span.links.iter().map(|link| &link.span_context);
            let mut contexts = links.chain([&span.span_context]);
            contexts.any(|context| context.trace_id().to_string() == TRACE)
        });
        self.0.lock().unwrap().extend(own);
        Ok(())
    }
}

impl Kept {
    /// A span may end on a thread of the database's a little later.
    async fn named(&self, name: &str) -> SpanData {
        eventually(name, async || {
            let spans = self.0.lock().unwrap();
            spans.iter().find(|span| span.name == name).cloned()
        })
        .await
    }
}

/// Answers every record with an event of its own.
struct Answering;

#[async_trait]
impl RecordHandler for Answering {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let event = SystemRetired {
            system_id: record.subject.clone(),
        };
        unit.record("answer", &record.subject, Outgoing::new(&event, []));
        Ok(())
    }
}

#[tokio::test]
async fn a_consumers_work_and_what_it_leads_to_are_part_of_the_requests_trace() {
    let kept = Kept::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(kept.clone())
        .build();
    // Of the whole process: what other threads have met before it is there would stay unseen.
    let spans = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("test"))
        .with_filter(filter_fn(|of| of.target().starts_with("bus")));
    let subscriber = tracing_subscriber::registry().with(spans);
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let bench = Bench::sqlite(None).await;
    let context = Context {
        traceparent: Some(format!("00-{TRACE}-{SPAN}-01")),
        ..Context::new(Actor::Anonymous, SystemClock.now(), "request-7")
    };
    write_in(&bench.source, "S-1", context).await;
    bench.stamp().await;
    let consumer = bench.consumer_of(
        bench.sink.clone(),
        bench.upstream.clone(),
        Arc::new(Each::new(SINK, Arc::new(SystemClock), Answering)),
        Arc::new(SystemClock),
    );
    bench.arrived(1).await;
    consumer.stop().await;

    let handled = kept
        .named("audit handles sekisho.ledger.v1.SystemRetired")
        .await;
    assert_eq!(handled.span_context.trace_id().to_string(), TRACE);
    assert_eq!(handled.parent_span_id.to_string(), SPAN);
    let batch = kept.named("audit consumes ledger").await;
    let links: Vec<_> = batch.links.iter().collect();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].span_context.trace_id().to_string(), TRACE);
    assert_eq!(links[0].span_context.span_id().to_string(), SPAN);

    let cause = bench.source.database().records(1, 1).await.unwrap();
    let cause = Record::decode(&cause[0]).unwrap();
    let answer = {
        let database = bench.sink.database();
        let lease = database.acquire("relay", "test", jiff::SignedDuration::from_secs(60));
        database
            .stamp(&lease.await.unwrap().unwrap(), 1)
            .await
            .unwrap();
        Record::decode(&database.records(1, 1).await.unwrap()[0]).unwrap()
    };
    assert_eq!(answer.causation, Some(cause.id));
    assert_eq!(answer.correlation, "request-7");
    let own = handled.span_context.span_id();
    assert_eq!(answer.traceparent, Some(format!("00-{TRACE}-{own}-01")));
}
