//! `periods.toml` and `holidays.toml`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use super::page::{Page, Word};
use crate::pack::{Length, Period};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPeriods {
    periods: BTreeMap<Word, Spanned<Length>>,
}

pub(super) fn read(page: &mut Page<'_>) -> BTreeMap<Period, Length> {
    let mut periods = BTreeMap::new();
    let Some(raw) = page.toml::<RawPeriods>() else {
        return periods;
    };
    for (id, length) in raw.periods {
        let place = length.span();
        let length = length.into_inner();
        let Some(period) = page.word::<Period>(&id) else {
            continue;
        };
        if length.count() == 0 {
            page.problem_at(place.clone(), format!("period \"{period}\" must not be 0"));
        }
        if !period.accepts(length) {
            let message = format!("period \"{period}\" must be in seconds, minutes or hours");
            page.problem_at(place.clone(), message);
        }
        page.insert(&mut periods, "period", place, period, length);
    }
    page.complete(&periods, "period", None, Period::ALL);
    periods
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHolidays {
    holidays: BTreeMap<Word, String>,
}

pub(super) fn read_holidays(page: &mut Page<'_>) -> BTreeMap<Date, String> {
    let mut holidays = BTreeMap::new();
    let Some(raw) = page.toml::<RawHolidays>() else {
        return holidays;
    };
    for (day, name) in raw.holidays {
        match day.get_ref().parse::<Date>() {
            Ok(date) => page.insert(&mut holidays, "holiday", day.span(), date, name),
            Err(_) => {
                let message = format!("not a date: \"{}\"", day.get_ref());
                page.problem_at(day.span(), message);
            }
        }
    }
    holidays
}
