//! A clock that does not go back while the process lives: a token once expired stays expired,
//! whatever is done to the wall clock.

use std::{fmt, sync::Arc, time::Instant};

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;

/// The later of the wall clock and what the wall clock would be had nobody touched it since start.
#[derive(Clone)]
pub(crate) struct Steady {
    wall: Arc<dyn Clock>,
    start: (Instant, Timestamp),
}

impl Steady {
    pub(crate) fn new(wall: Arc<dyn Clock>) -> Self {
        let start = (Instant::now(), wall.now());
        Self { wall, start }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let elapsed = SignedDuration::try_from(self.start.0.elapsed()).unwrap_or_default();
        let undisturbed = self.start.1.checked_add(elapsed).unwrap_or(Timestamp::MAX);
        undisturbed.max(self.wall.now())
    }
}

impl fmt::Debug for Steady {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Steady").field(&self.start.1).finish()
    }
}
