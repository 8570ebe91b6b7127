//! Traces that go on where records go: W3C trace contexts as text, to and from spans.

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator as _},
    trace::TraceContextExt as _,
};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

struct Header<'a>(&'a str);

impl Extractor for Header<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

fn remote(traceparent: &str) -> Context {
    TraceContextPropagator::new().extract_with_context(&Context::new(), &Header(traceparent))
}

/// Makes a span part of the trace that a `traceparent` names. What is none changes nothing.
pub fn join(span: &Span, traceparent: &str) {
    // Fails only when no trace is being recorded.
    let _ = span.set_parent(remote(traceparent));
}

/// Makes a span name another trace that it has to do with.
pub fn link(span: &Span, traceparent: &str) {
    span.add_link(remote(traceparent).span().span_context().clone());
}

/// The `traceparent` of what is done within a span; none when no trace is being recorded.
pub fn traceparent(span: &Span) -> Option<String> {
    let context = span.context();
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| {
        let (trace, id, flags) = (span.trace_id(), span.span_id(), span.trace_flags());
        format!("00-{trace}-{id}-{flags:02x}")
    })
}
