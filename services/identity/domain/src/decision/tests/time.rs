//! Every limit is compared with the decision's own clock, to the nanosecond.

use standard::FactorKind::{Passkey, Password, Totp};

use super::*;

const NANO: SignedDuration = SignedDuration::from_nanos(1);
const HOUR: i64 = 3600;

// 4-5-1: eight hours (pack period).
#[test]
fn an_important_system_wants_an_authentication_of_at_most_eight_hours() {
    let important_at = |at: Timestamp| {
        given(|w| {
            w.system().important = true;
            w.session().factors = vec![verified(Password, at)];
        })
        .decide()
    };
    assert_eq!(important_at(before(8 * HOUR)).outcome, Outcome::Allow);
    let old = important_at(before(8 * HOUR) - NANO);
    assert_eq!(old.outcome, Outcome::StepUp);
    assert_eq!(codes(&old.reasons), ["important_fresh"]);
    let asked = old.step_up.expect("a step-up");
    assert_eq!(asked.max_age, Some(SignedDuration::from_hours(8)));
    assert_eq!(asked.acr_values(), ["urn:sekisho:aal1"]);
    assert_eq!(asked.missing().count(), 0);
    // Any fresh authentication renews it.
    let renewed = given(|w| {
        w.system().important = true;
        w.session().factors = vec![
            verified(Password, before(9 * HOUR)),
            verified(Totp, before(HOUR)),
        ];
    });
    assert_eq!(renewed.decide().outcome, Outcome::Allow);
    // Other systems do not ask.
    let ordinary = given(|w| w.session().factors = vec![verified(Password, before(9 * HOUR))]);
    assert_eq!(ordinary.decide().outcome, Outcome::Allow);
}

// 3-4-(1)-10: the stricter the class, the younger (pack periods); of class III a session's own length.
#[test]
fn the_class_of_the_information_says_how_old_the_authentication_may_be() {
    use InformationClass::{I, II, III, S};
    for (class, hours, code) in [
        (S, 8, "sensitive_fresh"),
        (I, 8, "sensitive_fresh"),
        (II, 10, "class_ii_fresh"),
    ] {
        let using = |at: Timestamp, raised: bool| {
            given(|w| {
                w.system().highest_class = Some(if raised { III } else { class });
                w.request.class = raised.then_some(class);
                w.session().factors = vec![verified(Password, at)];
            })
            .decide()
        };
        let limit = before(hours * HOUR);
        for raised in [false, true] {
            assert_eq!(using(limit, raised).outcome, Outcome::Allow, "{class}");
            let old = using(limit - NANO, raised);
            assert_eq!(old.outcome, Outcome::StepUp, "{class}");
            assert_eq!(codes(&old.reasons), [code]);
            let asked = old.step_up.expect("a step-up");
            assert_eq!(asked.max_age, Some(SignedDuration::from_hours(hours)));
        }
    }
    let ordinary = given(|w| {
        w.system().highest_class = Some(III);
        w.session().factors = vec![verified(Password, before(24 * HOUR))];
    });
    assert_eq!(ordinary.decide().outcome, Outcome::Allow);
}

// 7-2-(8)-3: fifteen minutes (pack period), by the resistant factor itself.
#[test]
fn administering_wants_a_resistant_factor_of_at_most_fifteen_minutes() {
    let administering = |factors: Vec<Verified>| {
        given(|w| {
            w.request.action = Action::Administer;
            w.privileged_until(after(1));
            w.session().factors = factors;
        })
        .decide()
        .outcome
    };
    let limit = before(15 * 60);
    assert_eq!(
        administering(vec![verified(Passkey, limit)]),
        Outcome::Allow
    );
    assert_eq!(
        administering(vec![verified(Passkey, limit - NANO)]),
        Outcome::StepUp
    );
    // A fresh password does not make an old passkey young.
    assert_eq!(
        administering(vec![
            verified(Passkey, limit - NANO),
            verified(Password, before(1))
        ]),
        Outcome::StepUp
    );
}

// A clock that jumped back must not keep a factor fresh.
#[test]
fn a_verification_still_to_come_is_not_fresh_beyond_the_skew_of_clocks() {
    for (at, outcome) in [
        (after(5), Outcome::Allow),
        (after(5) + NANO, Outcome::StepUp),
        (after(24 * HOUR), Outcome::StepUp),
    ] {
        let decision = given(|w| {
            w.system().important = true;
            w.session().factors = vec![verified(Password, at)];
        })
        .decide();
        assert_eq!(decision.outcome, outcome, "{at}");
    }
}

