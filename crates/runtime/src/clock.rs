//! The real clock: the only place where the platform reads wall time.

use jiff::Timestamp;
use kernel::Clock;

/// The system's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads wall time"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}
