//! So many at once, and then one every so often.

mod strangers;

use std::{
    convert::Infallible,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use quick_cache::sync::Cache;
use tokio::time::Instant;

pub(crate) use strangers::Strangers;

/// Keys remembered; the least used leave first.
const REMEMBERED: usize = 10_000;

/// A pace that is kept by refusing.
#[derive(Debug)]
pub(crate) struct Pace {
    at_once: u32,
    every: Duration,
    /// When everything taken so far is worked off.
    worked_off: Mutex<Instant>,
}

impl Pace {
    pub(crate) fn new(at_once: u32, every: Duration) -> Self {
        Self {
            at_once,
            every,
            worked_off: Mutex::new(Instant::now()),
        }
    }

    /// Takes one, or says how long to wait for it.
    pub(crate) fn take(&self) -> Result<(), Duration> {
        let mut worked_off = self
            .worked_off
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let behind = worked_off.saturating_duration_since(now);
        let allowed = self.every * self.at_once.saturating_sub(1);
        if behind > allowed {
            return Err(behind - allowed);
        }
        *worked_off = now + behind + self.every;
        Ok(())
    }
}

/// A pace for each of many.
pub(crate) struct Paces<K> {
    at_once: u32,
    every: Duration,
    each: Cache<K, Arc<Pace>>,
}

impl<K: Hash + Eq + Clone> Paces<K> {
    pub(crate) fn new(at_once: u32, every: Duration) -> Self {
        Self {
            at_once,
            every,
            each: Cache::new(REMEMBERED),
        }
    }

    /// Takes one of that key's, or says how long to wait for it.
    pub(crate) fn take(&self, key: &K) -> Result<(), Duration> {
        let new = || Ok::<_, Infallible>(Arc::new(Pace::new(self.at_once, self.every)));
        let Ok(pace) = self.each.get_or_insert_with(key, new);
        pace.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_at_once_and_then_one_every_so_often_for_each_key() {
        const SECOND: Duration = Duration::from_secs(1);
        let paces = Paces::new(3, SECOND);
        for _ in 0..3 {
            assert_eq!(paces.take(&"a"), Ok(()));
        }
        assert_eq!(paces.take(&"a"), Err(SECOND));
        assert_eq!(paces.take(&"b"), Ok(()), "another's is untouched");
        tokio::time::advance(SECOND).await;
        assert_eq!(paces.take(&"a"), Ok(()));
        assert_eq!(paces.take(&"a"), Err(SECOND));
        tokio::time::advance(SECOND * 60).await;
        for _ in 0..3 {
            assert_eq!(paces.take(&"a"), Ok(()), "no more than at first");
        }
        assert!(paces.take(&"a").is_err());
    }
}
