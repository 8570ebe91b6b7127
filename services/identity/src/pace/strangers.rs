//! The pace of what anybody may begin, told apart by where it comes from.

use std::hash::Hash;

use super::{Pace, Paces};

/// So many at once and then one every so often, from each source and by all strangers together. While
/// strangers begin more than that, each source has a small share of its own: whoever begins much is held
/// up, and whoever begins little notices nothing. There is an end to that too, where room is what matters.
pub(crate) struct Strangers<K> {
    /// Of each source.
    pub(crate) sources: Paces<K>,
    /// Of all together, before the shares count.
    pub(crate) usual: Pace,
    /// Of each source once the usual is used up.
    pub(crate) shares: Paces<K>,
    /// Of all shares together.
    pub(crate) most: Pace,
}

impl<K: Hash + Eq + Clone> Strangers<K> {
    /// Takes one, or says how long to wait for it. What a source is refused does not count against all.
    pub(crate) fn take(&self, source: &K) -> Result<(), std::time::Duration> {
        self.sources.take(source)?;
        if self.usual.take().is_ok() {
            return Ok(());
        }
        self.shares.take(source)?;
        self.most.take()
    }
}
