//! How long the periods are, and when they end.

use jiff::{SignedDuration, Timestamp};

use crate::{Length, Pack, Period, pack::jst_date};

fn pack() -> Pack {
    Pack::sendai().unwrap_or_else(|error| panic!("{error}"))
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time with offset")
}

#[test]
fn the_periods_have_the_defaults_of_the_standard() {
    use Length::{Days, Hours, Minutes, Months, OfficeDays, Seconds, Years};
    let pack = pack();
    let expected = [
        (Period::AtOnce, Hours(1)),
        (Period::Promptly, Hours(24)),
        (Period::Periodically, Months(12)),
        (Period::EmergencyExceptionHardEnd, Hours(72)),
        (Period::EmergencyExceptionReportDue, Hours(24)),
        (Period::ExceptionMax, Months(12)),
        (Period::AccessRecordRetentionImportant, Years(3)),
        (Period::AccessRecordRetentionOther, Years(1)),
        (Period::IncidentRecordRetention, Years(5)),
        (Period::DormantFlag, Days(90)),
        (Period::DormantDisable, Days(120)),
        (Period::PrivilegedGrantMax, Hours(8)),
        (Period::AccessReview, OfficeDays(20)),
        (Period::SharedIdCheckOut, Hours(8)),
        (Period::TakeoutMax, OfficeDays(30)),
        (Period::LogDigest, Days(1)),
        (Period::ImportantSystemAuthenticationAge, Hours(8)),
        (Period::SensitiveAuthenticationAge, Hours(8)),
        (Period::ClassIiAuthenticationAge, Hours(10)),
        (Period::AdministerFactorAge, Minutes(15)),
        (Period::SnapshotBoundSensitive, Seconds(10)),
        (Period::SnapshotBoundClassIi, Seconds(60)),
    ];
    assert_eq!(expected.len(), Period::ALL.len());
    for (period, length) in expected {
        assert_eq!(pack.period(period), length, "{period}");
    }
}

#[test]
fn a_length_ends_where_its_unit_says() {
    let pack = pack();
    for (from, length, end, why) in [
        (
            "2026-05-01T23:30:00+09:00",
            Length::Hours(24),
            "2026-05-02T23:30:00+09:00",
            "hours run on closed days",
        ),
        (
            "2026-05-01T09:00:00+09:00",
            Length::Minutes(15),
            "2026-05-01T09:15:00+09:00",
            "minutes",
        ),
        (
            "2026-05-01T09:00:00+09:00",
            Length::Seconds(10),
            "2026-05-01T09:00:10+09:00",
            "seconds",
        ),
        (
            "2026-05-01T09:00:00+09:00",
            Length::OfficeDays(1),
            "2026-05-08T00:00:00+09:00",
            "the whole of 7 May is in time",
        ),
        (
            "2026-05-03T00:00:00+09:00",
            Length::OfficeDays(1),
            "2026-05-08T00:00:00+09:00",
            "begun on a holiday",
        ),
        (
            "2026-04-30T15:30:00Z",
            Length::OfficeDays(1),
            "2026-05-08T00:00:00+09:00",
            "1 May in Japan, 30 April in UTC",
        ),
        (
            "2026-04-30T14:30:00Z",
            Length::OfficeDays(1),
            "2026-05-02T00:00:00+09:00",
            "30 April in both",
        ),
        (
            "2026-05-01T09:00:00+09:00",
            Length::Days(90),
            "2026-07-30T09:00:00+09:00",
            "elapsed days",
        ),
        (
            "2026-01-31T18:00:00+09:00",
            Length::Months(1),
            "2026-02-28T18:00:00+09:00",
            "the month's last day",
        ),
        (
            "2026-01-31T18:00:00Z",
            Length::Months(1),
            "2026-02-28T18:00:00Z",
            "1 February in Japan",
        ),
        (
            "2028-02-29T12:00:00+09:00",
            Length::Years(1),
            "2029-02-28T12:00:00+09:00",
            "after a leap day",
        ),
        (
            "2026-11-22T12:00:00+09:00",
            Length::Months(12),
            "2027-11-22T12:00:00+09:00",
            "a year in months",
        ),
    ] {
        assert_eq!(
            length.end(at(from), pack.calendar()),
            at(end),
            "{length:?} {why}"
        );
    }
}

#[test]
fn only_hours_and_less_are_exact() {
    assert_eq!(
        Length::Hours(8).exact(),
        Some(SignedDuration::from_hours(8))
    );
    assert_eq!(
        Length::Minutes(15).exact(),
        Some(SignedDuration::from_mins(15))
    );
    assert_eq!(
        Length::Seconds(10).exact(),
        Some(SignedDuration::from_secs(10))
    );
    for length in [
        Length::OfficeDays(1),
        Length::Days(1),
        Length::Months(1),
        Length::Years(1),
    ] {
        assert_eq!(length.exact(), None);
    }
}

#[test]
fn a_length_past_the_end_of_time_ends_there() {
    let pack = pack();
    for length in [
        Length::Years(u32::MAX),
        Length::Months(u32::MAX),
        Length::Days(u32::MAX),
    ] {
        assert_eq!(
            length.end(Timestamp::UNIX_EPOCH, pack.calendar()),
            Timestamp::MAX
        );
    }
    for length in [
        Length::OfficeDays(1),
        Length::Hours(u32::MAX),
        Length::Days(30),
    ] {
        assert_eq!(length.end(Timestamp::MAX, pack.calendar()), Timestamp::MAX);
    }
}

#[test]
fn a_day_is_a_day_in_japan() {
    assert_eq!(
        jst_date(at("2026-04-01T14:59:59Z")).to_string(),
        "2026-04-01"
    );
    assert_eq!(
        jst_date(at("2026-04-01T15:00:00Z")).to_string(),
        "2026-04-02"
    );
}
