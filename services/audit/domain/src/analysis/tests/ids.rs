//! Dormant IDs, and privileges outside office hours.

use super::*;

fn person(make: impl FnOnce(String) -> What, index: u64, seconds: i64) -> Seen {
    seen(index, seconds, make("S0001".to_owned()))
}

fn unused(index: u64, seconds: i64) -> Seen {
    person(|person| What::FoundUnused { person }, index, seconds)
}

fn signs_in(index: u64, seconds: i64) -> Seen {
    person(|person| What::SignedIn { person }, index, seconds)
}

const DAY: i64 = 86_400;

#[test]
fn an_id_found_unused_speaks_when_it_is_used_and_is_in_use_then() {
    for used in [signs_in(1, DAY), by(1, DAY, access("S0001"))] {
        let records = [unused(0, 0), used, signs_in(2, 5 * DAY)];
        assert_eq!(evidence("dormant_id_used", &records), [vec![0, 1]]);
    }
    assert!(evidence("dormant_id_used", &[signs_in(0, 0), signs_in(1, 9)]).is_empty());
}

#[test]
fn a_stopped_id_speaks_when_it_is_tried_and_one_that_was_let_go_on_does_not() {
    let tried = |index, seconds| person(|person| What::StoppedIdTried { person }, index, seconds);
    let enabled = person(|person| What::Enabled { person }, 2, 2);
    let records = [unused(0, 0), tried(1, 1), tried(3, 3), tried(4, DAY + 1)];
    let spoke = evidence("dormant_id_used", &records);
    assert_eq!(
        spoke,
        [vec![0, 1], vec![0, 4]],
        "quiet for a day in between"
    );
    assert!(evidence("dormant_id_used", &[unused(0, 0), enabled, signs_in(3, 3)]).is_empty());
}

#[test]
fn that_an_id_was_found_unused_is_remembered_for_four_hundred_days() {
    // A day longer, for records that come late.
    for (days, speaks) in [(400, true), (402, false)] {
        let records = [unused(0, 0), signs_in(1, days * DAY)];
        assert_eq!(
            !evidence("dormant_id_used", &records).is_empty(),
            speaks,
            "{days}"
        );
    }
}

#[test]
fn privileged_work_speaks_on_closed_days_and_outside_the_hours_of_office_days() {
    let privileged = Access {
        conduct: Conduct::Privileged,
        ..access("S0001")
    };
    for (time, speaks) in [
        ("2026-07-01T06:59:59+09:00", true),
        ("2026-07-01T07:00:00+09:00", false),
        ("2026-07-01T21:59:59+09:00", false),
        ("2026-07-01T22:00:00+09:00", true),
        // A Saturday, a holiday, the turn of the year.
        ("2026-07-04T12:00:00+09:00", true),
        ("2026-07-20T12:00:00+09:00", true),
        ("2026-12-29T12:00:00+09:00", true),
    ] {
        let time: Timestamp = time.parse().expect("an instant");
        let mut done = by(7, 0, privileged.clone());
        (done.at, done.logged_at) = (time, time);
        let found = evidence("off_hours_privileged", &[done.clone()]);
        let expected = if speaks { vec![vec![7]] } else { vec![] };
        assert_eq!(found, expected, "{time}");
        for (conduct, outcome, automated) in [
            (Conduct::Ordinary, Outcome::Allowed, false),
            (Conduct::Privileged, Outcome::Denied, false),
            (Conduct::Privileged, Outcome::Allowed, true),
        ] {
            let other = Access {
                conduct,
                outcome,
                automated,
                ..privileged.clone()
            };
            done.what = What::Access(Box::new(other));
            assert!(evidence("off_hours_privileged", &[done.clone()]).is_empty());
        }
    }
}

#[test]
fn a_night_of_privileged_work_is_told_once() {
    let privileged = Access {
        conduct: Conduct::Privileged,
        ..access("S0001")
    };
    // From 22:00 on, one an hour, and the next night.
    let hours = (12..20).chain([36]);
    let records: Vec<_> = hours
        .map(|hour| by(hour as u64, hour * 3_600, privileged.clone()))
        .collect();
    assert_eq!(
        evidence("off_hours_privileged", &records),
        [vec![12], vec![36]]
    );
}
