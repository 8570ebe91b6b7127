//! Makes the log searchable, behind its back: what a record is found by is derived from it alone.
//!
//! Entries are written after the leaves, in transactions of their own, since a dozen B-trees would
//! cost an ingest several times what the log itself does. A search takes the few leaves that have
//! no entries yet from the log directly ([`crate::store::search`]), so it misses nothing. What was
//! indexed is compared with its record at every start ([`check`]).

mod check;
mod names;
mod terms;

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use kernel::{Actor, Clock, Context};
use runtime::CancellationToken;
use sea_orm::DbErr;
use store::{Backend, Lease, Store, Unit};

pub(crate) use names::What;
pub(crate) use terms::{Terms, term};

use crate::{
    growth::Growth,
    known::Known,
    readers::accesses,
    store::{
        index::{self, Found},
        leaf::Leaf,
        search,
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
    pub(crate) terms: Terms,
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
                        never = self.keep_checked(&lease) => match never {},
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
        // What a record says of the city is known here as soon as the record is in the log.
        let city = self.terms.newest_city().await?;
        let found: Vec<Found> = leaves.iter().map(|leaf| self.found(&city, leaf)).collect();
        let Some(unit) = self.unit(lease).await? else {
            return Ok(None);
        };
        index::write(unit.tx(), backend, &found).await?;
        index::set_size(unit.tx(), backend, size).await?;
        for one in &found {
            let registered = one.said.as_ref();
            let registered = registered.and_then(|said| self.terms.registered(&city, said));
            if let Some(of_system) = registered {
                let but = accesses::questions().map(|kind| term::kind(&kind));
                index::found_also(unit.tx(), backend, &of_system, one.index, &but).await?;
            }
        }
        unit.commit().await?;
        Ok(Some(count))
    }

    /// A transaction of the one that holds the lease; none when that is somebody else by now.
    async fn unit(&self, lease: &Lease) -> Result<Option<Unit>, DbErr> {
        let actor = Actor::Service("audit".to_owned());
        let context = Context::new(actor, self.clock.now(), runtime::new_id().to_string());
        let unit = self.store.unit(context).await?;
        if lease.holds(unit.tx(), unit.backend()).await? {
            return Ok(Some(unit));
        }
        unit.abandon().await?;
        Ok(None)
    }

    fn found(&self, city: &Known, leaf: &Leaf) -> Found {
        let said = leaf.said();
        Found {
            index: leaf.index,
            terms: self.terms.of(city, &leaf.source, said.as_ref()),
            said,
        }
    }

    fn backend(&self) -> Backend {
        self.store.database().backend()
    }
}

#[cfg(test)]
mod tests;
