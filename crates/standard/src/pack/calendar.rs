//! Office days (開庁日): not Saturday, Sunday, a national holiday, or 29 December to 3 January.

use std::collections::BTreeMap;

use jiff::{
    Timestamp,
    civil::{Date, Time, Weekday},
    tz::Offset,
};

/// Japan Standard Time. A fixed offset: Japan has no summer time, so no time zone data is needed.
pub const JST: Offset = Offset::constant(9);

/// The day it is in Japan.
pub fn jst_date(at: Timestamp) -> Date {
    JST.to_datetime(at).date()
}

/// An instant as people in Japan read it, to the second: `2026-04-01 09:00:05 JST`.
pub fn jst_words(at: Timestamp) -> String {
    let there = at.to_zoned(JST.to_time_zone());
    there.strftime("%Y-%m-%d %H:%M:%S JST").to_string()
}

/// The instant a day begins in Japan; none at the far ends of representable time.
pub fn jst_instant(day: Date) -> Option<Timestamp> {
    JST.to_timestamp(day.to_datetime(Time::midnight())).ok()
}

/// Which days the city's offices are open.
#[derive(Debug, Clone, Default)]
pub struct Calendar {
    holidays: BTreeMap<Date, String>,
}

impl Calendar {
    pub(crate) fn new(holidays: BTreeMap<Date, String>) -> Self {
        Self { holidays }
    }

    /// The national holiday on that day, substitute and citizens' holidays too.
    pub fn holiday(&self, day: Date) -> Option<&str> {
        self.holidays.get(&day).map(String::as_str)
    }

    /// First and last year with national holidays in the pack. Outside of them only weekends and
    /// the turn of the year count as closed.
    pub fn years(&self) -> Option<(i16, i16)> {
        let (first, _) = self.holidays.first_key_value()?;
        let (last, _) = self.holidays.last_key_value()?;
        Some((first.year(), last.year()))
    }

    /// Whether the office is open.
    pub fn is_office_day(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        let turn_of_year = matches!((day.month(), day.day()), (12, 29..=31) | (1, 1..=3));
        !weekend && !turn_of_year && !self.holidays.contains_key(&day)
    }

    /// The `n`th office day after `day`; `day` itself with `n` = 0. None past the end of time.
    pub fn add_office_days(&self, day: Date, n: u32) -> Option<Date> {
        let mut day = day;
        for _ in 0..n {
            day = day.tomorrow().ok()?;
            while !self.is_office_day(day) {
                day = day.tomorrow().ok()?;
            }
        }
        Some(day)
    }
}
