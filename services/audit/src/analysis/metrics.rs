//! The instruments of analysis; docs/metrics.md lists them.

use std::sync::LazyLock;

use audit_domain::analysis::Raised;
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge},
};
use runtime::metrics;
use standard::pack::{AnalysisRule, Severity};

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

/// These rules look at the log: none of them has raised anything yet.
pub(super) fn begin(rules: &[AnalysisRule]) {
    for rule in rules {
        SUSPICIONS.add(0, &labels(&rule.id, rule.severity));
    }
}

/// A suspicion of misuse was raised.
pub(super) fn raised(raised: &Raised) {
    SUSPICIONS.add(1, &labels(&raised.key.rule, raised.severity));
}

fn labels(rule: &str, severity: Severity) -> [KeyValue; 2] {
    [
        KeyValue::new("rule", rule.to_owned()),
        KeyValue::new("severity", severity.as_str()),
    ]
}

/// So many records of the log the rules have not seen.
pub(super) fn lag(records: u64) {
    LAG.record(records, &[]);
}
