//! Facts in memory: what decisions read, without a database on the way.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use arc_swap::ArcSwap;
use sea_orm::DbErr;
use tokio::sync::{Mutex, Notify};

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
    seen: Mutex<BTreeMap<&'static str, u64>>,
    wake: Notify,
    observer: Observer,
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
            seen: Mutex::new(sources.iter().map(|source| (*source, 0)).collect()),
            wake: Notify::new(),
            observer,
        });
        snapshot.refresh().await?;
        Ok(snapshot)
    }

    /// What is known now.
    pub fn get(&self) -> Arc<T> {
        self.current.load_full()
    }

    /// How far it has come with each source.
    pub async fn seen(&self) -> BTreeMap<&'static str, u64> {
        self.seen.lock().await.clone()
    }

    /// There is news: refresh soon.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Takes in what is new; true when there was anything.
    pub async fn refresh(&self) -> Result<bool, DbErr> {
        let mut seen = self.seen.lock().await;
        let mut next: Option<T> = None;
        for (source, position) in seen.iter_mut() {
            let facts = self.database.facts_since(source, *position).await?;
            let Some(last) = facts.last() else { continue };
            let next = next.get_or_insert_with(|| T::clone(&self.current.load()));
            for fact in &facts {
                (self.observer)(fact);
                next.apply(fact);
            }
            *position = last.position;
        }
        match next {
            Some(next) => {
                self.current.store(Arc::new(next));
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
