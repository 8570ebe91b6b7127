//! The process dies at each edge of the event path: between what is durable and what is not yet.

use rand::RngExt as _;
use standard::ServiceName;
use testkit::eventually;

use crate::{
    checker, city,
    faults::dice,
    harness::Platform,
    writers::{WRITERS, Writers},
};

/// Each edge (`store::fault`), and a service that comes by there under load.
pub(crate) const EDGES: [(&str, ServiceName); 13] = [
    ("store.commit.before", ServiceName::Ledger),
    ("store.commit.after", ServiceName::Approvals),
    ("relay.stamp.before", ServiceName::Approvals),
    ("relay.stamp.after", ServiceName::Ledger),
    ("relay.publish.before", ServiceName::Incidents),
    ("relay.publish.after", ServiceName::Approvals),
    ("relay.acknowledged", ServiceName::Identity),
    ("consume.commit.before", ServiceName::Identity),
    ("consume.commit.after", ServiceName::Incidents),
    ("consume.acknowledged", ServiceName::Identity),
    ("ingest", ServiceName::Audit),
    ("sign.before", ServiceName::Audit),
    ("sign.after", ServiceName::Audit),
];
/// How often it may come by before: it signs once a second at most.
pub(crate) const PASSAGES: std::ops::Range<u32> = 0..20;

/// Starts the process of a service so that it dies at an edge; returns when it has.
pub(crate) async fn die_at(
    platform: &mut Platform,
    service: ServiceName,
    edge: &str,
    passages: u32,
) {
    let fault = format!("FAILPOINTS={edge}={passages}*off->return");
    platform.start_under(service, &["env", &fault]);
    eventually(edge, async || (!platform.is_running(service)).then_some(())).await;
}

#[tokio::test]
async fn a_process_that_dies_at_any_edge_loses_and_doubles_nothing_on_postgres() {
    let mut dice = dice();
    let mut platform = Platform::cluster(None).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    for (edge, service) in EDGES {
        die_at(&mut platform, service, edge, dice.random_range(PASSAGES)).await;
        platform.start(service);
        platform.ready(service).await;
        writers.progress(10).await;
    }
    let acknowledged = writers.stop().await;
    checker::check(&platform, &acknowledged).await;
}

#[tokio::test]
async fn a_process_that_dies_at_any_edge_loses_and_doubles_nothing_on_sqlite() {
    let mut dice = dice();
    let mut platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    for (edge, service) in EDGES {
        die_at(&mut platform, service, edge, dice.random_range(PASSAGES)).await;
    }
    platform.start(ServiceName::Ledger);
    platform.ready(ServiceName::Ledger).await;
    writers.progress(10).await;
    let acknowledged = writers.stop().await;
    checker::check(&platform, &acknowledged).await;
}
