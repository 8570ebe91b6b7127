//! Decisions by outcome and clause, refusals by code, exceptions in force.

use kernel::ClauseId;
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge, Histogram, Meter},
};

/// From ten microseconds, the time of a judgement in memory, to a quarter of a second.
const SECONDS: [f64; 12] = [
    0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25,
];

/// The instruments of what the platform decides.
#[derive(Debug)]
pub struct Decisions {
    decisions: Counter<u64>,
    clauses: Counter<u64>,
    duration: Histogram<f64>,
    refusals: Counter<u64>,
    exceptions: Gauge<u64>,
}

impl Decisions {
    pub(super) fn new(meter: &Meter) -> Self {
        Self {
            decisions: meter
                .u64_counter("sekisho_decisions")
                .with_description("Access decisions, by outcome")
                .build(),
            clauses: meter
                .u64_counter("sekisho_decision_clauses")
                .with_description("Clauses access decisions rested on, by outcome and clause")
                .build(),
            duration: meter
                .f64_histogram("sekisho_decision_duration_seconds")
                .with_description("Time to judge one access request, without recording it")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            refusals: meter
                .u64_counter("sekisho_refusals")
                .with_description("Requests refused by rule or permission, by service and code")
                .build(),
            exceptions: meter
                .u64_gauge("sekisho_exceptions_open")
                .with_description("Exceptions in force, by state")
                .build(),
        }
    }

    /// Accesses are decided here, with these outcomes: none of them was counted yet.
    pub fn begin(&self, outcomes: impl IntoIterator<Item = &'static str>) {
        for outcome in outcomes {
            self.decisions.add(0, &[KeyValue::new("outcome", outcome)]);
        }
    }

    /// An access decision (`allow`, `step_up`, `deny`, `allow_by_exception`), the clauses it rests on, and the time in
    /// seconds the judgement took.
    pub fn decided<'a>(
        &self,
        outcome: &'static str,
        clauses: impl IntoIterator<Item = &'a ClauseId>,
        seconds: f64,
    ) {
        let outcome = KeyValue::new("outcome", outcome);
        self.decisions.add(1, std::slice::from_ref(&outcome));
        self.duration.record(seconds, &[]);
        for clause in clauses {
            let clause = KeyValue::new("clause", clause.as_str().to_owned());
            self.clauses.add(1, &[outcome.clone(), clause]);
        }
    }

    /// A request was refused by a rule or for lack of permission.
    pub fn refused(&self, service: &str, code: &str) {
        let labels = [
            KeyValue::new("service", service.to_owned()),
            KeyValue::new("code", code.to_owned()),
        ];
        self.refusals.add(1, &labels);
    }

    /// How many exceptions are in a state (`granted`, `invoked`, `overdue`).
    pub fn exceptions_open(&self, state: &'static str, count: u64) {
        self.exceptions
            .record(count, &[KeyValue::new("state", state)]);
    }
}
