//! The rules against the pack they claim to carry out.

use std::{collections::BTreeSet, sync::LazyLock};

use standard::Pack;

use super::*;

pub(super) fn policy() -> &'static Policy {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| {
        Policy::try_new(&Pack::sendai().expect("the built-in pack")).expect("exact periods")
    });
    &POLICY
}

#[test]
fn every_rule_names_clauses_of_the_pack_and_a_code_of_its_own() {
    let pack = Pack::sendai().expect("the built-in pack");
    let mut ids = BTreeSet::new();
    for rule in RULES {
        assert!(ids.insert(rule.id), "{} twice", rule.id);
        assert!(!rule.clauses.is_empty(), "{} names no clause", rule.id);
        for clause in rule.clauses {
            assert!(pack.clause(clause).is_some(), "{}: {clause}", rule.id);
        }
    }
    for served in served() {
        assert!(pack.clause(&served.clause).is_some(), "{served:?}");
    }
}

// "An exception relaxes never 4-4-4, 7-2-(9)-1, lockout, recording, or its own limits."
#[test]
fn no_rule_under_a_clause_that_is_never_relaxed_can_be_relaxed() {
    let pack = Pack::sendai().expect("the built-in pack");
    let relaxable = |clause: &ClauseId| pack.never_relaxed().all(|never| never != clause);
    for clause in ["4-4-4", "7-2-(9)-1"].map(ClauseId::known) {
        assert!(!relaxable(&clause));
    }
    for rule in RULES.iter().filter(|rule| rule.relaxable) {
        for clause in rule.clauses {
            assert!(relaxable(clause), "{} must not be relaxable", rule.id);
        }
    }
}

// By this an application for an exception is judged (8-4-(1)-1).
#[test]
fn the_pack_lists_exactly_the_rules_of_access_that_can_be_relaxed() {
    let pack = Pack::sendai().expect("the built-in pack");
    let listed: BTreeSet<BTreeSet<ClauseId>> = (pack.rules())
        .filter(|(ruled, _)| *ruled == standard::pack::Ruled::Access)
        .map(|(_, clauses)| clauses.clone())
        .collect();
    let relaxable: BTreeSet<BTreeSet<ClauseId>> = (RULES.iter())
        .filter(|rule| rule.relaxable)
        .map(|rule| rule.clauses.iter().cloned().collect())
        .collect();
    assert_eq!(listed, relaxable);
}

// Another city may hold more clauses to be beyond any exception.
#[test]
fn a_pack_can_put_a_clause_beyond_exceptions() {
    let world = given(|w| {
        w.system().cloud = true;
        w.relax(exception("E-1", &["7-2-(2)-2ア"]));
    });
    let mut strict = policy().clone();
    assert_eq!(
        decide(&world.facts(), &strict, &world.request).outcome,
        Outcome::AllowByException
    );
    strict.never_relaxed.insert(ClauseId::known("7-2-(2)-2ア"));
    assert_eq!(
        decide(&world.facts(), &strict, &world.request).outcome,
        Outcome::StepUp
    );
}

#[test]
fn a_duty_found_undone_is_not_claimed_as_served() {
    let clauses: Vec<String> = served().into_iter().map(|one| one.by).collect();
    assert!(!clauses.iter().any(|by| by.contains("class_unrecorded")));
    assert!(clauses.contains(&"identity: decision rule mfa_cloud".to_owned()));
}

#[test]
fn a_decision_carries_the_version_of_the_pack() {
    let pack = Pack::sendai().expect("the built-in pack");
    let decision = world().decide();
    assert_eq!(*decision.pack_version, *pack.edition());
}
