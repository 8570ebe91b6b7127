use standard::pack::Effect;

use super::*;
use crate::fixture::by_service;

#[test]
fn an_application_keeps_what_it_was_judged_by() {
    let permit = applied(registration(), "A");
    assert_eq!(permit.phase, Phase::Applied);
    assert_eq!(permit.effect, Some(Effect::Entitlement));
    assert_eq!(permit.clauses[0].as_str(), "7-2-(1)-2");
    assert_eq!(permit.pack_version, facts().pack.edition());
    assert_eq!(
        permit.beneficiary(),
        &id("A"),
        "nobody named means the applicant"
    );
    assert!(!permit.in_force(at(0)), "an application permits nothing");
    assert_eq!(
        refused(&permit, apply(registration()), by("A", 1), &facts()),
        Reason::Exists
    );
}

#[test]
fn only_a_person_applies() {
    let reason = refused(
        &Permit::default(),
        apply(registration()),
        by_service(0),
        &facts(),
    );
    assert_eq!(reason, Reason::NotAPerson);
}

#[test]
fn what_nobody_applied_for_cannot_be_acted_on() {
    let nothing = Permit::default();
    for command in [
        decide(0, Verdict::Permitted),
        Command::Witness { step: 0 },
        Command::Withdraw { reason: "x".into() },
        Command::Revoke { reason: "x".into() },
    ] {
        assert_eq!(
            refused(&nothing, command, by("A", 0), &facts()),
            Reason::Unknown
        );
    }
}

#[test]
fn a_permit_is_in_force_from_its_start_until_its_end_whatever_was_recorded() {
    let mut own = registration();
    own.starts_at = Some(at(10));
    own.ends_at = Some(at(20));
    let given = [
        (apply(own), by("A", 0)),
        (decide(0, Verdict::Permitted), by("IM2", 1)),
    ];
    let permit = after(&given, &facts());
    for (hours, holds) in [
        (1, false),
        (9, false),
        (10, true),
        (19, true),
        (20, false),
        (21, false),
    ] {
        assert_eq!(permit.in_force(at(hours)), holds, "{hours} h");
    }
    assert_eq!(permit.phase_at(at(20)), Phase::Expired);
    let expired = after(
        &[
            (apply(registration_until(20)), by("A", 0)),
            (decide(0, Verdict::Permitted), by("IM2", 1)),
            (Command::Expire, by_service(20)),
        ],
        &facts(),
    );
    assert_eq!(expired.phase, Phase::Expired);
    assert_eq!(
        expired.decide(&Command::Expire, &facts(), &by_service(21)),
        Ok(vec![])
    );
}

fn registration_until(hours: i64) -> Application {
    Application {
        ends_at: Some(at(hours)),
        ..registration()
    }
}

#[test]
fn an_end_not_yet_come_is_not_recorded() {
    assert_eq!(
        granted().decide(&Command::Expire, &facts(), &by_service(99)),
        Ok(vec![])
    );
    assert_eq!(
        granted().decide(&Command::Expire, &facts(), &by_service(100)),
        Ok(vec![Event::Expired])
    );
}

#[test]
fn an_application_past_its_own_end_can_no_longer_be_granted() {
    let permit = applied(registration_until(5), "A");
    assert_eq!(
        refused(
            &permit,
            decide(0, Verdict::Permitted),
            by("IM2", 5),
            &facts()
        ),
        Reason::Ended
    );
    assert_eq!(
        permit.decide(&Command::Expire, &facts(), &by_service(5)),
        Ok(vec![Event::Expired])
    );
}

#[test]
fn a_step_decided_is_not_decided_again() {
    let permit = granted();
    let facts = facts();
    assert_eq!(
        permit.decide(&decide(0, Verdict::Permitted), &facts, &by("IM2", 2)),
        Ok(vec![]),
        "saying the same again changes nothing"
    );
    let with_another_reason = Command::DecideStep {
        step: 0,
        verdict: Verdict::Permitted,
        reason: "別の理由".into(),
        witness: None,
    };
    assert_eq!(
        refused(&permit, with_another_reason, by("IM2", 2), &facts),
        Reason::StepDecided,
        "what is not taken down is not answered as if it were"
    );
    assert_eq!(
        refused(&permit, decide(0, Verdict::Refused), by("IM2", 2), &facts),
        Reason::StepDecided
    );
    assert_eq!(
        refused(&permit, decide(0, Verdict::Permitted), by("BM1", 2), &facts),
        Reason::StepDecided
    );
    assert_eq!(
        refused(&permit, decide(1, Verdict::Permitted), by("IM2", 2), &facts),
        Reason::NotOpen
    );
}

#[test]
fn the_applicant_withdraws_before_the_route_is_at_its_end() {
    let facts = facts();
    let withdraw = || Command::Withdraw {
        reason: String::new(),
    };
    let open = applied(registration_until(10), "A");
    assert_eq!(
        refused(&open, withdraw(), by("B", 1), &facts),
        Reason::NotTheApplicant
    );
    assert_eq!(
        refused(&open, withdraw(), by("A", 10), &facts),
        Reason::NotOpen
    );
    assert_eq!(
        refused(&granted(), withdraw(), by("A", 2), &facts),
        Reason::NotOpen
    );
    let gone = after(
        &[
            (apply(registration()), by("A", 0)),
            (withdraw(), by("A", 1)),
        ],
        &facts,
    );
    assert_eq!(gone.phase, Phase::Withdrawn);
    assert_eq!(gone.decide(&withdraw(), &facts, &by("A", 2)), Ok(vec![]));
    assert_eq!(
        refused(&gone, decide(0, Verdict::Permitted), by("IM2", 2), &facts),
        Reason::NotOpen
    );
}

#[test]
fn an_approver_of_the_last_step_or_the_ciso_revokes_with_a_reason() {
    let facts = facts();
    let revoke = |reason: &str| Command::Revoke {
        reason: reason.into(),
    };
    for (who, may) in [
        ("IM2", true),
        ("CISO", true),
        ("IM1", false),
        ("A", false),
        ("BM1", false),
    ] {
        let decided = granted().decide(&revoke("不要"), &facts, &by(who, 2));
        assert_eq!(decided.is_ok(), may, "{who}");
    }
    assert_eq!(
        refused(&granted(), revoke(""), by("IM2", 2), &facts),
        Reason::ReasonMissing
    );
    assert_eq!(
        refused(&granted(), revoke("x"), by("IM2", 100), &facts),
        Reason::Ended
    );
    let open = applied(registration(), "A");
    assert_eq!(
        refused(&open, revoke("x"), by("IM2", 1), &facts),
        Reason::NotGranted
    );

    let given = [
        (apply(registration()), by("A", 0)),
        (decide(0, Verdict::Permitted), by("IM2", 1)),
        (revoke("不要"), by("CISO", 2)),
    ];
    let revoked = after(&given, &facts);
    assert!(!revoked.in_force(at(2)));
    assert_eq!(
        revoked.decide(&revoke("x"), &facts, &by("IM2", 3)),
        Ok(vec![])
    );
}
