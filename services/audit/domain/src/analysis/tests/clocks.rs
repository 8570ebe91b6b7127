//! Clocks that are wrong, and records that stay away.

use super::*;

fn logged(index: u64, happened: i64, logged_at: i64) -> Seen {
    Seen {
        logged_at: at(logged_at),
        ..seen(index, happened, What::Other)
    }
}

#[test]
fn a_record_more_than_a_minute_ahead_of_the_log_proves_a_clock_wrong() {
    for (ahead, speaks) in [(60, false), (61, true)] {
        let found = raised("clock_skew", &[logged(3, ahead, 0)]);
        assert_eq!(!found.is_empty(), speaks, "{ahead} s");
        for raised in found {
            assert_eq!(raised.key.subject, "source/identity");
            assert_eq!(raised.evidence, [3]);
            assert!(raised.en.contains("ahead"), "{}", raised.en);
        }
    }
}

/// So many records, all late by five minutes, over so many seconds.
fn late(records: u64, seconds: i64) -> Vec<Seen> {
    let step = seconds / (records as i64 - 1);
    let each = (0..records).map(|n| (n, n as i64 * step));
    each.map(|(n, logged_at)| logged(n, logged_at - 300, logged_at))
        .collect()
}

#[test]
fn late_records_speak_of_a_clock_only_when_all_of_many_are_late_for_long() {
    assert_eq!(evidence("clock_skew", &late(10, 900)), [vec![0, 9]]);
    assert!(
        raised("clock_skew", &late(10, 891)).is_empty(),
        "not for long enough"
    );
    assert!(raised("clock_skew", &late(9, 904)).is_empty(), "too few");
    assert!(
        raised("clock_skew", &late(2, 100_000)).is_empty(),
        "two stray ones"
    );

    let mut in_time = late(10, 900);
    in_time[5].at = in_time[5].logged_at;
    assert!(
        raised("clock_skew", &in_time).is_empty(),
        "one came in time"
    );
    let told = raised("clock_skew", &late(10, 900));
    assert!(told[0].en.contains("late"), "{}", told[0].en);
}

#[test]
fn a_backlog_that_drains_at_once_is_no_clock() {
    let records: Vec<_> = (0..1_000).map(|n| logged(n, n as i64 - 9_000, 0)).collect();
    assert!(raised("clock_skew", &records).is_empty());
}

#[test]
fn each_source_has_a_clock_of_its_own() {
    let mut records = late(10, 900);
    for (n, record) in records.iter_mut().enumerate() {
        record.source = ["identity", "ledger"][n % 2].to_owned();
    }
    assert!(
        raised("clock_skew", &records).is_empty(),
        "five of each are too few"
    );
}

#[test]
fn a_source_whose_records_stay_away_is_told_once_an_hour() {
    let overdue = |index, seconds, source: &str| {
        let source = source.to_owned();
        seen(index, seconds, What::Overdue { source })
    };
    let records = [
        overdue(0, 0, "ledger"),
        overdue(1, 1, "approvals"),
        overdue(2, 3_599, "ledger"),
        overdue(3, 3_600, "ledger"),
    ];
    let raised = raised("logging_gap", &records);
    let told: Vec<_> = raised
        .iter()
        .map(|one| (one.key.subject.as_str(), one.evidence[0]))
        .collect();
    let expected = [
        ("source/ledger", 0),
        ("source/approvals", 1),
        ("source/ledger", 3),
    ];
    assert_eq!(told, expected);
}
