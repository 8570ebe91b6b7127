//! Every kind of the pack, every guard of every kind: what the data ask for is asked, and nothing
//! more. Applications and what they lack are made from the pack, so a new kind is covered by itself.

mod complete;
mod lack;

use std::collections::BTreeSet;

use kernel::Refusal as _;
use standard::pack::{Condition, PermitKind, Rule};

use super::*;
use complete::{Case, complete, strictest_allowed};
use lack::{Lack, lacks_of_guard, lacks_of_kind};

/// What stands against an application of A, as `field code clause`: told alike by asking first and
/// by applying.
fn against(own: &Application, facts: &Facts) -> BTreeSet<String> {
    let checked = check(own, &id("A"), facts, at(0)).expect("a kind");
    let told: BTreeSet<String> = checked
        .violations
        .iter()
        .map(|one| format!("{} {} {}", one.field, one.problem.code(), one.clause))
        .collect();
    match Permit::default().decide(&apply(own.clone()), facts, &by("A", 0)) {
        Ok(events) => assert!(told.is_empty() && !events.is_empty(), "{told:?}"),
        Err(refusal) => {
            assert_eq!(refusal.code(), "permit_rules_not_met");
            let clauses = refusal.clauses();
            for one in &checked.violations {
                assert!(clauses.contains(&one.clause), "{one:?}");
            }
            assert_eq!(refusal.faults().len(), checked.violations.len());
        }
    }
    told
}

/// Kinds that are applied for here; exceptions have rules of their own, held against their guards
/// in `exception/tests/guards.rs`.
fn kinds(facts: &Facts) -> impl Iterator<Item = &PermitKind> {
    let kinds = facts.pack.permit_kinds().iter();
    kinds.filter(|kind| kind.is_applied_for())
}

#[test]
fn a_complete_application_of_any_kind_is_accepted_in_every_class_it_may_be_in() {
    let facts = facts();
    let mut accepted = BTreeSet::new();
    for kind in kinds(&facts) {
        for class in InformationClass::ALL {
            let case = Case::new(kind, *class);
            let told = against(&complete(&case, &facts), &facts);
            if case.is_allowed(&facts.pack) {
                assert_eq!(told, BTreeSet::new(), "{} {class}", kind.id);
                accepted.insert(&kind.id);
            } else {
                assert!(
                    told.iter().all(|one| one.starts_with("information_class ")),
                    "{} {class}: {told:?}",
                    kind.id
                );
                assert!(!told.is_empty(), "{} {class}", kind.id);
            }
        }
    }
    let all: BTreeSet<_> = kinds(&facts).map(|kind| &kind.id).collect();
    assert_eq!(accepted, all, "each in one class at least");
}

/// One thing is taken away, and one fault comes to those there were: that one.
#[track_caller]
fn refused_for(lack: &Lack, of: &Application, facts: &Facts, told: &str) {
    let before = against(of, facts);
    let mut own = of.clone();
    (lack.take)(&mut own);
    let after = against(&own, facts);
    let came: BTreeSet<_> = after.difference(&before).cloned().collect();
    assert!(came.contains(&lack.told), "{told}: {lack:?} in {came:?}");
    let field = lack.told.split(' ').next().expect("a field");
    let others: Vec<_> = came.iter().filter(|one| !one.starts_with(field)).collect();
    assert!(others.is_empty(), "{told}: {lack:?} brings {others:?}");
}

#[test]
fn whatever_an_application_lacks_is_told_with_its_field_and_clause_and_every_guard_is_met() {
    let facts = facts();
    let (mut hit, mut all) = (BTreeSet::new(), BTreeSet::new());
    for kind in kinds(&facts) {
        for lack in lacks_of_kind(kind, &facts.pack) {
            let own = complete(&Case::new(kind, lack.class), &facts);
            refused_for(&lack, &own, &facts, &kind.id);
        }
        for (index, guard) in kind.guards.iter().enumerate() {
            all.insert((&kind.id, index));
            for lack in lacks_of_guard(kind, guard, &facts) {
                let own = complete(&Case::new(kind, lack.class), &facts);
                refused_for(&lack, &own, &facts, &kind.id);
                hit.insert((&kind.id, index));
            }
        }
    }
    assert_eq!(
        hit, all,
        "every guard of every kind stands in somebody's way"
    );
}

/// The application as it is where one condition of a guard does not hold.
fn without(condition: &Condition, kind: &PermitKind, facts: &Facts) -> Application {
    let class = match condition {
        Condition::Sensitive => InformationClass::III,
        Condition::Cloud | Condition::Field(_) => strictest_allowed(kind, &facts.pack),
    };
    let mut own = complete(&Case::new(kind, class), facts);
    match condition {
        Condition::Sensitive => {}
        Condition::Cloud => own.subject.cloud = false,
        Condition::Field(field) => _ = own.content.remove(field),
    }
    own
}

#[test]
fn a_guard_asks_nothing_where_its_condition_does_not_hold() {
    let facts = facts();
    let mut met = BTreeSet::new();
    for kind in kinds(&facts) {
        for guard in &kind.guards {
            for condition in &guard.when {
                for lack in lacks_of_guard(kind, guard, &facts) {
                    let mut own = without(condition, kind, &facts);
                    (lack.take)(&mut own);
                    let told = against(&own, &facts);
                    assert!(
                        !told.contains(&lack.told),
                        "{} {condition} {lack:?}",
                        kind.id
                    );
                    met.insert(condition.to_string());
                }
            }
        }
    }
    assert!(
        met.len() > 2,
        "each sort of condition is in the pack: {met:?}"
    );
}

#[test]
fn one_of_several_fields_is_enough() {
    let facts = facts();
    let mut enough = BTreeSet::new();
    for kind in kinds(&facts) {
        for guard in &kind.guards {
            let Rule::RequiredOneOf(fields) = &guard.rule else {
                continue;
            };
            for kept in fields {
                let class = strictest_allowed(kind, &facts.pack);
                let mut own = complete(&Case::new(kind, class), &facts);
                own.content
                    .retain(|field, _| field == kept || !fields.contains(field));
                let told = format!("content missing_one_of {}", guard.clause);
                assert!(!against(&own, &facts).contains(&told), "{} {kept}", kind.id);
                enough.insert(kept);
            }
        }
    }
    assert!(!enough.is_empty(), "the pack has such guards");
}