// 7-2-(8)-1a: hours, not days; the grant ends by itself.
#[test]
fn a_privileged_grant_ends_at_its_end() {
    for (until, outcome) in [
        (noon() + NANO, Outcome::Allow),
        (noon(), Outcome::Deny),
        (before(1), Outcome::Deny),
    ] {
        let decision = given(|w| {
            w.request.action = Action::Administer;
            w.factors(&[Passkey]);
            w.privileged_until(until);
        })
        .decide();
        assert_eq!(decision.outcome, outcome, "{until}");
    }
}

// 7-2-(3)-2: what nobody confirmed ends when the review is due, whether or not it is on record yet.
#[test]
fn an_entitlement_under_review_ends_when_the_review_is_due() {
    for (due, outcome) in [
        (noon() + NANO, Outcome::Allow),
        (noon(), Outcome::Deny),
        (before(1), Outcome::Deny),
    ] {
        let decision = given(|w| w.grants[0].review_due = Some(due)).decide();
        assert_eq!(decision.outcome, outcome, "{due}");
    }
}

// 4-3-2
#[test]
fn a_shared_id_is_given_back_by_itself() {
    for (ends_at, outcome) in [
        (noon() + NANO, Outcome::Allow),
        (noon(), Outcome::Deny),
        (before(1), Outcome::Deny),
    ] {
        let held = SharedIdUse {
            ends_at,
            ..shared_id_use()
        };
        let decision = given(|w| w.under_shared_id(Some(held))).decide();
        assert_eq!(decision.outcome, outcome, "{ends_at}");
    }
}

// 7-2-(1)-1
#[test]
fn an_entitlement_ends_at_its_end() {
    for (until, outcome) in [
        (None, Outcome::Allow),
        (Some(noon() + NANO), Outcome::Allow),
        (Some(noon()), Outcome::Deny),
    ] {
        let decision = given(|w| {
            w.grants = vec![grant(GrantKind::Use, until)];
        })
        .decide();
        assert_eq!(decision.outcome, outcome, "{until:?}");
    }
}

#[test]
fn a_grant_begins_at_its_start() {
    for (start, outcome) in [(noon(), Outcome::Allow), (noon() + NANO, Outcome::Deny)] {
        let decision = given(|w| w.grants[0].ground.starts_at = start).decide();
        assert_eq!(decision.outcome, outcome, "{start}");
    }
}

#[test]
fn a_session_ends_at_its_end() {
    for (end, outcome) in [(noon() + NANO, Outcome::Allow), (noon(), Outcome::Deny)] {
        let decision = given(|w| w.session().ends_at = end).decide();
        assert_eq!(decision.outcome, outcome, "{end}");
    }
}

// Ten seconds for S and I, sixty for II, no bound for III (pack periods).
#[test]
fn a_stale_snapshot_refuses_by_the_class_of_the_information() {
    use InformationClass::{I, II, III, S};
    for (class, age, outcome) in [
        (S, SignedDuration::from_secs(10), Outcome::Allow),
        (S, SignedDuration::from_secs(10) + NANO, Outcome::Deny),
        (I, SignedDuration::from_secs(10), Outcome::Allow),
        (I, SignedDuration::from_secs(10) + NANO, Outcome::Deny),
        (II, SignedDuration::from_secs(60), Outcome::Allow),
        (II, SignedDuration::from_secs(60) + NANO, Outcome::Deny),
        (III, SignedDuration::from_hours(24), Outcome::Allow),
        // A clock set back an hour knows nothing of the present.
        (I, SignedDuration::from_hours(-1), Outcome::Deny),
    ] {
        let decision = given(|w| {
            w.system().highest_class = Some(class);
            w.request.as_of = Some(noon() - age);
        })
        .decide();
        assert_eq!(decision.outcome, outcome, "{class} {age:?}");
    }
}

// The caller's class counts for the bound too.
#[test]
fn a_raised_class_shortens_the_bound() {
    let decision = given(|w| {
        w.request.class = Some(InformationClass::I);
        w.request.as_of = Some(before(30));
    })
    .decide();
    assert_eq!(codes(&decision.reasons), ["snapshot_stale"]);
}

// 7-2-(9)-1: by the decision's own clock, whoever disabled what.
#[test]
fn whoever_leaves_is_refused_from_that_instant_on_and_whoever_is_to_come_until_then() {
    let serving = |from: Timestamp, until: Timestamp| {
        given(|w| {
            let person = w.person.as_mut().expect("a person");
            person.memberships = since(SectionId::try_new("tax").expect("an id"), from);
            person.memberships.end(until, |_| true);
        })
        .decide()
    };
    for (from, until, allowed) in [
        (before(60), noon() + NANO, true),
        (before(60), noon(), false),
        (noon(), after(60), true),
        (noon() + NANO, after(60), false),
    ] {
        let decision = serving(from, until);
        let refused: &[&str] = if allowed { &[] } else { &["account_disabled"] };
        assert_eq!(codes(&decision.reasons), refused, "{from} to {until}");
    }
}
