use super::*;
use crate::{Violation, fixture::people};

/// What stands against terms, as `field code clause`.
fn against(command: Command, who: &str) -> Vec<String> {
    match Exception::default().decide(&command, &facts(), &by(who, 0)) {
        Ok(_) => Vec::new(),
        Err(refusal) => match refusal.reason {
            Reason::RulesNotMet(violations) => violations.iter().map(told).collect(),
            other => panic!("{other:?}"),
        },
    }
}

fn told(violation: &Violation) -> String {
    let clause = &violation.clause;
    format!("{} {} {clause}", violation.field, violation.problem.code())
}

type Change = fn(&mut Terms);

#[test]
fn an_application_names_clauses_ground_measure_scope_and_end_8_4_1() {
    let cases: &[(&str, Change, &str)] = &[
        (
            "clauses",
            |t| t.clauses.clear(),
            "clauses missing 8-4-(1)-1",
        ),
        (
            "ground",
            |t| t.ground = "\u{200B}".into(),
            "ground missing 8-4-(1)-1",
        ),
        (
            "measure",
            |t| t.substitute_measure.clear(),
            "substitute_measure missing 8-4-(1)-1",
        ),
        (
            "ceiling",
            |t| t.scope.class_ceiling = None,
            "class_ceiling missing 8-4-(1)-1",
        ),
        ("end", |t| t.ends_at = None, "ends_at missing 8-4-(1)-1"),
        (
            "past",
            |t| t.ends_at = Some(at(0)),
            "ends_at end_not_after_start 8-4-(1)-1",
        ),
        (
            "scope",
            |t| {
                t.scope.sections.clear();
                t.scope.systems.clear();
            },
            "scope missing 8-4-(1)-1",
        ),
        (
            "unknown clause",
            |t| t.clauses.push(ClauseId::known("9-9-9")),
            "clauses[1] unknown_clause 8-4-(1)-1",
        ),
        (
            "unknown person",
            |t| t.scope.people = people(&["X"]),
            "person_ids.X not_on_record 8-4-(1)-1",
        ),
        (
            "unknown post",
            |t| t.scope.posts = [id("px")].into(),
            "post_ids.px not_on_record 8-4-(1)-1",
        ),
        (
            "unknown section",
            |t| t.scope.sections = [id("SX")].into(),
            "section_ids.SX not_on_record 8-4-(1)-1",
        ),
        (
            "retired system",
            |t| t.scope.systems = [id("old")].into(),
            "system_ids.old not_on_record 8-4-(1)-1",
        ),
    ];
    assert_eq!(against(apply(terms()), "BM1"), [""; 0]);
    for (what, change, expected) in cases {
        let mut terms = terms();
        change(&mut terms);
        assert_eq!(against(apply(terms), "BM1"), [*expected], "{what}");
    }
}

#[test]
fn every_rule_not_met_is_named_at_once() {
    let told = against(apply(Terms::default()), "BM1");
    assert_eq!(told.len(), 6, "{told:?}");
}

#[test]
fn lost_cards_leavers_records_and_the_limits_of_exceptions_are_never_relaxed() {
    for clause in [
        "4-4-4",
        "7-2-(9)-1",
        "7-1-(4)-1",
        "7-1-(4)-2",
        "7-1-(4)-3",
        "7-1-(4)-4a",
        "8-4-(1)-1",
        "8-4-(2)-1",
        "8-4-(2)-2",
    ] {
        for (command, under) in [
            (apply as fn(Terms) -> Command, "8-4-(1)-1"),
            (invoke, "8-4-(2)-1"),
        ] {
            let mut terms = terms();
            terms.ends_at = Some(at(1));
            terms.clauses = vec![ClauseId::known("7-2-(2)-1"), ClauseId::new(clause)];
            let expected = format!("clauses[1] never_relaxed {under}");
            assert_eq!(against(command(terms), "BM1"), [expected], "{clause}");
        }
    }
}

#[test]
fn an_exception_lasts_twelve_months_at_most() {
    let end = |text: &str| Terms {
        ends_at: Some(text.parse().expect("an instant")),
        ..terms()
    };
    assert_eq!(
        against(apply(end("2027-04-01T10:00:00+09:00")), "BM1"),
        [""; 0]
    );
    assert_eq!(
        against(apply(end("2027-04-01T10:00:01+09:00")), "BM1"),
        ["ends_at period_too_long 8-4-(1)-1"]
    );
}

