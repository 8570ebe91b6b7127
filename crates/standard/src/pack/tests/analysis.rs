//! The rules of analysis: what Sendai's look for, and other rules to be tried.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::{
    AccessPath, Pack,
    pack::{Counted, Detector, Place},
};

fn pack() -> Pack {
    Pack::sendai().expect("the built-in pack")
}

#[test]
fn every_misuse_the_city_looks_for_has_its_rule() {
    let pack = pack();
    let ids: BTreeSet<_> = pack
        .analysis()
        .iter()
        .map(|rule| rule.id.as_str())
        .collect();
    let expected = [
        "clock_skew",
        "denied_burst",
        "dormant_id_used",
        "logging_gap",
        "mass_export",
        "off_hours_privileged",
        "shared_id_twice",
        "two_places",
    ];
    assert_eq!(ids.into_iter().collect::<Vec<_>>(), expected);
    let first = &pack.analysis()[0];
    let burst = Detector::Burst {
        counted: Counted::DeniedAccess,
        tolerated: 10,
        window: SignedDuration::from_mins(5),
    };
    assert_eq!(
        (first.id.as_str(), &first.detector),
        ("denied_burst", &burst)
    );
}

#[test]
fn a_rule_remembers_as_long_as_its_longest_window() {
    let pack = pack();
    let window = |id: &str| {
        let rule = pack.analysis().iter().find(|rule| rule.id == id);
        rule.expect("the rule").detector.window()
    };
    assert_eq!(window("two_places"), SignedDuration::from_mins(20));
    assert_eq!(
        window("dormant_id_used"),
        SignedDuration::from_hours(24 * 400)
    );
    assert_eq!(window("clock_skew"), SignedDuration::from_mins(15));
    assert_eq!(window("logging_gap"), SignedDuration::ZERO);
}

#[test]
fn a_place_is_a_path_or_a_point() {
    for (text, place) in [
        ("telework", Place::Path(AccessPath::Telework)),
        ("point:izumi", Place::Point("izumi".to_owned())),
    ] {
        let read: Place = text.parse().expect("a place");
        assert_eq!((&read, read.to_string().as_str()), (&place, text));
    }
    for text in ["point:", "izumi", ""] {
        assert!(text.parse::<Place>().is_err(), "{text}");
    }
}

#[test]
fn other_rules_are_held_against_the_packs_clauses() {
    let pack = pack();
    let text = r#"
        [[rule]]
        id = "strict"
        title_ja = "厳格"
        title_en = "Strict"
        clauses = ["7-1-(4)-4b"]
        severity = "notice"
        quiet = { minutes = 1 }
        detector.burst = { counted = "export", tolerated = 1, window = { hours = 1 } }
    "#;
    let rules = pack.read_analysis(text).expect("good rules");
    assert_eq!(rules.len(), 1);
    let wrong = text
        .replace("7-1-(4)-4b", "7-1-(4)-9")
        .replace("= 1,", "= 0,");
    let problems = pack.read_analysis(&wrong).expect_err("two faults").problems;
    let told: Vec<_> = problems
        .iter()
        .map(|one| (one.line, one.message.as_str()))
        .collect();
    let expected = [
        (Some(6), "unknown clause \"7-1-(4)-9\""),
        (Some(9), "tolerated is not within 1 to 500"),
    ];
    assert_eq!(told, expected);
    assert!(pack.read_analysis("rule = []").is_err(), "no rule at all");
}
