//! What HTTP ports do not bear with.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Meter},
};

/// The instruments of HTTP ports.
#[derive(Debug)]
pub struct Http {
    turned_away: Counter<u64>,
}

impl Http {
    pub(super) fn new(meter: &Meter) -> Self {
        Self {
            turned_away: meter
                .u64_counter("sekisho_http_connections_turned_away")
                .with_description("Connections to HTTP ports that were closed, by port and reason")
                .build(),
        }
    }

    /// A connection was closed for that reason (one word).
    pub fn turned_away(&self, port: &'static str, reason: &'static str) {
        let labels = [KeyValue::new("port", port), KeyValue::new("reason", reason)];
        self.turned_away.add(1, &labels);
    }
}
