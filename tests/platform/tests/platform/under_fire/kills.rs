//! Processes that end at once, wherever they are.

use std::time::Duration;

use rand::RngExt as _;
use standard::ServiceName;

use super::{ordeal::Ordeal, row::Row, wishes::Wishes};
use crate::{
    edges::{EDGES, PASSAGES},
    harness::Platform,
    writers::WRITERS,
};

/// Tokens last for five minutes: then a new platform takes over.
const ROUND: Duration = Duration::from_secs(150);
/// So many commands in one city, since its few people have more of everything with each.
const COMMANDS: u64 = 30_000;

/// At one edge after the other (`crate::edges`).
pub(super) async fn at_edges(wishes: &Wishes, sqlite: bool) -> Row {
    rounds(wishes, sqlite, async |ordeal| {
        let (edge, service) = EDGES[ordeal.faults() % EDGES.len()];
        let passages = ordeal.dice.random_range(PASSAGES);
        ordeal.strike_at(service, edge, passages).await;
    })
    .await
}

/// kill -9 at any moment, of any.
pub(super) async fn at_random(wishes: &Wishes, sqlite: bool) -> Row {
    rounds(wishes, sqlite, async |ordeal| {
        let moment = ordeal.dice.random_range(1..200);
        ordeal.writers.progress(moment).await;
        let victim = ordeal.dice.random_range(0..ServiceName::ALL.len());
        ordeal.strike(ServiceName::ALL[victim]).await;
    })
    .await
}

/// Round after round until there were enough kills and commands.
async fn rounds(wishes: &Wishes, sqlite: bool, strike: impl AsyncFn(&mut Ordeal)) -> Row {
    let kills = wishes.kills.max(1);
    let (mut row, mut round) = (Row::finished(), 0);
    while row.kills() < kills || row.commands < wishes.commands {
        let platform = match sqlite {
            true => Platform::embedded(&["--empty"]).await,
            false => Platform::cluster(None).await,
        };
        let mut ordeal = Ordeal::begin_with(platform, wishes, WRITERS, round).await;
        let goes_on = |ordeal: &Ordeal| ordeal.age() < ROUND && ordeal.writers.count() < COMMANDS;
        while row.kills() + ordeal.faults() < kills && goes_on(&ordeal) {
            strike(&mut ordeal).await;
        }
        while row.commands + ordeal.writers.count() < wishes.commands && goes_on(&ordeal) {
            ordeal.writers.progress(100).await;
        }
        row.add(&ordeal.end().await);
        round += 1;
    }
    row
}
