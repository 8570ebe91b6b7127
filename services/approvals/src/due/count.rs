//! How much stands where.

use std::sync::LazyLock;

use approvals_domain::permit::Phase;
use opentelemetry::{KeyValue, metrics::Gauge};
use runtime::metrics;
use sea_orm::DbErr;

use crate::{desk::Desk, store};

/// Permits by the phase recorded.
static PERMITS: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_approvals_permits")
        .with_description("Permits, by state")
        .build()
});

/// Applications that wait for nobody.
static WITHOUT_DECIDER: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_approvals_permits_without_decider")
        .with_description("Open applications whose present step nobody can decide")
        .build()
});

const EXCEPTION_STATES: [&str; 5] = ["granted", "invoked", "reported", "endorsed", "overdue"];

/// Sets the gauges; a state nothing is in counts 0.
pub(super) async fn gauge(desk: &Desk) -> Result<(), DbErr> {
    let read = desk.store.database().read();
    let permits = store::count_permits(read).await?;
    for state in Phase::KEPT.map(store::phase) {
        PERMITS.record(count(&permits, state), &[KeyValue::new("state", state)]);
    }
    let stuck = store::count_without_decider(read, desk.clock.now()).await?;
    WITHOUT_DECIDER.record(stuck, &[]);
    let exceptions = store::count_exceptions(read, desk.clock.now()).await?;
    for state in EXCEPTION_STATES {
        metrics::decisions().exceptions_open(state, count(&exceptions, state));
    }
    Ok(())
}

fn count(counts: &[(String, i64)], state: &str) -> u64 {
    let counted = counts.iter().find(|(name, _)| name == state);
    counted.map_or(0, |(_, count)| u64::try_from(*count).unwrap_or(0))
}
