//! A collector that keeps what it is sent.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use futures::TryFutureExt as _;
use opentelemetry_proto::tonic::{
    collector::{
        metrics::v1::{
            ExportMetricsServiceRequest, ExportMetricsServiceResponse,
            metrics_service_server::{MetricsService, MetricsServiceServer},
        },
        trace::v1::{
            ExportTraceServiceRequest, ExportTraceServiceResponse,
            trace_service_server::{TraceService, TraceServiceServer},
        },
    },
    common::v1::any_value::Value,
    resource::v1::Resource,
};
use tokio::{net::TcpListener, task::JoinHandle};
use tonic::{
    Request, Response, Status,
    transport::{Server, server::TcpIncoming},
};

use crate::harness::Platform;

/// A span, of which process; ids in hexadecimal.
#[derive(Debug, Clone)]
pub(super) struct Span {
    process: String,
    name: String,
    trace: String,
    pub(super) id: String,
    pub(super) parent: String,
}

/// Spans, and which process measured what.
#[derive(Debug, Default)]
struct Told {
    spans: Vec<Span>,
    measured: BTreeSet<(String, String)>,
}

#[derive(Clone, Default)]
struct Ear(Arc<Mutex<Told>>);

/// See the module. Dropped, it is gone.
pub(super) struct Collector {
    pub(super) uri: String,
    ear: Ear,
    serving: JoinHandle<()>,
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Collector {
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let ear = Ear::default();
        let serving = Server::builder()
            .add_service(TraceServiceServer::new(ear.clone()))
            .add_service(MetricsServiceServer::new(ear.clone()))
            .serve_with_incoming(TcpIncoming::from(listener))
            .unwrap_or_else(|error| panic!("the collector: {error}"));
        #[expect(
            clippy::disallowed_methods,
            reason = "a test's own task, ended with what it serves"
        )]
        let serving = tokio::spawn(serving);
        Self {
            uri: format!("http://{address}"),
            ear,
            serving,
        }
    }

    /// A span of a trace, once its process has sent it.
    pub(super) async fn span(
        &self,
        platform: &Platform,
        trace: &str,
        process: &str,
        name: &str,
    ) -> Span {
        let what = format!("{process}: {name}");
        platform
            .until(&what, async || {
                let told = self.ear.told();
                let wanted = |span: &&Span| {
                    span.trace == trace && span.process == process && span.name == name
                };
                told.spans.iter().find(wanted).cloned()
            })
            .await
    }

    /// The names of all that a process has measured and sent.
    pub(super) fn measured_by(&self, process: &str) -> BTreeSet<String> {
        let told = self.ear.told();
        let of_it = told.measured.iter().filter(|(by, _)| by == process);
        of_it.map(|(_, name)| name.clone()).collect()
    }
}

impl Ear {
    fn told(&self) -> std::sync::MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[tonic::async_trait]
impl TraceService for Ear {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        for of_process in request.into_inner().resource_spans {
            let process = process(of_process.resource);
            let spans = of_process.scope_spans.into_iter().flat_map(|of| of.spans);
            self.told().spans.extend(spans.map(|span| Span {
                process: process.clone(),
                name: span.name,
                trace: hex(&span.trace_id),
                id: hex(&span.span_id),
                parent: hex(&span.parent_span_id),
            }));
        }
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Ear {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        for of_process in request.into_inner().resource_metrics {
            let process = process(of_process.resource);
            let scopes = of_process.scope_metrics.into_iter();
            let metrics = scopes.flat_map(|of| of.metrics);
            let names = metrics.map(|metric| (process.clone(), metric.name));
            self.told().measured.extend(names);
        }
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

/// `service.name`: a service of its own, or `sekisho`.
fn process(resource: Option<Resource>) -> String {
    let attributes = resource.unwrap_or_default().attributes.into_iter();
    let mut named = attributes.filter(|attribute| attribute.key == "service.name");
    let value = named.next().and_then(|one| one.value?.value);
    match value {
        Some(Value::StringValue(name)) => name,
        other => panic!("a process without a name: {other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
