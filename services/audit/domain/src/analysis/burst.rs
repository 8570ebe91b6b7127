//! More of something than is tolerated within a window.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use standard::pack::Counted;

use super::{
    EVIDENCE, Seen,
    seen::{Access, Conduct, Outcome},
};

/// Whether an access counts.
pub(super) fn counts(counted: Counted, access: &Access) -> bool {
    match counted {
        Counted::DeniedAccess => access.outcome == Outcome::Denied,
        Counted::Export => access.outcome == Outcome::Allowed && access.conduct == Conduct::Export,
    }
}

/// What counts and is recent enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Burst {
    /// When, and which leaf of the log; oldest first.
    recent: Vec<(Timestamp, u64)>,
}

impl Burst {
    /// Takes one more in; the newest leaves of a burst when they are too many.
    pub(super) fn see(
        &mut self,
        seen: &Seen,
        tolerated: usize,
        window: SignedDuration,
    ) -> Option<Vec<u64>> {
        // Records of one source may have been decided by several replicas: times are almost in order.
        let place = self.recent.partition_point(|(other, _)| *other <= seen.at);
        self.recent.insert(place, (seen.at, seen.index));
        let (newest, _) = *self.recent.last()?;
        self.recent
            .retain(|(at, _)| newest.duration_since(*at) < window);
        let most = tolerated + 1;
        if self.recent.len() > most {
            self.recent.remove(0);
        }
        (self.recent.len() == most).then(|| {
            let beyond = most.saturating_sub(EVIDENCE);
            let mut leaves: Vec<_> = self.recent[beyond..]
                .iter()
                .map(|(_, leaf)| *leaf)
                .collect();
            leaves.sort_unstable();
            leaves
        })
    }
}
