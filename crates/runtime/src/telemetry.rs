//! What the process tells of itself: logs to standard error, traces and metrics by OpenTelemetry.

pub mod metrics;
pub mod trace;

use std::io::IsTerminal as _;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{LevelFilter, ParseError},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    Tasks,
    config::{LogFormat, Telemetry},
};

/// Why telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter is not one.
    #[error("telemetry.filter is not a filter")]
    Filter(#[from] ParseError),
    /// The exporter cannot be built.
    #[error("telemetry.otlp_endpoint cannot be used")]
    Exporter(#[from] opentelemetry_otlp::ExporterBuildError),
    /// Someone has set up logging before.
    #[error("telemetry is set up already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Holds what must be flushed at the end.
#[derive(Debug)]
#[must_use = "dropping the guard at once stops the export of traces"]
pub struct Guard {
    traces: SdkTracerProvider,
}

impl Guard {
    /// Sends what is still held back when everything else has stopped; failures are logged, since
    /// nobody is left to answer to.
    pub fn flush_at_the_end(self, tasks: &Tasks) {
        tasks.at_the_end("runtime: telemetry", async move {
            tokio::task::spawn_blocking(move || self.flush()).await
        });
    }

    fn flush(self) {
        if let Err(error) = self.traces.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
        metrics::flush();
    }
}

/// Sets up logs, traces and metrics for a process of that name (`sekisho`, `sekisho-ledger`).
/// Call it once, inside the async runtime.
///
/// Spans get trace ids even when they are exported nowhere, so that every record can be tied to
/// its request.
///
/// # Errors
/// When the section cannot be used, or on a second call.
pub fn init(section: &Telemetry, process: &str) -> Result<Guard, TelemetryError> {
    let resource = Resource::builder()
        .with_service_name(process.to_owned())
        .build();
    metrics::init(section, resource.clone())?;

    let mut traces = SdkTracerProvider::builder().with_resource(resource);
    if let Some(endpoint) = &section.otlp_endpoint {
        let exporter = SpanExporter::builder()
            .with_tonic()
            .with_endpoint(endpoint)
            .build()?;
        traces = traces.with_batch_exporter(exporter);
    }
    let traces = traces.build();
    let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer("sekisho"));

    // Without a terminal nobody sees colours; on one, NO_COLOR is honoured by the library.
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match std::io::stderr().is_terminal() {
        true => lines,
        false => lines.with_ansi(false),
    };
    let lines = match section.log {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    // The filter is for what people read; a quiet terminal must not end the traces.
    tracing_subscriber::registry()
        .with(lines.with_filter(section.filter.parse::<EnvFilter>()?))
        .with(spans.with_filter(LevelFilter::INFO))
        .try_init()?;
    Ok(Guard { traces })
}
