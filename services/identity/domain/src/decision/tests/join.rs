//! Several rules at once.

use standard::{
    FactorCategory,
    FactorKind::{Passkey, Password, Totp},
};

use super::*;

#[test]
fn a_prohibition_outweighs_every_requirement_and_alone_is_given_as_the_reason() {
    let decision = given(|w| {
        w.system().cloud = true;
        w.grants.clear();
        w.from("public");
    })
    .decide();
    assert_eq!(decision.outcome, Outcome::Deny);
    assert_eq!(
        codes(&decision.reasons),
        ["entitlement_missing", "public_line"]
    );
    assert!(decision.step_up.is_none());
    // Yet every rule that applied is named.
    assert_eq!(
        clause_ids(&decision.clauses().into_iter().cloned().collect::<Vec<_>>()),
        [
            "3-4-(1)-1",
            "7-2-(1)-1",
            "7-2-(3)-2",
            "7-2-(4)-2a",
            "7-2-(2)-2ア",
            "3-4-(1)-10"
        ]
    );
}

#[test]
fn the_strictest_of_all_requirements_is_asked() {
    let decision = given(|w| {
        w.system().cloud = true;
        w.system().telework = true;
        w.system().important = true;
        w.request.action = Action::Administer;
        w.privileged_until(after(60));
        w.factors(&[Password]);
    })
    .decide();
    assert_eq!(decision.outcome, Outcome::StepUp);
    assert_eq!(
        codes(&decision.reasons),
        ["mfa_cloud", "mfa_telework", "privilege_factor"]
    );
    let asked = decision.step_up.expect("a step-up");
    assert_eq!(asked.acr_values(), ["urn:sekisho:phr", "urn:sekisho:aal3"]);
    assert!(asked.phishing_resistant);
    assert_eq!(asked.categories, 2);
    assert_eq!(asked.max_age, Some(SignedDuration::from_mins(15)));
    assert_eq!(
        asked.missing().collect::<Vec<_>>(),
        [FactorCategory::Possession, FactorCategory::Inherence]
    );
}

#[test]
fn what_is_asked_is_enough() {
    let mut world = given(|w| {
        w.system().cloud = true;
        w.system().important = true;
        w.session().factors = vec![verified(Password, before(9 * 3600))];
    });
    let asked = world.decide().step_up.expect("a step-up");
    assert_eq!(asked.acr_values(), ["urn:sekisho:aal2"]);
    world.session().factors.push(verified(Totp, before(1)));
    assert_eq!(world.decide().outcome, Outcome::Allow);
}

#[test]
fn people_are_told_which_factor_is_missing_and_by_which_clause() {
    let decision = given(|w| w.system().cloud = true).decide();
    let reason = &decision.reasons[0];
    assert_eq!(
        reason.message_ja(),
        "重要性分類S、Ⅰ、Ⅱの情報を扱うクラウドの情報システムには複数要素認証が必要です。\
         所持または存在の要素による認証が不足しています。(7-2-(2)-2ア)"
    );
    assert_eq!(
        reason.message_en(),
        "A cloud system that handles class S, I or II needs two factor categories. \
         A factor of possession or inherence is missing. (7-2-(2)-2ア)"
    );
}

#[test]
fn people_are_told_when_an_authentication_is_too_old_or_too_weak() {
    let old = given(|w| {
        w.system().important = true;
        w.session().factors = vec![verified(Password, before(9 * 3600))];
    })
    .decide();
    assert!(old.reasons[0].message_ja().contains("8時間"));
    assert!(old.reasons[0].message_en().contains("8 hours"));

    let weak = given(|w| {
        w.request.action = Action::Administer;
        w.privileged_until(after(60));
        w.factors(&[Password, Totp]);
    })
    .decide();
    assert_eq!(weak.reasons[0].gap, Some(Gap::NotPhishingResistant));

    let stale = given(|w| {
        w.request.action = Action::Administer;
        w.privileged_until(after(60));
        w.session().factors = vec![verified(Passkey, before(16 * 60))];
    })
    .decide();
    assert!(stale.reasons[0].message_ja().contains("15分"));

    let none = given(|w| {
        w.system().highest_class = Some(InformationClass::III);
        w.factors(&[]);
    })
    .decide();
    assert_eq!(codes(&none.reasons), ["authentication"]);
    let asked = none.step_up.expect("a step-up");
    assert_eq!(asked.missing().count(), 3);
}

// The path is a property of the enforcement point. Two under one workload: the less trusted path.
#[test]
fn an_ambiguous_enforcement_point_counts_as_the_less_trusted_path() {
    for swapped in [false, true] {
        let decision = given(|w| {
            w.points[2].workload = "office".to_owned();
            if swapped {
                w.points.swap(0, 2);
            }
        })
        .decide();
        assert_eq!(decision.path, Some(AccessPath::PublicLine));
        assert_eq!(codes(&decision.reasons), ["public_line"]);
    }
}
