//! Requests, errors, durations: one set for every RPC.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Histogram, Meter, UpDownCounter},
};

/// From half a millisecond to ten seconds; the longest deadlines end in the last bucket.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// The codes of the platform's own faults: operators are woken by the first of them.
const FAULTS: [&str; 2] = ["INTERNAL", "UNAVAILABLE"];

/// The instruments of the gRPC port.
#[derive(Debug)]
pub struct Rpc {
    requests: Counter<u64>,
    duration: Histogram<f64>,
    in_flight: UpDownCounter<i64>,
    shed: Counter<u64>,
}

impl Rpc {
    pub(super) fn new(meter: &Meter) -> Self {
        Self {
            requests: meter
                .u64_counter("sekisho_rpc_requests")
                .with_description("RPCs answered, by method and gRPC code")
                .build(),
            duration: meter
                .f64_histogram("sekisho_rpc_duration_seconds")
                .with_description("Time from request to answer, by method")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            in_flight: meter
                .i64_up_down_counter("sekisho_rpc_in_flight")
                .with_description("RPCs being worked on")
                .build(),
            shed: meter
                .u64_counter("sekisho_rpc_shed")
                .with_description("RPCs refused because too many were in work")
                .build(),
        }
    }

    /// These methods are offered: no fault was answered at any of them, and nobody turned away. Their
    /// other codes come with their first answer: all of them at all methods would be thousands.
    pub fn begin<'a>(&self, methods: impl IntoIterator<Item = &'a str>) {
        self.shed.add(0, &[]);
        for method in methods {
            for code in FAULTS {
                let method = KeyValue::new("method", method.to_owned());
                self.requests.add(0, &[method, KeyValue::new("code", code)]);
            }
        }
    }

    /// An answer left: the full method (`/sekisho.ledger.v1.Systems/GetSystem`, or `unknown` for
    /// one nobody offers), the gRPC code's name, and how long it took.
    pub fn record(&self, method: &str, code: &'static str, seconds: f64) {
        let method = KeyValue::new("method", method.to_owned());
        self.duration.record(seconds, std::slice::from_ref(&method));
        self.requests.add(1, &[method, KeyValue::new("code", code)]);
    }

    /// One more (or, with -1, one less) in work.
    pub fn in_flight(&self, change: i64) {
        self.in_flight.add(change, &[]);
    }

    /// One was refused because too many were in work.
    pub fn shed(&self) {
        self.shed.add(1, &[]);
    }
}
