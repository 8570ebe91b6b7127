//! What would follow if a rule, an exception or a system were another.

use standard::{FactorKind::Passkey, Period};

use super::*;

fn what_if(world: &World) -> WhatIf {
    WhatIf::new(world.facts(), pack::policy().clone())
}

#[test]
fn a_rule_left_out_neither_refuses_nor_is_named() {
    let world = given(|w| w.system().cloud = true);
    let mut supposed = what_if(&world);
    assert_eq!(supposed.decide(&world.request).outcome, Outcome::StepUp);
    supposed.without_rule("mfa_cloud").expect("a rule");
    let decision = supposed.decide(&world.request);
    assert_eq!(decision.outcome, Outcome::Allow);
    assert_eq!(rule_ids(&decision), ["authentication", "class_ii_fresh"]);
    assert!(supposed.without_rule("mfa_of_the_moon").is_err());
}

#[test]
fn another_period_counts_where_an_age_is_held_against_it() {
    let world = given(|w| {
        w.request.action = Action::Administer;
        w.privileged_until(after(60));
        w.session().factors = vec![verified(Passkey, before(600))];
    });
    let mut supposed = what_if(&world);
    assert_eq!(supposed.decide(&world.request).outcome, Outcome::Allow);
    let limit = SignedDuration::from_mins(5);
    supposed
        .with_limit(Period::AdministerFactorAge, limit)
        .expect("a limit");
    let decision = supposed.decide(&world.request);
    assert_eq!(codes(&decision.reasons), ["privilege_factor"]);
    assert!(supposed.with_limit(Period::TakeoutMax, limit).is_err());
}

#[test]
fn exceptions_and_systems_can_be_supposed_and_nothing_else_changes() {
    let world = given(|w| w.relax(exception("E-1", &["7-2-(2)-2ア"])));
    let facts = world.facts();
    let mut supposed = WhatIf::new(facts.clone(), pack::policy().clone());
    let mut system = supposed
        .facts()
        .system_of_ledger(&system_id())
        .expect("known")
        .clone();
    system.cloud = true;
    supposed.apply(FactChange::Set(Fact::System(system)));
    let outcome = |supposed: &WhatIf| supposed.decide(&world.request).outcome;
    assert_eq!(outcome(&supposed), Outcome::AllowByException);
    let ended = Fact::Relaxation(exception("E-1", &[])).key();
    supposed.apply(FactChange::Removed(ended));
    assert_eq!(outcome(&supposed), Outcome::StepUp);
    let real = decide(&facts, pack::policy(), &world.request);
    assert_eq!(real.outcome, Outcome::Allow);
}
