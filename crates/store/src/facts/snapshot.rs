//! Facts in memory: what decisions read, without a database on the way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use sea_orm::DbErr;
use tokio::sync::{Mutex, Notify, futures::Notified};

use super::Fact;
use crate::{Backend, Database};

/// What facts are folded into.
pub trait FactSet: Clone + Default + Send + Sync + 'static {
    /// Takes one fact in. Unknown kinds are somebody else's and are passed over.
    fn apply(&mut self, fact: &Fact);
}

/// Hears of every fact as it is taken in, before it can be read.
pub type Observer = Box<dyn Fn(&Fact) + Send + Sync>;

/// The facts of some sources, folded, swapped in whole. Every replica keeps one.
pub struct Snapshot<T> {
    database: Database,
    current: ArcSwap<T>,
    seen: Mutex<Seen>,
    wake: Notify,
    swapped: Notify,
    observer: Observer,
}

/// What has been taken in.
#[derive(Clone)]
struct Seen {
    /// Up to which position, by source.
    positions: BTreeMap<&'static str, u64>,
    /// How many records had been handled from quarantine, when it began.
    retried: u64,
}

impl<T: FactSet> Snapshot<T> {
    /// Loads what is known of these sources.
    pub async fn load(database: Database, sources: &[&'static str]) -> Result<Arc<Self>, DbErr> {
        Self::load_observed(database, sources, Box::new(|_| ())).await
    }

    /// The same, with somebody who must hear of each fact (revocations).
    pub async fn load_observed(
        database: Database,
        sources: &[&'static str],
        observer: Observer,
    ) -> Result<Arc<Self>, DbErr> {
        let snapshot = Arc::new(Self {
            database,
            current: ArcSwap::default(),
            seen: Mutex::new(Seen {
                positions: sources.iter().map(|source| (*source, 0)).collect(),
                retried: 0,
            }),
            wake: Notify::new(),
            swapped: Notify::new(),
            observer,
        });
        snapshot.refresh().await?;
        Ok(snapshot)
    }

    /// What is known now.
    pub fn get(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// Resolves when there is another one than at this call. Get it first, then look.
    pub fn swapped(&self) -> Notified<'_> {
        self.swapped.notified()
    }

    /// How far it has come with each source.
    pub async fn seen(&self) -> BTreeMap<&'static str, u64> {
        self.seen.lock().await.positions.clone()
    }

    /// There is news: refresh soon.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Takes in what is new; true when there was anything.
    pub async fn refresh(&self) -> Result<bool, DbErr> {
        let mut seen = self.seen.lock().await;
        // Kept only when all is read: what was seen and not swapped in would be lost.
        let mut now = seen.clone();
        let mut next: Option<T> = None;
        now.retried = self.database.retried().await?;
        if now.retried != seen.retried {
            now.positions
                .values_mut()
                .for_each(|position| *position = 0);
            next = Some(T::default());
        }
        for (source, position) in &mut now.positions {
            loop {
                let facts = self.database.facts_since(source, *position).await?;
                let Some(last) = facts.last() else { break };
                let next = next.get_or_insert_with(|| T::clone(&self.current.load()));
                for fact in &facts {
                    (self.observer)(fact);
                    next.apply(fact);
                }
                *position = last.position;
            }
        }
        *seen = now;
        match next {
            Some(next) => {
                self.current.store(Arc::new(next));
                self.swapped.notify_waiters();
                Ok(true)
            }
            None => Ok(false),
        }
    }

    /// Keeps it fresh until `stop` resolves: on every wake-up, and by looking, since another
    /// replica may hold the consumer's lease.
    pub async fn run(self: Arc<Self>, stop: impl Future<Output = ()> + Send) -> Result<(), DbErr> {
        let look = match self.database.backend() {
            Backend::Postgres => Duration::from_millis(20),
            Backend::Sqlite => Duration::from_millis(500),
        };
        tokio::pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return Ok(()),
                () = self.wake.notified() => {}
                () = tokio::time::sleep(look) => {}
            }
            if let Err(error) = self.refresh().await {
                tracing::warn!(%error, "facts cannot be refreshed");
            }
        }
    }
}
