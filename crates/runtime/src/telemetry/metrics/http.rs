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

    /// A port is there, at which connections may be closed for these reasons: none was yet.
    pub fn begin(&self, port: &'static str, reasons: impl IntoIterator<Item = &'static str>) {
        for reason in reasons {
            self.count(0, port, reason);
        }
    }

    /// A connection was closed for that reason (one word).
    pub fn turned_away(&self, port: &'static str, reason: &'static str) {
        self.count(1, port, reason);
    }

    fn count(&self, closed: u64, port: &'static str, reason: &'static str) {
        let labels = [KeyValue::new("port", port), KeyValue::new("reason", reason)];
        self.turned_away.add(closed, &labels);
    }
}
