//! The instruments of analysis; docs/metrics.md lists them.

use std::sync::LazyLock;

use audit_domain::analysis::Raised;
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge},
};
use runtime::metrics;

static SUSPICIONS: LazyLock<Counter<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_counter("sekisho_audit_suspicions")
        .with_description("Suspicions of misuse, by rule and severity")
        .build()
});

static LAG: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_audit_analysis_lag_records")
        .with_description("Records in the log that the rules have not seen")
        .build()
});

/// A suspicion of misuse was raised.
pub(super) fn raised(raised: &Raised) {
    let labels = [
        KeyValue::new("rule", raised.key.rule.clone()),
        KeyValue::new("severity", raised.severity.as_str()),
    ];
    SUSPICIONS.add(1, &labels);
}

/// So many records of the log the rules have not seen.
pub(super) fn lag(records: u64) {
    LAG.record(records, &[]);
}
