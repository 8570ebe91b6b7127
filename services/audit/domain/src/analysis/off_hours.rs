//! Privileged work outside office hours. Nothing need be remembered.

use jiff::{Timestamp, civil::Time};
use standard::{Calendar, JST};

use super::seen::{Access, Conduct, Outcome};

/// Whether an access is privileged work of a person. Robots work at night.
pub(super) fn is_privileged(access: &Access) -> bool {
    let done = access.outcome == Outcome::Allowed && !access.automated;
    done && access.conduct == Conduct::Privileged
}

/// Whether the office is closed at an instant.
pub(super) fn is_closed(at: Timestamp, opens: Time, closes: Time, calendar: &Calendar) -> bool {
    let here = JST.to_datetime(at);
    !calendar.is_office_day(here.date()) || !(opens..closes).contains(&here.time())
}
