//! Rule `denied_burst`: somebody is refused again and again within minutes (不正の分析, 7-1-(4)-4b).
//!
//! A burst begins when more than so many refusals of one person fall into the window, and lasts as
//! long as they do. It is raised once; the next one can be raised when it is over.

use jiff::{SignedDuration, Timestamp};
use kernel::ClauseId;
use serde::{Deserialize, Serialize};

/// Analyse records for misuse.
const ANALYSE: ClauseId = ClauseId::known("7-1-(4)-4b");
/// Most log indexes a suspicion names.
const EVIDENCE: usize = 100;

/// How many refusals are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BurstLimit {
    /// So many within the window are still nothing unusual.
    pub tolerated: usize,
    /// Length of the window.
    pub window: SignedDuration,
}

/// The refusals of one person that are recent enough to count.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeniedBurst {
    /// When, and which leaf of the log; oldest first.
    recent: Vec<(Timestamp, u64)>,
    /// The burst going on has been raised.
    raised: bool,
}

impl DeniedBurst {
    /// The rule's name.
    pub const RULE: &'static str = "denied_burst";

    /// Takes in a refusal recorded in leaf `index`; returns the leaves of a burst that begins with it.
    pub fn denied(&mut self, at: Timestamp, index: u64, limit: &BurstLimit) -> Option<Vec<u64>> {
        // Records of one source may have been decided by several replicas: times are almost in order.
        let place = self.recent.partition_point(|(other, _)| *other <= at);
        self.recent.insert(place, (at, index));
        let (newest, _) = *self.recent.last()?;
        self.recent
            .retain(|(at, _)| newest.duration_since(*at) < limit.window);
        if self.recent.len() > EVIDENCE.max(limit.tolerated + 1) {
            self.recent.remove(0);
        }
        let burst = self.recent.len() > limit.tolerated;
        let begins = burst && !self.raised;
        self.raised = burst;
        begins.then(|| {
            self.recent
                .iter()
                .map(|(_, index)| *index)
                .take(EVIDENCE)
                .collect()
        })
    }

    /// The clauses it serves.
    pub fn clauses() -> Vec<ClauseId> {
        vec![ANALYSE]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: BurstLimit = BurstLimit {
        tolerated: 3,
        window: SignedDuration::from_mins(5),
    };

    /// The refusals, in seconds, after which a burst was raised.
    fn raised(seconds: &[i64]) -> Vec<(i64, Vec<u64>)> {
        let mut burst = DeniedBurst::default();
        (0..)
            .zip(seconds)
            .filter_map(|(index, second)| {
                let at = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(*second);
                Some((*second, burst.denied(at, index, &LIMIT)?))
            })
            .collect()
    }

    #[test]
    fn more_than_tolerated_within_the_window_is_a_burst_raised_once_with_its_leaves() {
        assert_eq!(raised(&[0, 1, 2]), []);
        assert_eq!(raised(&[0, 1, 2, 299]), [(299, vec![0, 1, 2, 3])]);
        assert_eq!(raised(&[0, 1, 2, 3, 4, 5, 6]), [(3, vec![0, 1, 2, 3])]);
    }

    #[test]
    fn what_is_older_than_the_window_does_not_count() {
        assert_eq!(raised(&[0, 1, 2, 300]), []);
        assert_eq!(raised(&[0, 100, 200, 300, 400, 500]), []);
    }

    #[test]
    fn a_second_burst_is_raised_only_after_the_first_is_over() {
        let one_long = [0, 60, 120, 180, 240, 300, 360, 420, 480, 540];
        assert_eq!(raised(&one_long), [(180, vec![0, 1, 2, 3])]);
        let two = [0, 1, 2, 3, 1_000, 1_001, 1_002, 1_003];
        assert_eq!(
            raised(&two),
            [(3, vec![0, 1, 2, 3]), (1_003, vec![4, 5, 6, 7])]
        );
    }

    #[test]
    fn a_record_that_comes_late_counts_at_its_own_time() {
        assert_eq!(raised(&[10, 11, 12, 5]), [(5, vec![3, 0, 1, 2])]);
        assert_eq!(raised(&[1_000, 1_001, 1_002, 5]), []);
    }

    #[test]
    fn memory_is_bounded_however_long_it_goes_on() {
        let mut burst = DeniedBurst::default();
        for index in 0..10_000 {
            burst.denied(Timestamp::UNIX_EPOCH, index, &LIMIT);
        }
        assert_eq!(burst.recent.len(), EVIDENCE);
    }
}
