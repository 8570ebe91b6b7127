//! Telemetry is set up once for the whole process, so this test has a process of its own.

use opentelemetry::trace::TraceContextExt;
use runtime::{
    Tasks,
    config::{LogFormat, Telemetry},
    metrics, telemetry,
};
use tracing_opentelemetry::OpenTelemetrySpanExt;

#[tokio::test]
async fn once_set_up_spans_have_trace_ids_and_metrics_name_the_process() {
    let section = Telemetry {
        log: LogFormat::Json,
        ..Telemetry::default()
    };
    let guard = telemetry::init(&section, "sekisho-test").expect("the first time");
    let span = tracing::info_span!("work");
    let context = span.context();
    assert!(context.span().span_context().is_valid());

    metrics::relay().lag("ledger", 1.5);
    let page = metrics::exposition().expect("a page");
    assert!(
        page.contains("sekisho_relay_lag_seconds{source=\"ledger\"} 1.5"),
        "{page}"
    );
    assert!(page.contains("service_name=\"sekisho-test\""), "{page}");

    assert!(telemetry::init(&section, "sekisho-test").is_err(), "twice");
    let tasks = Tasks::default();
    guard.flush_at_the_end(&tasks);
    tasks.stop().await;
    assert_eq!(tasks.failure(), None);
}
