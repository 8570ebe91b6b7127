//! Waiting after failures: longer each time, never for good.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Failures that cost no waiting.
const FREE: u32 = 5;
/// The first wait.
const FIRST_SECONDS: i64 = 30;
/// The longest wait. It must stay short enough that an attacker cannot keep the owner out for a
/// working day, and long enough that six digits are not guessed: 4 tries an hour from then on.
const LONGEST_SECONDS: i64 = 15 * 60;

/// Failures in a row, and the last of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttle {
    failures: u32,
    last: Option<Timestamp>,
}

impl Throttle {
    /// Until when nothing is tried; none when a try is free.
    pub fn waits_until(&self) -> Option<Timestamp> {
        let beyond = self.failures.checked_sub(FREE)?;
        let seconds = FIRST_SECONDS
            .saturating_mul(1_i64.checked_shl(beyond.min(16))?)
            .min(LONGEST_SECONDS);
        self.last?
            .checked_add(SignedDuration::from_secs(seconds))
            .ok()
    }

    /// Whether nothing is tried now.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.waits_until().is_some_and(|until| now < until)
    }

    pub(crate) fn fail(&mut self, at: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        self.last = Some(at);
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_begins_after_five_failures_doubles_and_stops_growing() {
        let start = Timestamp::UNIX_EPOCH;
        let mut throttle = Throttle::default();
        let expected = [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900];
        for (failures, seconds) in expected.into_iter().enumerate() {
            let until = start + SignedDuration::from_secs(seconds);
            assert_eq!(throttle.waits(start), seconds > 0, "{failures}");
            assert!(!throttle.waits(until), "{failures}: {seconds} s are enough");
            throttle.fail(start);
        }
        for _ in 0..100_000 {
            throttle.fail(start);
        }
        let longest = start + SignedDuration::from_secs(LONGEST_SECONDS);
        assert!(!throttle.waits(longest), "never for good");
        throttle.clear();
        assert!(!throttle.waits(start));
    }
}
