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
    let remote = remote(traceparent);
    // A parent that is none would cut the span off from the one it stands in.
    if remote.span().span_context().is_valid() {
        // Fails only when no trace is being recorded.
        let _ = span.set_parent(remote);
    }
}

/// Makes a span name another trace that it has to do with.
pub fn link(span: &Span, traceparent: &str) {
    span.add_link(remote(traceparent).span().span_context().clone());
}

/// The `traceparent` of what is done within a span; none when no trace is being recorded.
pub fn traceparent(span: &Span) -> Option<String> {
    traceparent_of(&span.context())
}

/// The `traceparent` of a context; none when it is part of no trace.
pub fn traceparent_of(context: &Context) -> Option<String> {
    let span = context.span();
    let span = span.span_context();
    span.is_valid().then(|| {
        let (trace, id, flags) = (span.trace_id(), span.span_id(), span.trace_flags());
        format!("00-{trace}-{id}-{flags:02x}")
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry::trace::{TraceId, TracerProvider as _};
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing::info_span;
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    const SENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn trace_of(span: &Span) -> TraceId {
        span.context().span().span_context().trace_id()
    }

    /// The traces of a span and of one within it that joins a `traceparent`.
    fn within_and_joined_to(traceparent: &str) -> [TraceId; 2] {
        let provider = SdkTracerProvider::default();
        let spans = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        let subscriber = tracing_subscriber::registry().with(spans);
        tracing::subscriber::with_default(subscriber, || {
            let outer = info_span!("outer");
            let inner = outer.in_scope(|| info_span!("inner"));
            join(&inner, traceparent);
            [trace_of(&outer), trace_of(&inner)]
        })
    }

    #[test]
    fn a_span_joins_a_trace_and_is_not_cut_off_by_what_names_none() {
        let [_, joined] = within_and_joined_to(SENT);
        assert_eq!(joined.to_string(), "0af7651916cd43dd8448eb211c80319c");
        for none in ["nonsense", "", "00-0-0-00"] {
            let [outer, inner] = within_and_joined_to(none);
            assert_ne!(outer, TraceId::INVALID);
            assert_eq!(inner, outer, "{none:?}");
        }
    }

    #[test]
    fn a_trace_is_written_as_it_was_read() {
        assert_eq!(traceparent_of(&remote(SENT)).as_deref(), Some(SENT));
        assert_eq!(traceparent_of(&remote("nonsense")), None);
    }
}
