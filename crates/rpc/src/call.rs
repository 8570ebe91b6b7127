//! What is known of a request before anyone looks inside it.

use std::sync::Arc;

use http::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// The header a caller may send its own id in, and gets the id back in.
pub(crate) const REQUEST_ID: &str = "x-request-id";
const IDEMPOTENCY_KEY: &str = "idempotency-key";
const MAX_CHARS: usize = 64;

/// One request, carried in its extensions.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// Full method, as sent.
    pub(crate) method: Arc<str>,
    /// The caller's id, or one of ours when it sent none that can be printed.
    pub(crate) request_id: String,
    /// W3C trace context of the work on it.
    pub(crate) traceparent: Option<String>,
    /// As sent; `Err` when it is not one.
    pub(crate) idempotency_key: Result<Option<String>, ()>,
}

impl Call {
    pub(crate) fn read(method: &str, headers: &HeaderMap) -> Self {
        Self {
            method: method.into(),
            request_id: request_id(headers),
            traceparent: None,
            idempotency_key: text(headers, IDEMPOTENCY_KEY),
        }
    }
}

/// The id of a request over HTTP, by the rule of the gRPC port: the caller's own `x-request-id` if it can
/// be printed, or a new one.
pub fn request_id(headers: &HeaderMap) -> String {
    let given = text(headers, REQUEST_ID).ok().flatten();
    given.unwrap_or_else(|| runtime::new_id().to_string())
}

/// A header of 1 to 64 visible ASCII characters, given once or not at all.
fn text(headers: &HeaderMap, name: &str) -> Result<Option<String>, ()> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let fits = !value.is_empty()
        && value.len() <= MAX_CHARS
        && value.as_bytes().iter().all(u8::is_ascii_graphic);
    match value.to_str() {
        Ok(text) if fits && values.next().is_none() => Ok(Some(text.to_owned())),
        _ => Err(()),
    }
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).and_then(|value| value.to_str().ok())
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(http::HeaderName::as_str).collect()
    }
}

/// The trace a request says it is part of.
pub(crate) fn remote_trace(headers: &HeaderMap) -> opentelemetry::Context {
    TraceContextPropagator::new().extract(&Headers(headers))
}

#[cfg(test)]
mod tests {
    use runtime::trace::traceparent_of;

    use super::*;

    #[test]
    fn an_id_that_cannot_be_printed_is_replaced_and_a_key_is_refused() {
        for (value, good) in [
            ("order-66", true),
            ("a b", false),
            ("", false),
            ("\u{e9}", false),
            (&"x".repeat(64), true),
            (&"x".repeat(65), false),
        ] {
            let mut headers = HeaderMap::new();
            for name in [REQUEST_ID, IDEMPOTENCY_KEY] {
                let value = http::HeaderValue::from_bytes(value.as_bytes()).expect("a header");
                headers.insert(name, value);
            }
            let call = Call::read("/a.B/C", &headers);
            assert_eq!(call.request_id == value, good, "{value:?}");
            assert_eq!(call.idempotency_key.is_ok(), good, "{value:?}");
            assert!(!call.request_id.is_empty());
        }
        let none = Call::read("/a.B/C", &HeaderMap::new());
        assert_eq!(none.idempotency_key, Ok(None));
    }

    #[test]
    fn a_trace_is_taken_over_from_its_header() {
        let sent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", sent.parse().expect("a header"));
        let taken = traceparent_of(&remote_trace(&headers));
        assert_eq!(taken.as_deref(), Some(sent));
        headers.insert("traceparent", "nonsense".parse().expect("a header"));
        assert_eq!(traceparent_of(&remote_trace(&headers)), None);
    }
}
