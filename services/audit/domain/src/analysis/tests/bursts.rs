//! Denied bursts and mass export.

use super::*;

fn denied(index: u64, seconds: i64, person: &str) -> Seen {
    let outcome = Outcome::Denied;
    by(
        index,
        seconds,
        Access {
            outcome,
            ..access(person)
        },
    )
}

fn exported(index: u64, seconds: i64) -> Seen {
    let conduct = Conduct::Export;
    by(
        index,
        seconds,
        Access {
            conduct,
            ..access("S0001")
        },
    )
}

#[test]
fn ten_refusals_in_five_minutes_are_tolerated_and_the_eleventh_speaks() {
    let ten: Vec<_> = (0..10).map(|n| denied(n, n as i64, "S0001")).collect();
    assert!(raised("denied_burst", &ten).is_empty());
    for (seconds, speaks) in [(299, true), (300, false)] {
        let mut records = ten.clone();
        records.push(denied(10, seconds, "S0001"));
        let raised = raised("denied_burst", &records);
        assert_eq!(!raised.is_empty(), speaks, "the eleventh after {seconds} s");
        for raised in raised {
            assert_eq!(raised.evidence, (0..=10).collect::<Vec<_>>());
            assert_eq!(raised.key.subject, "person/S0001");
            assert_eq!(
                (raised.person.as_str(), raised.system.as_str()),
                ("S0001", "SYS-1")
            );
            assert!(raised.ja.contains("5分") && raised.en.contains("5 minutes"));
        }
    }
}

#[test]
fn each_person_has_a_burst_of_their_own_and_what_is_allowed_counts_for_none() {
    let mut records = Vec::new();
    for n in 0..10 {
        records.push(denied(3 * n, n as i64, "S0001"));
        records.push(denied(3 * n + 1, n as i64, "S0002"));
        records.push(by(3 * n + 2, n as i64, access("S0001")));
    }
    assert!(raised("denied_burst", &records).is_empty());
    records.push(denied(30, 10, "S0002"));
    let raised = raised("denied_burst", &records);
    assert_eq!(raised.len(), 1);
    assert_eq!(raised[0].person, "S0002");
}

#[test]
fn a_bad_token_is_nobodys_burst() {
    let records: Vec<_> = (0..20).map(|n| denied(n, 0, "")).collect();
    assert!(raised("denied_burst", &records).is_empty());
}

#[test]
fn what_cannot_be_an_id_concerns_nobody() {
    for person in ["x".repeat(122), "S\u{0}1".to_owned()] {
        let records: Vec<_> = (0..20).map(|n| denied(n, 0, &person)).collect();
        assert!(raised("denied_burst", &records).is_empty());
    }
    let longest = "x".repeat(121);
    let records: Vec<_> = (0..20).map(|n| denied(n, 0, &longest)).collect();
    assert_eq!(evidence("denied_burst", &records).len(), 1);
}

#[test]
fn a_burst_that_goes_on_speaks_again_when_the_rule_has_been_quiet_for_long_enough() {
    let records: Vec<_> = (0..60).map(|n| denied(n, 10 * n as i64, "S0001")).collect();
    let spoke: Vec<_> = raised("denied_burst", &records)
        .iter()
        .map(|raised| raised.evidence[10])
        .collect();
    // The eleventh, at 100 s, and the first one 300 s after it.
    assert_eq!(spoke, [10, 40]);
}

#[test]
fn refusals_that_come_out_of_order_count_by_their_own_time() {
    let mut records: Vec<_> = (0..10)
        .map(|n| denied(n, 290 + n as i64, "S0001"))
        .collect();
    let mut early = records.clone();
    early.push(denied(10, 0, "S0001"));
    assert_eq!(
        evidence("denied_burst", &early).len(),
        1,
        "within five minutes of the newest"
    );
    records.push(denied(10, -1, "S0001"));
    assert!(
        evidence("denied_burst", &records).is_empty(),
        "300 s before it"
    );
}

#[test]
fn thirty_exports_an_hour_are_tolerated_and_one_more_is_mass_export() {
    let mut records: Vec<_> = (0..30).map(|n| exported(n, n as i64)).collect();
    let conduct = Conduct::Export;
    for (index, outcome) in [(30, Outcome::Denied), (31, Outcome::Neither)] {
        let refused = Access {
            conduct,
            outcome,
            ..access("S0001")
        };
        records.push(by(index, 40, refused));
    }
    assert!(
        raised("mass_export", &records).is_empty(),
        "what was refused is not out"
    );
    records.push(exported(32, 3_599));
    assert_eq!(evidence("mass_export", &records)[0].len(), 31);
}

#[test]
fn a_suspicion_names_the_newest_hundred_records_at_most() {
    let pack = pack();
    let text = "[[rule]]\nid = \"many\"\ntitle_ja = \"多\"\ntitle_en = \"many\"\nclauses = [\"7-1-(4)-4b\"]\n\
                severity = \"notice\"\nquiet = { hours = 1 }\n\
                detector.burst = { counted = \"export\", tolerated = 200, window = { hours = 1 } }";
    let rules = pack.read_analysis(text).expect("a rule");
    let records: Vec<_> = (0..201).map(|n| exported(n, n as i64)).collect();
    let raised = raised_by(pack, &rules, &records);
    assert_eq!(raised.len(), 1);
    assert_eq!(raised[0].evidence, (101..=200).collect::<Vec<_>>());
}
