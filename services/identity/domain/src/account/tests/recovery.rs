use super::*;

fn make(codes: &[u8]) -> Command {
    Command::MakeRecoveryCodes {
        credential: credential(&format!("codes{codes:?}")),
        codes: codes.iter().copied().map(digest).collect(),
    }
}

fn recover(recovery: u8) -> Command {
    Command::UseRecoveryCode {
        recovery: digest(recovery),
        code: digest(9),
    }
}

fn with_code(of: &str, code: u8) -> [Command; 2] {
    [
        Command::OfferTotp {
            by: By::Code(digest(code)),
            credential: credential(of),
            secret: SealedSecret::new("AAAA"),
        },
        Command::ConfirmTotp {
            by: By::Code(digest(code)),
            proof: Proof::Totp {
                credential: Some(credential(of)),
                step: Some(70),
            },
            secret: digest(4),
        },
    ]
}

fn with_codes() -> Stage {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 50);
    stage.done(make(&[21, 22, 23]));
    stage.actor = Actor::Anonymous;
    stage
}

#[test]
fn a_recovery_code_opens_a_short_enrolment_once_and_tells_so() {
    let mut stage = with_codes();
    let events = stage.done(recover(22));
    assert_eq!(
        events,
        vec![
            Event::RecoveryCodeUsed {
                credential: credential("codes[21, 22, 23]"),
                code: digest(22),
                left: 2,
            },
            Event::EnrolmentOpened {
                person: id("S1"),
                code: digest(9),
                ends_at: stage.now + RECOVERY,
            },
        ]
    );
    let again = stage.done(recover(22));
    assert_eq!(refused_because(&again), Some(Why::WrongRecoveryCode));
    assert_eq!(
        refused_because(&stage.done(recover(21))),
        None,
        "another one"
    );
    let mut late = stage.clone();
    late.later(RECOVERY);
    let [offer, _] = with_code("otp2", 9);
    assert_eq!(refused_because(&late.done(offer)), Some(Why::WrongCode));
}

/// Fails so often that the account waits, after three or five times.
fn fail_at(of: &str, stage: &mut Stage) {
    for _ in 0..5 {
        match of {
            "password" => stage.sign_in("x", wrong()),
            "one-time password" => stage.step_up("s", code(None)),
            _ => stage.done(recover(99)),
        };
        stage.actor = Actor::Anonymous;
    }
}

#[test]
fn attack_13_a_recovery_code_waits_after_failures_at_any_factor_and_is_not_used_up() {
    for (privileged, seconds) in [(false, 30), (true, 60)] {
        for of in ["password", "one-time password", "recovery code"] {
            let mut stage = with_codes();
            stage.facts.privileged = privileged;
            fail_at(of, &mut stage);
            stage.later(SignedDuration::from_secs(seconds - 1));
            let waits = refused_because(&stage.done(recover(21)));
            assert_eq!(waits, Some(Why::Waiting), "{of}");
            stage.later(SignedDuration::from_secs(1));
            let opened = refused_because(&stage.done(recover(21)));
            assert_eq!(opened, None, "{of}: the wait is over");
        }
    }
}

#[test]
fn attack_13_a_recovery_code_forgives_no_failure_of_another_factor() {
    let mut stage = with_codes();
    for _ in 0..4 {
        stage.sign_in("x", wrong());
        stage.done(recover(99));
    }
    stage.done(recover(21));
    let key = passkeys::enrol("key", By::Code(digest(9)));
    assert_eq!(refused_because(&stage.done(key)), None);
    let wrong_code = stage.done(recover(99));
    assert_eq!(refused_because(&wrong_code), Some(Why::WrongRecoveryCode));
    assert_eq!(
        refused_because(&stage.done(recover(22))),
        None,
        "its own are"
    );
    stage.sign_in("x", wrong());
    let fifth = stage.sign_in("x", right());
    assert_eq!(refused_because(&fifth), Some(Why::Waiting));
}

#[test]
fn a_new_password_does_not_wait_for_the_failures_of_the_old_one() {
    let mut stage = with_codes();
    fail_at("password", &mut stage);
    let opening = Command::OpenEnrolment { code: digest(7) };
    stage.other(Authority::Manage).done(opening);
    stage.actor = Actor::Anonymous;
    stage.done(Command::Enrol {
        code: digest(7),
        credential: credential("pw"),
        password: password(15),
    });
    assert_eq!(refused_because(&stage.sign_in("t", right())), None);
}

#[test]
fn what_a_recovery_code_opens_enrols_one_factor_and_closes_everything_before() {
    let mut stage = with_codes();
    stage.done(recover(21));
    for command in with_code("otp2", 9) {
        assert_eq!(refused_because(&stage.done(command)), None);
    }
    assert_eq!(stage.assurance("s"), None);
    assert_eq!(stage.state.totp().map(|(id, _)| id.as_str()), Some("otp2"));
    assert_eq!(stage.state.last_totp_step(), Some(70), "its code is used");
    let [offer, _] = with_code("otp3", 9);
    assert_eq!(refused_because(&stage.done(offer)), Some(Why::WrongCode));
}

#[test]
fn a_recovery_code_opens_nothing_else() {
    let mut stage = with_codes();
    stage.done(recover(21));
    let none = stage.state.sessions.keys().all(|one| one.as_str() == "s");
    assert!(none, "no session");
    assert_eq!(stage.ask(&make(&[31])), Err(Refusal::NoAuthority));
    let codes = credential("codes[21, 22, 23]");
    for proof in [
        Proof::Password {
            credential: Some(codes.clone()),
            matches: true,
        },
        Proof::Totp {
            credential: Some(codes.clone()),
            step: Some(99),
        },
        Proof::Card {
            credential: Some(codes),
        },
    ] {
        let mut trying = stage.clone();
        trying.step_up("s", proof);
        let factors = &trying.state.sessions[&id("s")].factors;
        let codes = factors
            .iter()
            .any(|one| one.credential.as_str().starts_with("codes"));
        assert!(!codes);
    }
}

#[test]
fn codes_are_made_in_a_fresh_session_and_a_new_set_replaces_the_old() {
    let mut stage = with_codes();
    stage.sign_in("weak", right());
    let needed = Err(Refusal::StepUpNeeded(Assurance::Aal2));
    assert_eq!(stage.owner("weak").ask(&make(&[31])), needed);
    stage.owner("s").done(make(&[31]));
    stage.actor = Actor::Anonymous;
    let old = stage.done(recover(21));
    assert_eq!(refused_because(&old), Some(Why::WrongRecoveryCode));
    stage.other(Authority::Manage).done(disable());
    stage.actor = Actor::Anonymous;
    let stopped = stage.done(recover(31));
    assert_eq!(refused_because(&stopped), Some(Why::Disabled));
    let mut gone = with_codes();
    gone.facts.in_service = false;
    gone.actor = Actor::Anonymous;
    let gone = gone.done(recover(21));
    assert_eq!(refused_because(&gone), Some(Why::NotInService));
}

#[test]
fn a_lost_generator_is_replaced_with_a_supervised_code_too() {
    let mut stage = Stage::two_factors();
    stage.other(Authority::Manage).done(lost("otp"));
    stage.done(Command::OpenEnrolment { code: digest(7) });
    stage.actor = Actor::Anonymous;
    for command in with_code("otp2", 7) {
        assert_eq!(refused_because(&stage.done(command)), None);
    }
    stage.sign_in("s", right());
    let next = Proof::Totp {
        credential: Some(credential("otp2")),
        step: Some(71),
    };
    stage.step_up("s", next);
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal2));
}
