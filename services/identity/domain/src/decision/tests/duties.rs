//! What is found undone refuses nobody, and is named.

use standard::FactorKind::{Password, Totp};

use super::{
    rules::{class_i, sensitive_cloud},
    *,
};

// 7-2-(2)-1: a missing consideration does not refuse, it is named.
#[test]
fn a_missing_consideration_of_multi_factor_authentication_is_named_on_the_allow() {
    let decision = given(class_i).decide();
    assert_eq!(decision.outcome, Outcome::Allow);
    assert_eq!(codes(&decision.duties), ["mfa_consideration_missing"]);
    assert_eq!(clause_ids(&decision.duties[0].clauses), ["7-2-(2)-1"]);

    for considered in [
        MfaConsideration::Introduced,
        MfaConsideration::NotIntroduced,
    ] {
        let decision = given(|w| {
            class_i(w);
            w.system().mfa = considered;
            w.factors(&[Password, Totp]);
        })
        .decide();
        assert_eq!(decision.outcome, Outcome::Allow, "{considered:?}");
        assert!(decision.duties.is_empty(), "{considered:?}");
    }
    // Class II need not be considered, and where two categories are a duty nothing is left to be.
    assert!(world().decide().duties.is_empty());
    let cloud = given(|w| {
        class_i(w);
        sensitive_cloud(w);
    });
    assert!(cloud.decide().duties.is_empty());
}

// 3-1-(4)-1: class III is an explicit decision.
#[test]
fn a_system_without_a_recorded_class_is_treated_as_class_ii() {
    let decision = given(|w| {
        w.system().highest_class = None;
        sensitive_cloud(w);
    })
    .decide();
    assert_eq!(decision.class, InformationClass::II);
    assert_eq!(decision.outcome, Outcome::StepUp);
    assert_eq!(codes(&decision.duties), ["class_unrecorded"]);
}
