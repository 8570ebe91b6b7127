use super::*;
use crate::fixture::{by_service, people};

#[test]
fn an_exception_is_in_force_from_its_grant_until_its_end_whatever_was_recorded() {
    let applied = after(&[(apply(terms()), by("BM1", 0))], &facts());
    assert!(!applied.in_force(at(0)), "an application relaxes nothing");
    let exception = granted();
    for (hours, holds) in [(0, true), (30 * DAY - 1, true), (30 * DAY, false)] {
        assert_eq!(exception.in_force(at(hours)), holds, "{hours} h");
    }
    let later = Terms {
        starts_at: Some(at(DAY)),
        ..terms()
    };
    let given = [(apply(later), by("BM1", 0)), (grant(None), by("CISO", 1))];
    let exception = after(&given, &facts());
    assert!(!exception.in_force(at(DAY - 1)));
    assert!(exception.in_force(at(DAY)));
}

#[test]
fn only_the_ciso_decides_8_4_1() {
    let applied = after(&[(apply(terms()), by("BM1", 0))], &facts());
    let refuse = || Command::Refuse {
        reason: "代替措置が足りない".into(),
        witness: None,
    };
    for who in ["BM1", "IM1", "AUD1", "A"] {
        for command in [grant(None), refuse(), extend(31 * DAY), revoke()] {
            assert_eq!(
                refused(&applied, command, by(who, 1)),
                Reason::NotTheCiso,
                "{who}"
            );
        }
    }
    let given = [(apply(terms()), by("BM1", 0)), (refuse(), by("CISO", 1))];
    let exception = after(&given, &facts());
    assert!(!exception.in_force(at(2)));
    assert_eq!(
        refused(&exception, grant(None), by("CISO", 2)),
        Reason::NotApplied
    );
    assert_eq!(
        exception.decide(&refuse(), &facts(), &by("CISO", 3)),
        Ok(vec![])
    );
}

#[test]
fn a_refusal_and_a_revocation_need_a_reason() {
    let applied = after(&[(apply(terms()), by("BM1", 0))], &facts());
    let silent = Command::Refuse {
        reason: String::new(),
        witness: None,
    };
    assert_eq!(
        refused(&applied, silent, by("CISO", 1)),
        Reason::TextMissing("reason")
    );
    let silent = Command::Revoke {
        reason: " \u{200B}".into(),
    };
    assert_eq!(
        refused(&granted(), silent, by("CISO", 2)),
        Reason::TextMissing("reason")
    );
}

#[test]
fn an_application_past_its_end_is_not_granted() {
    let applied = after(&[(apply(terms()), by("BM1", 0))], &facts());
    assert_eq!(
        refused(&applied, grant(None), by("CISO", 30 * DAY)),
        Reason::NotApplied
    );
}

#[test]
fn what_concerns_the_cisos_own_bureau_or_person_waits_for_an_auditor() {
    let own_bureau = Terms {
        scope: Scope {
            sections: [id("S9")].into(),
            ..terms().scope
        },
        ..terms()
    };
    let own_person = Terms {
        scope: Scope {
            people: people(&["CISO"]),
            ..terms().scope
        },
        ..terms()
    };
    for (terms, manager) in [(own_bureau, "CISO"), (own_person, "BM1")] {
        let given = [(apply(terms.clone()), by(manager, 0))];
        let applied = after(&given, &facts());
        assert_eq!(
            refused(&applied, grant(None), by("CISO", 1)),
            Reason::WitnessMissing
        );
        for unfit in ["CISO", "BM1", "A"] {
            let command = grant(Some(unfit));
            assert_eq!(
                refused(&applied, command, by("CISO", 1)),
                Reason::WitnessUnfit,
                "{unfit}"
            );
        }
        let given = [
            (apply(terms), by(manager, 0)),
            (grant(Some("AUD1")), by("CISO", 1)),
        ];
        let waiting = after(&given, &facts());
        assert!(!waiting.in_force(at(1)), "not before the witness");
        for other in ["CISO", "AUD2", "BM1"] {
            assert_eq!(
                refused(&waiting, Command::Witness, by(other, 2)),
                Reason::NotTheWitness
            );
        }
        let events = waiting
            .decide(&Command::Witness, &facts(), &by("AUD1", 2))
            .expect("witnessed");
        let [Event::Granted(ruling)] = &events[..] else {
            panic!("{events:?}");
        };
        assert_eq!(
            (&ruling.by, &ruling.witness),
            (&id("CISO"), &Some(id("AUD1")))
        );
    }
}

