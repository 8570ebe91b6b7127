//! A clock that is behind what its own service has recorded: whatever ended in between would live again
//! ([ADR 19](../../../docs/adr/0019-no-start-behind-ones-own-past.md)).

use jiff::{SignedDuration, Timestamp};
use runtime::Runtime;
use standard::ServiceName;

use crate::StartError;

/// How far behind a clock may be: replicas write one journal, and their clocks may be as far apart as
/// that of who issues a token and of who judges it.
const APART: SignedDuration = SignedDuration::from_secs(60);

/// # Errors
/// When the clock is behind the newest instant that the service has recorded, and nobody has said that
/// the clock of that time was ahead.
pub(crate) fn check(
    runtime: &Runtime,
    service: ServiceName,
    newest: Option<Timestamp>,
) -> Result<(), StartError> {
    let now = runtime.clock.now();
    match newest {
        Some(newest)
            if newest.duration_since(now) > APART
                && Some(newest) > runtime.config.clock_was_ahead_until =>
        {
            Err(StartError::ClockBehind {
                service: service.as_str(),
                now,
                newest,
            })
        }
        _ => Ok(()),
    }
}

/// The full hour after an instant: it most likely covers what the process's other services have recorded
/// by the same clock.
pub(crate) fn covering(newest: Timestamp) -> Timestamp {
    const HOUR: i64 = 3_600;
    let next = (newest.as_second().div_euclid(HOUR) + 1) * HOUR;
    Timestamp::from_second(next).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::Arc;

    use kernel::ManualClock;
    use runtime::Config;
    use standard::Pack;

    use super::*;

    const NEWEST: &str = "2026-04-01T01:00:00.25Z";

    /// With a clock so far behind the newest record, and what an operator says of the one before.
    fn started(behind: SignedDuration, ahead_until: Option<&str>) -> Result<(), StartError> {
        let newest: Timestamp = NEWEST.parse().unwrap();
        let mut config = Config::defaults_for_embedded("data");
        config.clock_was_ahead_until = ahead_until.map(|until| until.parse().unwrap());
        let clock = Arc::new(ManualClock::new(newest - behind));
        let runtime = Runtime::with(config, Pack::sendai().unwrap(), clock);
        check(&runtime, ServiceName::Audit, None)?;
        check(&runtime, ServiceName::Audit, Some(newest))
    }

    #[test]
    fn a_clock_behind_what_was_recorded_starts_nothing() {
        for behind in [-86_400, 0, 60] {
            started(SignedDuration::from_secs(behind), None).unwrap();
        }
        for behind in [61, 180, 3_600, 86_400] {
            let refused = started(SignedDuration::from_secs(behind), None).unwrap_err();
            assert!(
                matches!(refused, StartError::ClockBehind { .. }),
                "{refused}"
            );
        }
    }

    #[test]
    fn the_refusal_names_both_times_and_the_way_out_which_is_for_that_time_only() {
        let hour = SignedDuration::from_hours(1);
        let refused = started(hour, None).unwrap_err();
        for words in [refused.to_string(), refused.message_ja()] {
            for part in [
                "audit",
                "2026-04-01T00:00:00.25Z",
                NEWEST,
                "--clock-was-ahead-until 2026-04-01T02:00:00Z",
                "wrong-clock.md",
            ] {
                assert!(words.contains(part), "{part}: {words}");
            }
        }
        started(hour, Some("2026-04-01T02:00:00Z")).unwrap();
        started(hour, Some(NEWEST)).unwrap();
        assert!(started(hour, Some("2026-04-01T01:00:00Z")).is_err());
    }
}
