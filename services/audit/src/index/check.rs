//! Is everything in the index that records are found by? What a record itself says of that is derived once
//! more and compared, for the whole log at every start: a row that somebody took out would hide the
//! record from every search, though the log still proves it (7-1-(4)-3). What differs is told and derived anew.

use std::{convert::Infallible, ops::Range};

use sea_orm::DbErr;
use store::Lease;

use super::{BATCH, Indexer, TICK};
use crate::{
    known::Known,
    metrics, publish,
    store::{
        index::{self, Found},
        leaf::Leaf,
        search,
        tree::Growing,
    },
};

/// `LogCheckFailed.finding`.
const OTHER_INDEX: &str = "other_index";

/// How far the comparison is.
#[derive(Debug, Default)]
struct Sweep {
    /// Leaves compared.
    from: u64,
    /// It is on record that something differed: once, however much does.
    told: bool,
}

impl Indexer {
    /// Compares everything once.
    pub(super) async fn keep_checked(&self, lease: &Lease) -> Infallible {
        let mut sweep = Sweep::default();
        loop {
            match self.check(lease, &mut sweep).await {
                Ok(true) => {}
                Ok(false) => std::future::pending().await,
                Err(error) => {
                    tracing::warn!(%error, "the check of the index waits");
                    tokio::time::sleep(TICK).await;
                }
            }
        }
    }

    /// Compares the entries of the next leaves with what they say; false when there are no more.
    async fn check(&self, lease: &Lease, sweep: &mut Sweep) -> Result<bool, DbErr> {
        let (db, backend) = (self.store.database().read(), self.backend());
        // In this order: the log never has fewer leaves than have entries.
        let size = index::size(db, backend).await?;
        let end = Growing::read(db, backend).await?.tree.size();
        let part = sweep.from..size.min(end).min(sweep.from + BATCH);
        if part.is_empty() && size <= end {
            return Ok(false);
        }
        let leaves = search::range(db, part.clone(), BATCH).await?;
        let differing = index::differing(db, backend, &self.said(&leaves)).await?;
        if !differing.is_empty() || size > end {
            self.repair(lease, part.clone(), sweep).await?;
        }
        sweep.from = part.end.max(sweep.from);
        Ok(true)
    }

    /// Looks once more while nothing enters the log and nothing is pruned: what differs then was changed.
    async fn repair(
        &self,
        lease: &Lease,
        part: Range<u64>,
        sweep: &mut Sweep,
    ) -> Result<(), DbErr> {
        if let Some(finding) =
            Growing::unsound(self.store.database().read(), self.backend()).await?
        {
            // What is in the index may be all that is left of what a record said.
            let first = part.start;
            tracing::error!(first, %finding, "the index differs, and the log fails its check: it stays");
            return Ok(());
        }
        let city = self.terms.newest_city().await?;
        let Some(mut unit) = self.unit(lease).await? else {
            return Ok(());
        };
        let backend = unit.backend();
        let end = Growing::lock(unit.tx(), backend).await?.tree.size();
        let mut leaves = search::range(unit.tx(), part.clone(), BATCH).await?;
        let differing = index::differing(unit.tx(), backend, &self.said(&leaves)).await?;
        let ahead = index::size(unit.tx(), backend).await? > end;
        if differing.is_empty() && !ahead {
            return unit.abandon().await;
        }
        leaves.retain(|leaf| differing.contains(&leaf.index));
        let found: Vec<Found> = leaves.iter().map(|leaf| self.found(&city, leaf)).collect();
        index::write(unit.tx(), backend, &found).await?;
        if ahead {
            index::set_size(unit.tx(), backend, part.end).await?;
        }
        let first = differing.first().copied().unwrap_or(end);
        if !sweep.told {
            let outgoing = publish::check_failed(OTHER_INDEX, first + 1);
            unit.record(publish::LOG, "index", outgoing);
        }
        unit.commit().await?;
        sweep.told = true;
        let count = differing.len();
        tracing::error!(first, count, "the index was not what the records say");
        metrics::log().reindexed(count.max(1) as u64);
        Ok(())
    }

    /// What is derived of each record alone; of pruned ones nothing is kept.
    fn said(&self, leaves: &[Leaf]) -> Vec<Found> {
        let nothing = Known::default();
        let kept = leaves.iter().filter(|leaf| leaf.pruned.is_none());
        kept.map(|leaf| self.found(&nothing, leaf)).collect()
    }
}

#[cfg(test)]
mod tests;