#[test]
fn only_a_bureau_manager_applies_or_invokes_and_only_for_the_own_bureau() {
    for who in ["A", "IM1", "AUD1", "NM"] {
        for command in [apply(terms()), invoke(urgent())] {
            assert_eq!(
                refused(&Exception::default(), command, by(who, 0)),
                Reason::NotABureauManager,
                "{who}"
            );
        }
    }
    let other = Terms {
        bureau: Some(id("B2")),
        ..terms()
    };
    assert_eq!(
        refused(&Exception::default(), apply(other), by("BM1", 0)),
        Reason::NotABureauManager
    );
}

#[test]
fn a_manager_of_several_bureaus_says_for_which() {
    let mut facts = facts();
    crate::fixture::seat(&mut facts, "bm3", "BM1");
    let ask = |bureau: Option<&str>| {
        let terms = Terms {
            bureau: bureau.map(id),
            ..terms()
        };
        Exception::default().decide(&apply(terms), &facts, &by("BM1", 0))
    };
    assert_eq!(
        ask(None).expect_err("a refusal").reason,
        Reason::BureauMissing
    );
    assert!(ask(Some("B1")).is_ok());
}

#[test]
fn an_emergency_covers_only_what_is_the_bureaus_own_8_4_2() {
    let cases: &[(Change, &str)] = &[
        (
            |t| t.scope.people = people(&["A", "N"]),
            "person_ids.N other_bureau 8-4-(2)-1",
        ),
        (
            |t| t.scope.posts = [id("nm"), id("im1")].into(),
            "post_ids.nm other_bureau 8-4-(2)-1",
        ),
        (
            |t| t.scope.sections = [id("S9"), id("S1")].into(),
            "section_ids.S9 other_bureau 8-4-(2)-1",
        ),
        (
            |t| t.scope.systems = [id("centre")].into(),
            "system_ids.centre other_bureau 8-4-(2)-1",
        ),
    ];
    assert_eq!(against(invoke(urgent()), "BM1"), [""; 0]);
    for (change, expected) in cases {
        let mut terms = urgent();
        change(&mut terms);
        assert_eq!(against(invoke(terms), "BM1"), [*expected]);
    }
}

/// An exception that could relax nothing is no exception: it is told why, by field.
#[test]
fn what_an_exception_names_can_be_relaxed_and_for_somebody_and_something_8_4_1() {
    let cases: &[(&str, &[&str], Change, &[&str])] = &[
        (
            "an access is somebody's",
            &["7-2-(2)-2イ"],
            |t| t.scope.sections.clear(),
            &["person_ids covers_nobody 8-4-(1)-1"],
        ),
        (
            "an access is to a system",
            &["7-2-(2)-2イ"],
            |t| t.scope.systems.clear(),
            &["system_ids covers_no_system 8-4-(1)-1"],
        ),
        (
            "a connection is a system's",
            &["7-2-(6)-1a"],
            |t| t.scope.systems.clear(),
            &[
                "section_ids covers_whole_systems 8-4-(1)-1",
                "system_ids covers_no_system 8-4-(1)-1",
            ],
        ),
        (
            "a connection is everybody's",
            &["7-2-(6)-1a"],
            |_| (),
            &["section_ids covers_whole_systems 8-4-(1)-1"],
        ),
        (
            "a connection is on every path",
            &["7-2-(6)-2c"],
            |t| {
                t.scope.sections.clear();
                t.scope.paths = [standard::AccessPath::Telework].into();
            },
            &["paths covers_whole_systems 8-4-(1)-1"],
        ),
        (
            "a connection is nobody's",
            &["7-2-(6)-1a"],
            |t| t.scope.sections.clear(),
            &[],
        ),
        (
            "half of a rule",
            &["7-2-(2)-2イ", "7-2-(1)-1"],
            |_| (),
            &["clauses[1] only_together 8-4-(1)-1"],
        ),
        ("the whole of it", &["7-2-(3)-2", "7-2-(1)-1"], |_| (), &[]),
        (
            "signing in is never relaxed",
            &["3-4-(1)-1"],
            |_| (),
            &["clauses[0] never_relaxed 8-4-(1)-1"],
        ),
        (
            "what the platform does not enforce is excepted on record",
            &["4-1-1"],
            |t| t.scope.systems.clear(),
            &[],
        ),
    ];
    for (what, clauses, change, expected) in cases {
        let mut terms = terms();
        terms.clauses = clauses.iter().map(|one| ClauseId::new(*one)).collect();
        change(&mut terms);
        assert_eq!(against(apply(terms), "BM1"), *expected, "{what}");
    }
}
