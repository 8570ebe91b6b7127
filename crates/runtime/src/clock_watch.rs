//! Whether the wall clock goes as time does: one that was set, or stands still, is an alarm.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use kernel::Clock;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Ticks, telemetry::metrics};

/// How often is looked.
const EVERY: Duration = Duration::from_secs(1);

/// What both clocks said when the process began.
struct Beginning {
    wall: Timestamp,
    monotonic: Instant,
}

impl Beginning {
    /// How far the wall clock is ahead of where it should be by now; behind is negative.
    fn offset(&self, wall: Timestamp, monotonic: Instant) -> SignedDuration {
        let passed = SignedDuration::try_from(monotonic - self.monotonic);
        wall.duration_since(self.wall) - passed.unwrap_or(SignedDuration::MAX)
    }
}

/// Shows, until told to stop, how far the wall clock has left the monotonic one since this process
/// began (`sekisho_clock_offset_seconds`).
///
/// # Errors
/// None; a task may have some.
pub async fn watch_clock(
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) -> Result<(), std::convert::Infallible> {
    let beginning = Beginning {
        wall: clock.now(),
        monotonic: Instant::now(),
    };
    let mut ticks = Ticks::every(EVERY, stop);
    while ticks.next().await {
        let offset = beginning.offset(clock.now(), Instant::now());
        metrics::clock_offset(offset.as_secs_f64());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_falls_behind_and_one_that_is_set_jumps() {
        let beginning = Beginning {
            wall: Timestamp::UNIX_EPOCH,
            monotonic: Instant::now(),
        };
        let hour = SignedDuration::from_hours(1);
        let later = beginning.monotonic + Duration::from_secs(3600);
        let offset = |wall| beginning.offset(Timestamp::UNIX_EPOCH + wall, later);
        assert_eq!(offset(hour), SignedDuration::ZERO, "it goes as time does");
        assert_eq!(offset(SignedDuration::ZERO), -hour, "it stands");
        assert_eq!(offset(hour * 2), hour, "it was set forward");
        assert_eq!(offset(-hour), -hour * 2, "it was set back");
    }
}
