//! Until when the snapshot is complete.
//!
//! Facts tell nothing of what is still on its way. So every replica asks each source how far it
//! has come, waits until its own facts are as far, and then knows them complete as of the moment
//! it asked. A source that does not answer, or whose news does not arrive, ages; decisions for
//! information of class S, I and II are refused when it is too old.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bus::Upstream;
use jiff::{SignedDuration, Timestamp};
use runtime::CancellationToken;
use sea_orm::DbErr;
use store::{
    Database,
    facts::{FactSet, Snapshot},
};
use tokio::{
    sync::{Notify, futures::Notified},
    time::{Instant, sleep, timeout},
};

/// How often a source is asked.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// The same until it first answers: a starting process has nothing to decide on yet.
const FIRST_ASK_EVERY: Duration = Duration::from_millis(100);
/// How long its news may take before it is asked again.
const PATIENCE: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(20);

/// Where the head of a source is asked for.
pub enum Head {
    /// This service's own journal.
    Own,
    /// Another service.
    Of(Arc<dyn Upstream>),
}

/// When each source was last found complete, by the monotonic clock: no jump of the wall clock
/// makes a snapshot younger.
#[derive(Debug)]
pub struct Freshness {
    began: Instant,
    /// Microseconds after `began`, plus one; 0 = never.
    confirmed: Vec<(&'static str, AtomicU64)>,
    news: Notify,
}

impl Freshness {
    /// Nothing confirmed yet.
    pub fn new(sources: &[&'static str]) -> Self {
        Self {
            began: Instant::now(),
            confirmed: (sources.iter())
                .map(|source| (*source, AtomicU64::new(0)))
                .collect(),
            news: Notify::new(),
        }
    }

    /// Until when all sources are known, on the clock that now says `now`; `None` while one never
    /// was.
    pub fn as_of(&self, now: Timestamp) -> Option<Timestamp> {
        let oldest = self
            .confirmed
            .iter()
            .map(|(_, at)| at.load(Ordering::Relaxed))
            .min()?
            .checked_sub(1)?;
        let age = self
            .began
            .elapsed()
            .saturating_sub(Duration::from_micros(oldest));
        now.checked_sub(SignedDuration::try_from(age).ok()?).ok()
    }

    /// All that the source had said at that instant is known.
    pub fn confirm(&self, source: &str, at: Instant) {
        let since = at.duration_since(self.began).as_micros();
        let since = u64::try_from(since).unwrap_or(u64::MAX - 1) + 1;
        for (_, confirmed) in self.confirmed.iter().filter(|(name, _)| *name == source) {
            confirmed.fetch_max(since, Ordering::Relaxed);
        }
        self.news.notify_waiters();
    }

    /// Resolves when a source is confirmed after this call.
    pub fn confirmed(&self) -> Notified<'_> {
        self.news.notified()
    }

    /// Asks one source again and again until told to stop.
    pub async fn follow<T: FactSet>(
        self: Arc<Self>,
        source: &'static str,
        head: Head,
        database: Database,
        snapshot: Arc<Snapshot<T>>,
        stop: CancellationToken,
    ) {
        let mut pause = FIRST_ASK_EVERY;
        loop {
            let asked = Instant::now();
            let caught_up = caught_up(source, &head, &database, &snapshot);
            tokio::select! {
                () = stop.cancelled() => return,
                done = timeout(PATIENCE, caught_up) => match done {
                    Ok(Ok(())) => {
                        self.confirm(source, asked);
                        pause = ASK_EVERY;
                    }
                    Ok(Err(error)) => tracing::debug!(source, error, "freshness not confirmed"),
                    Err(_) => tracing::warn!(source, "news is late"),
                },
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(pause) => {}
            }
        }
    }
}

/// Returns when all the source had said at the call is in the snapshot: what is committed but has no
/// place yet counts, or a relay that stands still would look like silence.
async fn caught_up<T: FactSet>(
    source: &str,
    head: &Head,
    database: &Database,
    snapshot: &Snapshot<T>,
) -> Result<(), String> {
    let text = |error: DbErr| error.to_string();
    let position = match head {
        Head::Of(upstream) => upstream.head().await.map_err(|e| e.to_string())?.committed,
        Head::Own => database.committed().await.map_err(text)?,
    };
    until(async || Ok(database.watermark(source).await? >= position))
        .await
        .map_err(text)?;
    snapshot.refresh().await.map_err(text)?;
    Ok(())
}

async fn until<F>(look: impl Fn() -> F) -> Result<(), DbErr>
where
    F: Future<Output = Result<bool, DbErr>>,
{
    while !look().await? {
        sleep(LOOK).await;
    }
    Ok(())
}
