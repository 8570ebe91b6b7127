//! Makes the log searchable, behind its back: what a record is found by is derived from it alone.
//!
//! Entries are written after the leaves, in transactions of their own, since a dozen B-trees would
//! cost an ingest several times what the log itself does. A search takes the few leaves that have
//! no entries yet from the log directly ([`crate::store::search`]), so it misses nothing.

mod names;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use jiff::SignedDuration;
use kernel::{Actor, Clock, Context};
use proto::record::Record;
use runtime::CancellationToken;
use sea_orm::DbErr;
use store::{Backend, Lease, Store};

pub(crate) use names::Names;

use crate::{
    growth::Growth,
    store::{
        index::{self, Found},
        leaf::Leaf,
        search::{self, term},
        tree::Growing,
    },
};

/// Leaves whose entries share a transaction.
const BATCH: u64 = 500;
/// How long the lease lasts without being renewed.
const LEASE: SignedDuration = SignedDuration::from_secs(5);
/// How often the log is looked at and the lease renewed.
const TICK: Duration = Duration::from_secs(1);
/// A batch that is not full waits this long for more; a full log behind it does not.
const GATHER: Duration = Duration::from_millis(50);

/// The one that writes entries (by lease).
pub(crate) struct Indexer {
    pub(crate) store: Store,
    pub(crate) names: Arc<Names>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) growth: Growth,
}

impl Indexer {
    /// Runs until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) -> Result<(), DbErr> {
        let holder = runtime::new_id().to_string();
        let database = self.store.database();
        while !stop.is_cancelled() {
            match database.acquire("indexer", &holder, LEASE).await {
                Ok(Some(lease)) => {
                    tokio::select! {
                        held = self.hold(&lease) => if let Err(error) = held {
                            tracing::warn!(%error, "indexing waits");
                        },
                        () = stop.cancelled() => {}
                    }
                    if let Err(error) = database.release(&lease).await {
                        tracing::warn!(%error, "the indexer's lease was not released");
                    }
                }
                Ok(None) => {}
                Err(error) => tracing::warn!(%error, "the indexer's lease"),
            }
            tokio::select! {
                () = tokio::time::sleep(TICK) => {}
                () = stop.cancelled() => {}
            }
        }
        Ok(())
    }

    /// Works until the lease is somebody else's.
    async fn hold(&self, lease: &Lease) -> Result<(), DbErr> {
        let mut grown = self.growth.listen();
        let mut renewed = tokio::time::Instant::now();
        loop {
            if renewed.elapsed() >= TICK {
                renewed = tokio::time::Instant::now();
                if !self.store.database().renew(lease, LEASE).await? {
                    return Ok(());
                }
            }
            grown.mark_unchanged();
            match self.step(lease).await? {
                None => return Ok(()),
                Some(BATCH) => {}
                Some(_) => {
                    let _ = tokio::time::timeout(TICK, grown.changed()).await;
                    tokio::time::sleep(GATHER).await;
                }
            }
        }
    }

    /// Writes the entries of the next leaves and says how many; none when the lease is lost.
    pub(crate) async fn step(&self, lease: &Lease) -> Result<Option<u64>, DbErr> {
        let (db, backend) = (self.store.database().read(), self.backend());
        let from = index::size(db, backend).await?;
        let end = Growing::read(db, backend).await?.tree.size();
        let leaves = search::range(db, from..end.min(from + BATCH), BATCH).await?;
        let Some(last) = leaves.last() else {
            return Ok(Some(0));
        };
        let (size, count) = (last.index + 1, leaves.len() as u64);
        let found: Vec<Found> = leaves.iter().map(|leaf| self.found(leaf)).collect();
        let actor = Actor::Service("audit".to_owned());
        let context = Context::new(actor, self.clock.now(), runtime::new_id().to_string());
        let unit = self.store.unit(context).await?;
        if !lease.holds(unit.tx(), backend).await? {
            unit.abandon().await?;
            return Ok(None);
        }
        index::append(unit.tx(), backend, &found, size).await?;
        unit.commit().await?;
        Ok(Some(count))
    }

    fn found(&self, leaf: &Leaf) -> Found {
        let said = leaf.said();
        let terms = said.as_ref().map(|said| terms(&self.names, said));
        Found {
            index: leaf.index,
            source: leaf.source.clone(),
            terms: terms.into_iter().flatten().collect(),
            said,
        }
    }

    fn backend(&self) -> Backend {
        self.store.database().backend()
    }
}

/// The clauses, persons and systems a record is found by.
pub(crate) fn terms(names: &Names, record: &Record) -> BTreeSet<String> {
    let mut terms = names.terms(&record.kind, &record.data);
    let clauses = record.clauses.iter();
    terms.extend(clauses.map(|clause| term::clause(clause.as_str())));
    terms
}

#[cfg(test)]
mod tests;
