//! The lines between the services and the broker, their database, and each other.

use std::{collections::BTreeMap, time::Duration};

use standard::ServiceName;
use testkit::{NatsServer, PostgresServer, free_port};

use super::{
    ordeal::Ordeal,
    proxy::{Mode, Proxy},
    row::Row,
    wishes::Wishes,
};
use crate::harness::{Ground, Peer, Platform};

/// How often it is done, and for how long each time.
const TIMES: usize = 3;
const LENGTH: Duration = Duration::from_secs(8);

/// To the broker: held, cut or slow for a while, again and again.
pub(super) async fn to_broker(wishes: &Wishes, mode: Mode) -> Row {
    let server = NatsServer::start();
    let line = Proxy::to(server.url().replace("nats://", "")).await;
    let ground = Ground {
        nats_url: Some(format!("nats://{}", line.address())),
        nats: Some(server),
        ..Ground::default()
    };
    between(wishes, mode, &[line], ground, async |ordeal| {
        ordeal.writers.progress(100).await;
    })
    .await
}

/// To the database: nothing is answered meanwhile.
pub(super) async fn to_database(wishes: &Wishes, mode: Mode) -> Row {
    let server = PostgresServer::start(300);
    let url = server.url();
    let mut parts = url.split(['@', '/']);
    let place = parts.find(|part| part.starts_with("127.0.0.1:"));
    let place = place.expect("an address").to_owned();
    let line = Proxy::to(place.clone()).await;
    let ground = Ground {
        postgres_url: Some(url.replace(&place, &line.address().to_string())),
        postgres: Some(server),
        ..Ground::default()
    };
    between(wishes, mode, &[line], ground, async |_| ()).await
}

/// To each other, while the broker forgets everything: what each has missed it can ask nobody for.
pub(super) async fn to_peers(wishes: &Wishes, mode: Mode) -> Row {
    let (mut lines, mut peers) = (Vec::new(), BTreeMap::new());
    for service in ServiceName::ALL {
        let serves = format!("127.0.0.1:{}", free_port());
        let line = Proxy::to(serves.clone()).await;
        let found = line.address().to_string();
        peers.insert(*service, Peer { serves, found });
        lines.push(line);
    }
    let ground = Ground {
        nats: Some(NatsServer::start()),
        peers,
        ..Ground::default()
    };
    between(wishes, mode, &lines, ground, async |ordeal| {
        let broker = ordeal.platform.nats.as_mut().expect("a broker");
        broker.kill_and_wipe();
        broker.restart();
        ordeal.writers.progress(100).await;
    })
    .await
}

async fn between(
    wishes: &Wishes,
    mode: Mode,
    lines: &[Proxy],
    ground: Ground,
    meanwhile: impl AsyncFn(&mut Ordeal),
) -> Row {
    let platform = Platform::cluster_on(ground).await;
    let mut ordeal = Ordeal::begin(platform, wishes).await;
    for _ in 0..TIMES {
        ordeal.writers.progress(100).await;
        ordeal.disturb();
        lines.iter().for_each(|line| line.set(mode));
        // This is how long it lasts, and not for what is waited.
        tokio::time::sleep(LENGTH).await;
        meanwhile(&mut ordeal).await;
        lines.iter().for_each(|line| line.set(Mode::Open));
        ordeal.drain().await;
    }
    ordeal.end().await
}
