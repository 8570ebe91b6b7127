//! The line between the services and the broker.

use std::time::Duration;

use testkit::NatsServer;

use super::{
    ordeal::Ordeal,
    proxy::{Mode, Proxy},
    row::Row,
    wishes::Wishes,
};
use crate::harness::{Ground, Platform};

/// How often it is done, and for how long each time.
const TIMES: usize = 3;
const LENGTH: Duration = Duration::from_secs(8);

/// Held, cut or slow for a while, again and again.
pub(super) async fn between(wishes: &Wishes, mode: Mode) -> Row {
    let server = NatsServer::start();
    let target = server.url().replace("nats://", "");
    let proxy = Proxy::to(target).await;
    let platform = Platform::cluster_on(Ground {
        nats: Some(server),
        nats_url: Some(format!("nats://{}", proxy.address())),
        ..Ground::default()
    })
    .await;
    let mut ordeal = Ordeal::begin(platform, wishes).await;
    for _ in 0..TIMES {
        ordeal.writers.progress(100).await;
        proxy.set(mode);
        // This is how long it lasts, and not for what is waited.
        tokio::time::sleep(LENGTH).await;
        ordeal.writers.progress(100).await;
        proxy.set(Mode::Open);
        ordeal.drain().await;
    }
    ordeal.end().await
}
