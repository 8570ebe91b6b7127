//! How long a period is, and when it ends.

use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, JST, jst_date, jst_instant};

/// A length with its unit. Hours and less count wall time; office days skip closed days; days,
/// months and years are counted on the calendar in JST.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Wall time.
    Seconds(u32),
    /// Wall time.
    Minutes(u32),
    /// Wall time.
    Hours(u32),
    /// Days on which the office is open (開庁日); the first day is not counted.
    OfficeDays(u32),
    /// Days whether open or not, to the same time of day.
    Days(u32),
    /// Calendar months, to the same day and time or the month's last day.
    Months(u32),
    /// Calendar years, to the same day and time or the month's last day.
    Years(u32),
}

impl Length {
    /// The number before the unit.
    pub const fn count(self) -> u32 {
        match self {
            Self::Seconds(n)
            | Self::Minutes(n)
            | Self::Hours(n)
            | Self::OfficeDays(n)
            | Self::Days(n)
            | Self::Months(n)
            | Self::Years(n) => n,
        }
    }

    /// The exact span of a length of hours or less; none for days and longer.
    pub fn exact(self) -> Option<SignedDuration> {
        match self {
            Self::Seconds(n) => Some(SignedDuration::from_secs(n.into())),
            Self::Minutes(n) => Some(SignedDuration::from_secs(i64::from(n) * 60)),
            Self::Hours(n) => Some(SignedDuration::from_secs(i64::from(n) * 3600)),
            Self::OfficeDays(_) | Self::Days(_) | Self::Months(_) | Self::Years(_) => None,
        }
    }

    /// The first instant after the period that began at `from`: what is done before it is in time.
    ///
    /// Office days end with the last of them, at midnight JST. A length past the end of
    /// representable time ends there.
    pub fn end(self, from: Timestamp, calendar: &Calendar) -> Timestamp {
        self.checked_end(from, calendar).unwrap_or(Timestamp::MAX)
    }

    fn checked_end(self, from: Timestamp, calendar: &Calendar) -> Option<Timestamp> {
        let on_calendar = |span: Span| {
            let civil = JST.to_datetime(from).checked_add(span).ok()?;
            JST.to_timestamp(civil).ok()
        };
        match self {
            Self::Seconds(_) | Self::Minutes(_) | Self::Hours(_) => {
                from.checked_add(self.exact()?).ok()
            }
            Self::OfficeDays(n) => {
                let last = calendar.add_office_days(jst_date(from), n)?;
                jst_instant(last.tomorrow().ok()?)
            }
            Self::Days(n) => on_calendar(Span::new().try_days(n).ok()?),
            Self::Months(n) => on_calendar(Span::new().try_months(n).ok()?),
            Self::Years(n) => on_calendar(Span::new().try_years(n).ok()?),
        }
    }
}
