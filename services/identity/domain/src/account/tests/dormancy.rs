//! Accounts that nobody uses: 90 and 120 days in the pack (7-2-(9)-3).

use super::*;

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

fn enable() -> Command {
    Command::Enable {
        reason: "back from leave".to_owned(),
    }
}

/// Signed in once, and not since.
fn left_alone(days_since: i64) -> Stage {
    let mut stage = Stage::password_only();
    stage.later(days(days_since));
    stage.actor = Actor::Service("identity".to_owned());
    stage
}

#[test]
fn an_account_is_flagged_once_and_stopped_once_by_the_periods_of_the_pack() {
    let mut stage = left_alone(90);
    stage.now -= SignedDuration::from_secs(1);
    assert_eq!(stage.done(Command::NoteDormancy), vec![], "in time");
    stage.later(SignedDuration::from_secs(1));
    let used_at = stage.now - days(90);
    let flagged = stage.done(Command::NoteDormancy);
    let stops_at = used_at + days(120);
    let now = stage.now;
    assert_eq!(
        flagged,
        [Event::FoundUnused {
            used_at,
            stops_at,
            at: now
        }]
    );
    assert_eq!(stage.done(Command::NoteDormancy), vec![], "told already");
    stage.now = stops_at;
    let epoch = stage.state.epoch;
    let stopped = stage.done(Command::NoteDormancy);
    // The session in which it was used last is in the account still.
    let [
        Event::SessionsRevoked { .. },
        Event::LaidDormant { used_at: since, .. },
    ] = stopped[..]
    else {
        panic!("{stopped:?}");
    };
    assert_eq!(since, used_at);
    assert!(stage.state.epoch > epoch, "every token is old");
    assert_eq!(stage.done(Command::NoteDormancy), vec![], "on record");
}

#[test]
fn a_dormant_account_is_refused_at_sign_in_whether_or_not_anybody_recorded_it() {
    for noted in [false, true] {
        for (after, refusal) in [(119, None), (120, Some(Why::Dormant))] {
            let mut stage = left_alone(after);
            if noted {
                stage.done(Command::NoteDormancy);
            }
            let tried = stage.sign_in("t", right());
            assert_eq!(refused_because(&tried), refusal, "after {after} days");
        }
    }
}

#[test]
fn a_recovery_code_opens_no_dormant_account() {
    let mut stage = Stage::password_only();
    stage.done(Command::MakeRecoveryCodes {
        credential: credential("codes"),
        codes: vec![digest(50)],
    });
    stage.later(days(120));
    stage.actor = Actor::Anonymous;
    let tried = stage.done(Command::UseRecoveryCode {
        recovery: digest(50),
        code: digest(51),
    });
    assert_eq!(refused_because(&tried), Some(Why::Dormant));
}

#[test]
fn a_use_begins_the_time_anew() {
    let mut stage = left_alone(100);
    stage.done(Command::NoteDormancy);
    assert!(stage.state.flagged_at.is_some());
    stage.sign_in("t", right());
    assert_eq!(stage.state.flagged_at, None);
    stage.later(days(119));
    assert_eq!(refused_because(&stage.sign_in("u", right())), None);
}

#[test]
fn who_manages_it_lets_it_go_on_and_nobody_else_does() {
    for noted in [false, true] {
        let mut stage = left_alone(120);
        if noted {
            stage.done(Command::NoteDormancy);
        }
        let own = stage.owner("s").ask(&enable());
        assert_eq!(own, Err(Refusal::NotForOneself));
        assert_eq!(
            stage.other(Authority::Stop).ask(&enable()),
            Err(Refusal::NoAuthority)
        );
        let enabled = stage.other(Authority::Manage).done(enable());
        assert!(matches!(enabled[..], [Event::Enabled { .. }]));
        assert_eq!(stage.done(enable()), vec![], "a repeat");
        assert_eq!(refused_because(&stage.sign_in("t", right())), None);
    }
}

#[test]
fn an_enrolment_lets_it_go_on_too_but_not_an_account_that_somebody_stopped() {
    for noted in [false, true] {
        let mut stage = left_alone(121);
        if noted {
            stage.done(Command::NoteDormancy);
        }
        let enrol = Command::Enrol {
            code: digest(8),
            credential: credential("new"),
            password: password(15),
        };
        let manager = stage.other(Authority::Manage);
        manager.done(Command::OpenEnrolment { code: digest(8) });
        stage.actor = Actor::Anonymous;
        let enrolled = stage.done(enrol);
        let enabled = |event: &Event| matches!(event, Event::Enabled { .. });
        assert_eq!(
            enrolled.iter().any(enabled),
            noted,
            "what was told is taken back"
        );
        let proof = Proof::Password {
            credential: Some(credential("new")),
            matches: true,
        };
        assert_eq!(refused_because(&stage.sign_in("t", proof)), None);
    }
    let mut stopped = left_alone(121);
    stopped.done(Command::NoteDormancy);
    let manager = stopped.other(Authority::Manage);
    manager.done(disable());
    let again = manager.ask(&Command::OpenEnrolment { code: digest(8) });
    assert_eq!(again, Err(Refusal::Disabled));
}

#[test]
fn an_id_kept_for_emergencies_never_lies_dormant() {
    let mut stage = left_alone(1_000);
    stage.facts.dormant_by = None;
    assert_eq!(stage.done(Command::NoteDormancy), vec![]);
    assert_eq!(refused_because(&stage.sign_in("t", right())), None);
}

#[test]
fn sessions_of_who_is_not_in_service_are_ended_and_nobody_elses() {
    let mut stage = Stage::password_only();
    stage.actor = Actor::Service("identity".to_owned());
    assert_eq!(stage.done(Command::EndService), vec![]);
    stage.facts.in_service = false;
    let ended = stage.done(Command::EndService);
    assert!(
        matches!(&ended[..], [Event::SessionsRevoked { sessions, .. }] if sessions.len() == 1),
        "{ended:?}"
    );
    assert_eq!(stage.done(Command::EndService), vec![], "again");
}

#[test]
fn a_session_of_who_is_not_in_service_is_over_for_factors_and_clients_before_anybody_ends_it() {
    let mut stage = Stage::password_only();
    stage.facts.in_service = false;
    let let_in = Command::StartForClient {
        session: id("c"),
        chain: Chain {
            client: ClientId::new("cli"),
            family: digest(9),
        },
        secret: digest(10),
    };
    for command in [offer("otp"), let_in] {
        assert_eq!(stage.ask(&command), Err(Refusal::SessionOver));
    }
}

#[test]
fn the_last_use_that_a_period_has_gone_by_since_is_found_to_the_microsecond() {
    let pack = Pack::sendai().expect("the pack");
    let now: Timestamp = "2026-06-01T03:04:05.678901Z".parse().expect("an instant");
    for period in [
        Period::DormantFlag,
        Period::DormantDisable,
        Period::Promptly,
    ] {
        let end = |from| pack.period(period).end(from, pack.calendar());
        let found = last_use(period, now, &pack);
        assert!(end(found) <= now, "{period}");
        assert!(
            now < end(found + SignedDuration::from_micros(1)),
            "{period}"
        );
    }
}
