//! How far every source has come at a moment, and waiting until everybody knows that.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use standard::ServiceName;

use crate::{
    checker::LISTENERS,
    databases::Databases,
    harness::{PATIENCE, Platform},
};

const LOOK: Duration = Duration::from_millis(50);

/// The newest position that each source's committed records have or will have.
#[derive(Debug)]
pub(super) struct Heads(BTreeMap<ServiceName, i64>);

impl Heads {
    pub(super) async fn read(databases: &Databases) -> Self {
        let sql =
            "SELECT position + (SELECT COUNT(*) FROM journal WHERE position IS NULL) FROM head";
        let mut heads = BTreeMap::new();
        for source in ServiceName::ALL {
            let database = databases.open(*source).await;
            heads.insert(*source, database.number(sql).await);
        }
        Self(heads)
    }

    /// Returns when all of it was published and heard.
    ///
    /// # Panics
    /// When that does not come to be.
    pub(super) async fn reached(&self, platform: &Platform) {
        let began = Instant::now();
        loop {
            let behind = self.behind(&platform.databases).await;
            if behind.is_empty() {
                return;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "it does not drain: {}\n{}",
                behind.join(", "),
                platform.logs()
            );
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Who is still behind, and how far.
    async fn behind(&self, databases: &Databases) -> Vec<String> {
        let mut behind = Vec::new();
        for (listener, sources) in LISTENERS {
            let database = databases.open(*listener).await;
            let published = database.number("SELECT published FROM head").await;
            let own = self.0[listener];
            if published < own {
                behind.push(format!("{listener} published {published} of {own}"));
            }
            for source in *sources {
                let sql = format!(
                    "SELECT COALESCE(MAX(position), 0) FROM watermark WHERE source = '{source}'"
                );
                let heard = database.number(&sql).await;
                let all = self.0[source];
                if heard < all {
                    behind.push(format!("{listener} heard {heard} of {source}'s {all}"));
                }
            }
        }
        behind
    }
}
