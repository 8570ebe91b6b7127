//! The clock of a source is not the log's (正確な時刻, 8-1-2).
//!
//! A record cannot be in the log before it happened, so one that is ahead proves a clock wrong. One that
//! is late proves nothing: it may have waited. Only when every record is late for a while is it the
//! clock, or what carries them; either is to be looked at.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Seen;

/// Fewer late records than this tell nothing of a clock.
const LEAST: u32 = 10;

/// Records of one source that were late, one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Clock {
    late: Option<Late>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Late {
    /// When the first of them was taken in.
    since: Timestamp,
    /// The first of them.
    first: u64,
    /// How many there were, up to [`LEAST`].
    records: u32,
}

/// How a clock is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Skew {
    Ahead,
    Behind,
}

impl Clock {
    /// Takes one more in; how the clock is wrong, and the leaves that show it.
    pub(super) fn see(
        &mut self,
        seen: &Seen,
        [ahead, behind, lasting]: [SignedDuration; 3],
    ) -> Option<(Skew, Vec<u64>)> {
        let waited = seen.logged_at.duration_since(seen.at);
        if waited < behind {
            self.late = None;
            return (-waited > ahead).then(|| (Skew::Ahead, vec![seen.index]));
        }
        let late = self.late.get_or_insert(Late {
            since: seen.logged_at,
            first: seen.index,
            records: 0,
        });
        late.records = LEAST.min(late.records + 1);
        let lasts = seen.logged_at.duration_since(late.since) >= lasting;
        (lasts && late.records == LEAST).then(|| (Skew::Behind, vec![late.first, seen.index]))
    }
}
