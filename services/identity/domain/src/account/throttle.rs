//! Waiting after failures: longer each time, never for good.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How many tries there are, and how long failing makes wait beyond them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tries {
    /// Failures that cost no waiting.
    free: u32,
    /// The first wait.
    first_seconds: i64,
    /// The longest.
    longest_seconds: i64,
}

impl Tries {
    /// Of most accounts. The longest wait must stay short enough that an attacker cannot keep the
    /// owner out for a working day, and long enough that six digits are not guessed: 4 tries an hour
    /// from then on.
    pub const USUAL: Self = Self {
        free: 5,
        first_seconds: 30,
        longest_seconds: 15 * 60,
    };
    /// Of those with privileges (7-2-(8)-3): 1 try an hour from then on.
    pub const PRIVILEGED: Self = Self {
        free: 3,
        first_seconds: 60,
        longest_seconds: 60 * 60,
    };
}

/// Failures in a row, and the last of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Throttle {
    failures: u32,
    last: Option<Timestamp>,
}

impl Throttle {
    /// Until when nothing is tried; none when a try is free.
    pub fn waits_until(&self, tries: Tries) -> Option<Timestamp> {
        let beyond = self.failures.checked_sub(tries.free)?;
        let seconds = (tries.first_seconds)
            .saturating_mul(1_i64.checked_shl(beyond.min(16))?)
            .min(tries.longest_seconds);
        self.last?
            .checked_add(SignedDuration::from_secs(seconds))
            .ok()
    }

    /// Whether nothing is tried now.
    pub fn waits(&self, tries: Tries, now: Timestamp) -> bool {
        self.waits_until(tries).is_some_and(|until| now < until)
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

    fn grows(tries: Tries, expected: &[i64]) {
        let start = Timestamp::UNIX_EPOCH;
        let mut throttle = Throttle::default();
        for (failures, seconds) in expected.iter().enumerate() {
            let until = start + SignedDuration::from_secs(*seconds);
            let waits = throttle.waits(tries, start);
            assert_eq!(waits, *seconds > 0, "{failures}");
            let enough = !throttle.waits(tries, until);
            assert!(enough, "{failures}: {seconds} s are enough");
            throttle.fail(start);
        }
        for _ in 0..100_000 {
            throttle.fail(start);
        }
        let longest = start + SignedDuration::from_secs(tries.longest_seconds);
        assert!(!throttle.waits(tries, longest), "never for good");
        throttle.clear();
        assert!(!throttle.waits(tries, start));
    }

    #[test]
    fn the_wait_begins_after_five_failures_doubles_and_stops_growing() {
        let expected = [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900];
        grows(Tries::USUAL, &expected);
    }

    #[test]
    fn with_privileges_it_begins_earlier_and_grows_further_7_2_8_3() {
        let expected = [0, 0, 0, 60, 120, 240, 480, 960, 1920, 3600, 3600];
        grows(Tries::PRIVILEGED, &expected);
    }
}
