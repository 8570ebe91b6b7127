//! The instruments of the house, made once per process; docs/metrics.md lists them.
//!
//! They work whether or not telemetry was set up, so that no test needs to. Labels are bounded
//! words only: methods, codes, services, clauses; never a person or a document.
//!
//! Whoever counts says so with `begin` before anything happens: what is first seen at 1 has not
//! increased to anybody who looks, and the alarm that waits for it stays silent.

mod bus;
mod decisions;
mod http;
mod rpc;

use std::{sync::OnceLock, time::Duration};

use opentelemetry::{
    InstrumentationScope,
    metrics::{Gauge, Meter, MeterProvider as _},
};
use opentelemetry_otlp::{MetricExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    metrics::{PeriodicReader, SdkMeterProvider},
};
use prometheus::{Registry, TextEncoder};

pub use bus::{Consumer, Relay};
pub use decisions::Decisions;
pub use http::Http;
pub use rpc::Rpc;

use super::TelemetryError;
use crate::config::Telemetry;

const EXPORT_EVERY: Duration = Duration::from_secs(15);

struct Metrics {
    provider: SdkMeterProvider,
    registry: Registry,
    meter: Meter,
    rpc: Rpc,
    http: Http,
    relay: Relay,
    consumer: Consumer,
    decisions: Decisions,
    clock: Gauge<f64>,
}

static METRICS: OnceLock<Metrics> = OnceLock::new();

fn get() -> &'static Metrics {
    METRICS.get_or_init(|| Metrics::new(SdkMeterProvider::builder()))
}

impl Metrics {
    fn new(provider: opentelemetry_sdk::metrics::MeterProviderBuilder) -> Self {
        let registry = Registry::new();
        let pull = opentelemetry_prometheus::exporter()
            .with_registry(registry.clone())
            .scope_info_enabled(false)
            .without_units()
            .build()
            .expect("a new registry takes its first collector");
        let provider = provider.with_reader(pull).build();
        let meter = provider.meter_with_scope(InstrumentationScope::builder("sekisho").build());
        Self {
            registry,
            rpc: Rpc::new(&meter),
            http: Http::new(&meter),
            relay: Relay::new(&meter),
            consumer: Consumer::new(&meter),
            decisions: Decisions::new(&meter),
            clock: meter
                .f64_gauge("sekisho_clock_offset_seconds")
                .with_description("How far the wall clock has left the monotonic one")
                .build(),
            provider,
            meter,
        }
    }
}

/// Requests, errors, durations.
pub fn rpc() -> &'static Rpc {
    &get().rpc
}

/// Connections to HTTP ports.
pub fn http() -> &'static Http {
    &get().http
}

/// How many seconds the wall clock is ahead of where it should be since the process began.
pub fn clock_offset(seconds: f64) {
    get().clock.record(seconds, &[]);
}

/// Journals on their way to the bus.
pub fn relay() -> &'static Relay {
    &get().relay
}

/// Records on their way from the bus.
pub fn consumer() -> &'static Consumer {
    &get().consumer
}

/// Decisions, refusals, exceptions.
pub fn decisions() -> &'static Decisions {
    &get().decisions
}

/// For a service's own instruments; names begin with `sekisho_<service>_`.
pub fn meter() -> &'static Meter {
    &get().meter
}

/// Everything measured, in Prometheus' text format.
///
/// # Errors
/// When two instruments disagree about a name.
pub fn exposition() -> Result<String, prometheus::Error> {
    TextEncoder::new().encode_to_string(&get().registry.gather())
}

/// Adds the OTLP reader, when one is configured. Too late once something was measured: then the
/// process has only `/metrics`, and says so.
pub(super) fn init(section: &Telemetry, resource: Resource) -> Result<(), TelemetryError> {
    let mut provider = SdkMeterProvider::builder().with_resource(resource);
    if let Some(endpoint) = &section.otlp_endpoint {
        let exporter = MetricExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .build()?;
        let push = PeriodicReader::builder(exporter)
            .with_interval(EXPORT_EVERY)
            .build();
        provider = provider.with_reader(push);
    }
    if METRICS.set(Metrics::new(provider)).is_err() {
        tracing::warn!("metrics were in use before telemetry was set up; they are not exported");
    }
    Ok(())
}

pub(super) fn flush() {
    if let Some(metrics) = METRICS.get()
        && let Err(error) = metrics.provider.force_flush()
    {
        tracing::warn!(%error, "the last metrics were not sent");
    }
}
