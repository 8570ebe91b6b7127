//! The broker goes, forgets, remembers what is long past, is full, and turns everything around.

use std::{
    fs,
    path::{Path, PathBuf},
};

use standard::ServiceName;
use testkit::NatsServer;

use super::{ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::{
    broker::Outsider,
    harness::{Ground, Platform},
    writers::WRITERS,
};

/// How often each thing is done.
const TIMES: usize = 3;

/// How often everything is turned around: each time there is three times as much of it.
const TURNS: usize = 2;

/// What a broker that was killed has lost when it comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loss {
    Nothing,
    Everything,
    /// The messages, while it still knows how far each consumer was.
    Blocks,
    /// How far each consumer was.
    Consumers,
}

async fn with_broker(wishes: &Wishes, server: NatsServer, writers: usize) -> Ordeal {
    let platform = Platform::cluster(Some(server)).await;
    Ordeal::begin_with(platform, wishes, writers, 0).await
}

/// Killed under load; commands go on meanwhile.
pub(super) async fn lost(wishes: &Wishes, loss: Loss) -> Row {
    let mut ordeal = with_broker(wishes, NatsServer::start(), WRITERS).await;
    for _ in 0..TIMES {
        ordeal.writers.progress(200).await;
        ordeal.disturb();
        let server = ordeal.platform.nats.as_mut().expect("a broker");
        match loss {
            Loss::Everything => server.kill_and_wipe(),
            Loss::Nothing | Loss::Blocks | Loss::Consumers => server.kill(),
        }
        match loss {
            Loss::Nothing | Loss::Everything => {}
            Loss::Blocks => remove(&server.store(), "msgs"),
            Loss::Consumers => remove(&server.store(), "obs"),
        }
        ordeal.writers.progress(200).await;
        let server = ordeal.platform.nats.as_mut().expect("a broker");
        server.restart();
        ordeal.drain().await;
    }
    ordeal.end().await
}

/// Its files as they were some time ago.
pub(super) async fn older(wishes: &Wishes) -> Row {
    let mut ordeal = with_broker(wishes, NatsServer::start(), WRITERS).await;
    let kept = ordeal.platform.path("kept-broker");
    for _ in 0..TIMES {
        ordeal.writers.progress(200).await;
        ordeal.disturb();
        let server = ordeal.platform.nats.as_mut().expect("a broker");
        let store = server.store();
        server.kill();
        let _ = fs::remove_dir_all(&kept);
        copy(&store, &kept);
        server.restart();
        ordeal.writers.progress(300).await;
        let server = ordeal.platform.nats.as_mut().expect("a broker");
        server.kill();
        fs::remove_dir_all(&store).expect("its files");
        copy(&kept, &store);
        server.restart();
        ordeal.drain().await;
    }
    ordeal.end().await
}

/// No room for messages any more, until there is.
pub(super) async fn full(wishes: &Wishes) -> Row {
    let server = NatsServer::configured("jetstream { max_file: 500KB }");
    let mut ordeal = with_broker(wishes, server, WRITERS).await;
    ordeal.disturb();
    // More than there is room for.
    ordeal.writers.progress(1_500).await;
    let server = ordeal.platform.nats.as_mut().expect("a broker");
    server.kill();
    server.configure("");
    server.restart();
    ordeal.drain().await;
    ordeal.end().await
}

/// Away for long, at half the load.
pub(super) async fn outage(wishes: &Wishes) -> Row {
    let mut ordeal = with_broker(wishes, NatsServer::start(), WRITERS / 2).await;
    ordeal.writers.progress(200).await;
    ordeal.disturb();
    ordeal.platform.nats.as_mut().expect("a broker").kill();
    // This is how long it is away, and not for what is waited.
    tokio::time::sleep(wishes.outage).await;
    ordeal.platform.nats.as_mut().expect("a broker").restart();
    ordeal.drain().await;
    ordeal.end().await
}

/// Every message three times over and backwards, while those who listen most are away.
pub(super) async fn reversed(wishes: &Wishes) -> Row {
    behind_its_back(wishes, TURNS, async |outsider, source| {
        outsider.reverse(source, 3).await;
    })
    .await
}

/// Every third message never arrives where it was not heard yet.
pub(super) async fn dropped(wishes: &Wishes) -> Row {
    behind_its_back(wishes, TIMES, async |outsider, source| {
        outsider.take_away(source, 3).await;
    })
    .await
}

/// Something happens to each source's messages while those who listen most are away.
async fn behind_its_back(
    wishes: &Wishes,
    times: usize,
    happens: impl AsyncFn(&Outsider, ServiceName),
) -> Row {
    let server = NatsServer::start();
    let url = server.url();
    let platform = Platform::cluster_on(Ground {
        nats: Some(server),
        ..Ground::default()
    })
    .await;
    let outsider = Outsider::connect(&url, &platform.nats_prefix).await;
    let mut ordeal = Ordeal::begin(platform, wishes).await;
    for _ in 0..times {
        ordeal.disturb();
        ordeal.platform.kill(ServiceName::Audit);
        ordeal.writers.progress(200).await;
        for source in ServiceName::ALL {
            happens(&outsider, *source).await;
        }
        ordeal.strike(ServiceName::Audit).await;
        ordeal.drain().await;
    }
    ordeal.end().await
}

/// Removes every directory of this name.
fn remove(directory: &Path, name: &str) {
    for entry in entries(directory) {
        if entry.is_dir() {
            match entry.file_name().is_some_and(|one| one == name) {
                true => fs::remove_dir_all(&entry).expect("its files"),
                false => remove(&entry, name),
            }
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory");
    for entry in entries(from) {
        let place = to.join(entry.file_name().expect("a name"));
        match entry.is_dir() {
            true => copy(&entry, &place),
            false => drop(fs::copy(&entry, &place).expect("a copy")),
        }
    }
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("a directory");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}
