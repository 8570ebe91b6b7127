//! Processes that are slow, stand still, are too many, or have too much to do.

use std::time::Duration;

use standard::ServiceName;

use super::{ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::{harness::Platform, writers::WRITERS};

/// How often each thing is done.
const TIMES: usize = 3;
/// Longer than a lease lasts.
const PAUSE: Duration = Duration::from_secs(8);
/// How long there is too much to do, at least.
const CROWDED: Duration = Duration::from_mins(2);

/// Starts a service's process again so that it takes its time at an edge.
async fn slowed(ordeal: &mut Ordeal, service: ServiceName, edge: &str, millis: u32) {
    ordeal.platform.kill(service);
    let fault = format!("FAILPOINTS={edge}=sleep({millis})");
    ordeal.platform.start_under(service, &["env", &fault]);
    ordeal.platform.ready(service).await;
}

/// Every commit takes 50 ms, as on a disk that is slow to sync.
pub(super) async fn slow_commits(wishes: &Wishes) -> Row {
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    ordeal.disturb();
    for service in [
        ServiceName::Ledger,
        ServiceName::Approvals,
        ServiceName::Audit,
    ] {
        slowed(&mut ordeal, service, "store.commit.before", 50).await;
    }
    ordeal.writers.progress(500).await;
    ordeal.drain().await;
    ordeal.end().await
}

/// Those who listen take half a second for each batch; then they are themselves again.
pub(super) async fn slow_consumers(wishes: &Wishes) -> Row {
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    ordeal.disturb();
    for service in [ServiceName::Identity, ServiceName::Audit] {
        slowed(&mut ordeal, service, "consume.commit.before", 500).await;
    }
    ordeal.writers.progress(1_000).await;
    for service in [ServiceName::Identity, ServiceName::Audit] {
        ordeal.strike(service).await;
    }
    ordeal.drain().await;
    ordeal.end().await
}

/// One service after the other stands still for longer than its leases last, and goes on as if
/// nothing had been.
pub(super) async fn paused(wishes: &Wishes) -> Row {
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    for service in ServiceName::ALL {
        ordeal.writers.progress(100).await;
        ordeal.disturb();
        ordeal.platform.signal(*service, "STOP");
        // This is how long it stands still, and not for what is waited.
        tokio::time::sleep(PAUSE).await;
        ordeal.platform.signal(*service, "CONT");
        ordeal.drain().await;
    }
    ordeal.end().await
}

/// A second process of a service takes over while the first stands still; when that one goes on, both
/// believe that the work is theirs.
pub(super) async fn two_relays(wishes: &Wishes) -> Row {
    let mut ordeal = Ordeal::begin(Platform::cluster(None).await, wishes).await;
    let service = ServiceName::Approvals;
    let second = ordeal.platform.second(service).await;
    for _ in 0..TIMES {
        ordeal.writers.progress(100).await;
        ordeal.disturb();
        ordeal.platform.signal(service, "STOP");
        second.takes_over(&ordeal.platform, "relay").await;
        ordeal.platform.signal(service, "CONT");
        ordeal.drain().await;
        ordeal.writers.progress(100).await;
        ordeal.disturb();
        second.stands_still();
        // The first has it back.
        ordeal.drain().await;
        second.goes_on();
    }
    let alarm = format!("sekisho_relay_displaced_total{{source=\"{service}\"}}");
    let told = ordeal.platform.metric(service, &alarm).await;
    assert!(told.is_some_and(|count| count >= 1.0), "{alarm}: {told:?}");
    ordeal.end().await
}

/// Ten times as many writers, for minutes.
pub(super) async fn tenfold(wishes: &Wishes) -> Row {
    let platform = Platform::cluster(None).await;
    let mut ordeal = Ordeal::begin_with(platform, wishes, WRITERS * 10, 0).await;
    ordeal.disturb();
    while ordeal.age() < CROWDED {
        ordeal.writers.progress(1_000).await;
    }
    ordeal.drain().await;
    ordeal.end().await
}
