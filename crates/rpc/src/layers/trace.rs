//! The outermost layer: a request id, a span within the caller's trace, and the metrics.

use std::{sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::HeaderValue;
use runtime::{
    metrics,
    trace::{traceparent, traceparent_of},
};
use tonic::Code;
use tracing::{Instrument, Span, field::Empty, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{
    body::Watched,
    call::{self, Call},
    layers::error_of,
    shell::{Shell, seconds},
};

pub(crate) async fn trace(
    State(shell): State<Arc<Shell>>,
    mut request: Request,
    next: Next,
) -> Response {
    let method = shell.label(request.uri().path());
    let mut call = Call::read(request.uri().path(), request.headers());
    let span = info_span!(
        "rpc",
        otel.name = method,
        otel.kind = "server",
        rpc.system = "grpc",
        rpc.method = method,
        request_id = call.request_id,
        actor = Empty,
        rpc.grpc.status = Empty,
    );
    let caller = call::remote_trace(request.headers());
    // Fails only when no trace is being recorded; then the caller's own context is passed on.
    let _ = span.set_parent(caller.clone());
    call.traceparent = traceparent(&span).or_else(|| traceparent_of(&caller));
    let request_id = HeaderValue::from_str(&call.request_id);
    request.extensions_mut().insert(call);

    let mut answered = Answered::new(method, span.clone());
    let mut response = next.run(request).instrument(span).await;
    if let Some(status) = error_of(&response) {
        answered.with(status.code());
    }
    if let Ok(id) = request_id {
        response.headers_mut().insert(call::REQUEST_ID, id);
    }
    let stop = shell.stop.clone();
    response.map(|body| Body::new(Watched::new(body, answered, stop)))
}

/// Counts one RPC when it is over, however it ends.
#[derive(Debug)]
pub(crate) struct Answered {
    method: &'static str,
    started: Instant,
    span: Span,
    code: Option<Code>,
}

impl Answered {
    fn new(method: &'static str, span: Span) -> Self {
        metrics::rpc().in_flight(1);
        Self {
            method,
            started: Instant::now(),
            span,
            code: None,
        }
    }

    /// The first code is the one that counts.
    pub(crate) fn with(&mut self, code: Code) {
        self.code.get_or_insert(code);
    }
}

impl Drop for Answered {
    fn drop(&mut self) {
        // No code at the end: the caller went away.
        let code = name(self.code.unwrap_or(Code::Cancelled));
        self.span.record("rpc.grpc.status", code);
        metrics::rpc().in_flight(-1);
        metrics::rpc().record(self.method, code, seconds(self.started));
    }
}

const fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
