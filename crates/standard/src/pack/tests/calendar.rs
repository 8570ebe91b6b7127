//! Office days, and the national holidays they skip.

use std::collections::BTreeSet;

use jiff::{
    ToSpan,
    civil::{Date, Weekday, date},
};

use crate::{Pack, pack::Calendar};

fn calendar() -> Calendar {
    Pack::sendai()
        .unwrap_or_else(|error| panic!("{error}"))
        .calendar()
        .clone()
}

#[test]
fn the_office_is_closed_on_weekends_holidays_and_at_the_turn_of_the_year() {
    let calendar = calendar();
    for (day, open, why) in [
        (date(2026, 4, 28), true, "Tuesday before Golden Week"),
        (date(2026, 4, 29), false, "昭和の日"),
        (date(2026, 4, 30), true, "Thursday between"),
        (date(2026, 5, 4), false, "みどりの日"),
        (date(2026, 5, 6), false, "substitute for 3 May, a Sunday"),
        (date(2026, 5, 7), true, "Thursday after"),
        (date(2026, 9, 21), false, "敬老の日"),
        (date(2026, 9, 22), false, "between two holidays"),
        (date(2026, 9, 23), false, "秋分の日"),
        (
            date(2027, 3, 22),
            false,
            "substitute for the vernal equinox",
        ),
        (date(2026, 12, 28), true, "last office day"),
        (date(2026, 12, 29), false, "office closed"),
        (date(2026, 12, 31), false, "office closed"),
        (date(2027, 1, 1), false, "元日"),
        (date(2029, 1, 3), false, "office closed, a Wednesday"),
        (date(2029, 1, 4), true, "first office day"),
        (date(2026, 11, 21), false, "Saturday"),
        (date(2026, 11, 22), false, "Sunday"),
    ] {
        assert_eq!(calendar.is_office_day(day), open, "{day} {why}");
    }
    assert_eq!(calendar.holiday(date(2026, 9, 22)), Some("国民の休日"));
    assert_eq!(calendar.holiday(date(2026, 12, 29)), None);
}

#[test]
fn office_days_are_counted_over_golden_week_and_new_year() {
    let calendar = calendar();
    for (from, n, to) in [
        (date(2026, 5, 1), 1, date(2026, 5, 7)),
        (date(2026, 5, 1), 2, date(2026, 5, 8)),
        (date(2026, 5, 3), 1, date(2026, 5, 7)),
        (date(2026, 12, 28), 1, date(2027, 1, 4)),
        (date(2026, 9, 18), 1, date(2026, 9, 24)),
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 1, date(2026, 11, 24)),
    ] {
        assert_eq!(calendar.add_office_days(from, n), Some(to), "{from} + {n}");
    }
}

#[test]
fn the_nth_office_day_has_exactly_n_office_days_up_to_it() {
    let calendar = calendar();
    let starts = date(2024, 1, 1)
        .series(1.day())
        .take_while(|day| day.year() < 2030);
    for start in starts {
        for n in [1, 5, 30] {
            let end = calendar.add_office_days(start, n).expect("in range");
            let between = start.tomorrow().expect("in range").series(1.day());
            let open = between
                .take_while(|day| *day <= end)
                .filter(|day| calendar.is_office_day(*day));
            assert_eq!(open.count(), n as usize, "{start} + {n}");
            assert!(calendar.is_office_day(end), "{end}");
        }
    }
}

#[test]
fn time_does_not_overflow() {
    assert_eq!(calendar().add_office_days(Date::MAX, 1), None);
}

/// The Act's rules, written a second time, give the same days as the data. The equinoxes come
/// from the usual approximation for 1980 to 2099.
#[test]
fn the_holidays_are_those_of_the_act() {
    let calendar = calendar();
    let (first, last) = calendar.years().expect("data");
    assert_eq!((first, last), (2024, 2030));
    for year in first..=last {
        let expected = act(year);
        let days = date(year, 1, 1)
            .series(1.day())
            .take_while(|day| day.year() == year);
        let given: BTreeSet<_> = days
            .filter(|day| calendar.holiday(*day).is_some())
            .collect();
        assert_eq!(given, expected, "{year}");
    }
}

fn act(year: i16) -> BTreeSet<Date> {
    let equinox = |base: f64| {
        let years = f64::from(year - 1980);
        (base + 0.242_194 * years - (years / 4.0).floor()) as i8
    };
    let monday = |month, nth| {
        date(year, month, 1)
            .nth_weekday_of_month(nth, Weekday::Monday)
            .expect("a Monday")
    };
    let fixed = [
        (1, 1),
        (2, 11),
        (2, 23),
        (4, 29),
        (5, 3),
        (5, 4),
        (5, 5),
        (8, 11),
        (11, 3),
        (11, 23),
    ];
    let mut named: BTreeSet<Date> = fixed.map(|(month, day)| date(year, month, day)).into();
    named.extend([monday(1, 2), monday(7, 3), monday(9, 3), monday(10, 2)]);
    named.insert(date(year, 3, equinox(20.8431)));
    named.insert(date(year, 9, equinox(23.2488)));

    let mut all = named.clone();
    for day in named.iter().filter(|day| day.weekday() == Weekday::Sunday) {
        let mut moved = *day;
        while named.contains(&moved) {
            moved = moved.tomorrow().expect("in range");
        }
        all.insert(moved);
    }
    for day in &named {
        let between = day.tomorrow().expect("in range");
        if !all.contains(&between) && named.contains(&between.tomorrow().expect("in range")) {
            all.insert(between);
        }
    }
    all
}
