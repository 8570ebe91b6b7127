//! How many duties of managers are not met: a number for those who watch, from what is known.

use std::{convert::Infallible, sync::LazyLock, time::Duration};

use directory::Missing;
use opentelemetry::{KeyValue, metrics::Gauge};
use runtime::{CancellationToken, Ticks, metrics};

use crate::identity::Identity;

/// How often they are counted.
const EVERY: Duration = Duration::from_secs(30);

static SHORTFALLS: LazyLock<Gauge<u64>> = LazyLock::new(|| {
    metrics::meter()
        .u64_gauge("sekisho_identity_authority_shortfalls")
        .with_description("Sections without a deputy, heads without a plan for their absence")
        .build()
});

/// Counts until told to stop.
pub(crate) async fn run(identity: Identity, stop: CancellationToken) -> Result<(), Infallible> {
    let mut ticks = Ticks::every(EVERY, stop);
    while ticks.next().await {
        let found = identity.directory.get().shortfalls(identity.now());
        for missing in Missing::ALL {
            let count = found.iter().filter(|one| one.what == missing).count();
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            SHORTFALLS.record(count, &[KeyValue::new("code", missing.as_str())]);
        }
    }
    Ok(())
}