#[test]
fn a_ciso_who_has_since_become_the_bureaus_manager_needs_a_witness() {
    let applied = after(&[(apply(terms()), by("BM1", 0))], &facts());
    let mut facts = facts();
    crate::fixture::seat(&mut facts, "bm1", "CISO");
    let refusal = applied.decide(&grant(None), &facts, &by("CISO", 1));
    assert_eq!(
        refusal.expect_err("a refusal").reason,
        Reason::WitnessMissing
    );
}

#[test]
fn an_extension_is_a_new_decision_and_never_beyond_the_longest_period() {
    let exception = granted();
    let events = exception
        .decide(&extend(60 * DAY), &facts(), &by("CISO", 2))
        .expect("extended");
    assert!(matches!(&events[..], [Event::Extended { ends_at, .. }] if *ends_at == at(60 * DAY)));
    let code = |hours| match refused(&granted(), extend(hours), by("CISO", 2)) {
        Reason::RulesNotMet(violations) => violations[0].problem.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        code(365 * DAY + 1),
        "period_too_long",
        "counted from its start"
    );
    assert_eq!(
        code(29 * DAY),
        "end_not_after_start",
        "shortening is revoking"
    );
    assert_eq!(
        refused(&exception, extend(60 * DAY), by("CISO", 30 * DAY)),
        Reason::NotLive
    );
}

#[test]
fn a_revoked_exception_holds_no_longer_and_stays_revoked() {
    let given = [
        (apply(terms()), by("BM1", 0)),
        (grant(None), by("CISO", 1)),
        (revoke(), by("CISO", 2)),
    ];
    let exception = after(&given, &facts());
    assert!(!exception.in_force(at(2)));
    assert_eq!(
        exception.decide(&revoke(), &facts(), &by("CISO", 3)),
        Ok(vec![])
    );
    assert_eq!(
        refused(&exception, extend(60 * DAY), by("CISO", 3)),
        Reason::NotLive
    );
    assert_eq!(exception.phase_at(at(40 * DAY)), Phase::Revoked);
}

#[test]
fn it_ends_by_itself_and_is_closed_with_a_review() {
    let exception = granted();
    let over = 30 * DAY;
    assert_eq!(
        refused(&exception, close(), by("BM1", over - 1)),
        Reason::NotEnded
    );
    assert_eq!(
        refused(&exception, close(), by("A", over)),
        Reason::NotTheManager
    );
    let silent = Command::Close {
        review: String::new(),
    };
    assert_eq!(
        refused(&exception, silent, by("BM1", over)),
        Reason::TextMissing("review")
    );
    let events = exception
        .decide(&close(), &facts(), &by("BM1", over))
        .expect("closed");
    assert!(matches!(&events[..], [Event::Expired, Event::Closed(_)]));
    assert_eq!(
        exception.decide(&Command::Expire, &facts(), &by_service(over)),
        Ok(vec![Event::Expired])
    );
    assert_eq!(
        exception.decide(&Command::Expire, &facts(), &by_service(over - 1)),
        Ok(vec![])
    );
}

#[test]
fn what_does_not_exist_cannot_be_decided_and_an_id_is_used_once() {
    assert_eq!(
        refused(&Exception::default(), grant(None), by("CISO", 0)),
        Reason::Unknown
    );
    assert_eq!(
        refused(&granted(), apply(terms()), by("BM1", 2)),
        Reason::Exists
    );
    assert_eq!(
        refused(&Exception::default(), apply(terms()), by_service(0)),
        Reason::NotAPerson
    );
}
