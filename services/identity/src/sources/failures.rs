//! How failing makes wait: so much of it is free and forgotten in time, and what is beyond waits, longer
//! each time and never for good.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// How much failing costs nothing, and how long it makes wait beyond that.
pub(super) struct Limits {
    /// Failures that are free at once.
    free: f64,
    /// How many of them still count after a wait.
    left: f64,
    /// How many are forgotten in a second.
    forgotten: f64,
    /// The first wait.
    first: SignedDuration,
    /// The longest.
    longest: SignedDuration,
}

/// An office behind one address mistypes a good deal in the morning.
pub(super) const ONE: Limits = Limits {
    free: 30.0,
    left: 30.0,
    forgotten: 0.1,
    first: SignedDuration::from_secs(5),
    longest: SignedDuration::from_mins(15),
};
/// For strangers while very many fail: whoever mistypes waits for moments, and whoever goes on failing
/// for as long as ever.
pub(super) const STRICT: Limits = Limits {
    free: 0.0,
    forgotten: 1.0 / 60.0,
    ..ONE
};
/// A city of ten thousand mistypes a few times a second at worst. What is beyond makes a time in which
/// [`STRICT`] holds, and it takes hundreds of failures to bring the next.
pub(super) const ALL: Limits = Limits {
    free: 600.0,
    left: 300.0,
    forgotten: 10.0,
    first: SignedDuration::from_mins(1),
    longest: SignedDuration::from_mins(15),
};

/// What is remembered of failures.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Failures {
    level: f64,
    at: Timestamp,
    waits: u32,
    until: Timestamp,
}

impl Failures {
    pub(super) fn rest(&self, now: Timestamp) -> Option<Duration> {
        let rest = Duration::try_from(self.until.duration_since(now)).ok()?;
        (!rest.is_zero()).then_some(rest)
    }

    pub(super) fn add(&mut self, now: Timestamp, limits: &Limits) {
        if now < self.until {
            // It was on its way before the wait began.
            return;
        }
        let elapsed = now.duration_since(self.at).as_secs_f64().max(0.0);
        let level = self.level - elapsed * limits.forgotten;
        if level <= 0.0 {
            self.waits = 0;
        }
        self.level = level.max(0.0) + 1.0;
        self.at = now;
        if self.level > limits.free {
            self.level = self.level.min(limits.left);
            let wait = limits.first.saturating_mul(1 << self.waits.min(16));
            self.until = now + wait.min(limits.longest);
            self.waits += 1;
            // Nothing is forgotten while it waits.
            self.at = self.until;
        }
    }
}
