use super::*;

#[test]
fn assurance_rises_with_each_category_verified_3_4_1_1() {
    let mut stage = Stage::two_factors();
    stage.sign_in("s", right());
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal1));
    stage.step_up("s", right());
    assert_eq!(
        stage.assurance("s"),
        Some(Assurance::Aal1),
        "the same factor again"
    );
    stage.step_up("s", code(Some(100)));
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal2));
    let session = stage.state.live_session(&id("s"), stage.now).expect("live");
    assert_eq!(session.amr(), ["otp", "pwd", "mfa"]);
}

#[test]
fn a_one_time_password_is_accepted_once_and_none_before_it() {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 100);
    for (step, why) in [
        (100, Some(Why::ReplayedTotp)),
        (99, Some(Why::ReplayedTotp)),
        (101, None),
    ] {
        let events = stage.step_up("s", code(Some(step)));
        assert_eq!(refused_because(&events), why, "{step}");
    }
}

#[test]
fn of_two_sessions_with_the_same_one_time_password_one_wins() {
    let mut stage = Stage::two_factors();
    stage.sign_in("a", right());
    stage.sign_in("b", right());
    assert_eq!(refused_because(&stage.step_up("a", code(Some(5)))), None);
    assert_eq!(
        refused_because(&stage.step_up("b", code(Some(5)))),
        Some(Why::ReplayedTotp)
    );
    assert_eq!(stage.assurance("b"), Some(Assurance::Aal1));
}

#[test]
fn a_session_ends_hard() {
    let mut stage = Stage::two_factors();
    stage.facts.session_length = IDLE;
    stage.sign_in("s", right());
    stage.later(IDLE - SignedDuration::from_nanos(1));
    assert!(stage.assurance("s").is_some());
    stage.step_up("s", code(Some(9)));
    stage.later(SignedDuration::from_nanos(1));
    assert_eq!(
        stage.assurance("s"),
        None,
        "stepping up does not prolong it"
    );
    let again = Command::StepUp {
        secret: digest(3),
        proof: right(),
    };
    assert_eq!(stage.owner("s").ask(&again), Err(Refusal::SessionOver));
}

#[test]
fn stepping_up_makes_a_new_handle() {
    let mut stage = Stage::two_factors();
    stage.sign_in("s", right());
    let handle = |stage: &Stage| stage.state.sessions[&id("s")].secret.clone();
    assert_eq!(handle(&stage), digest(1));
    stage.step_up("s", code(None));
    assert_eq!(handle(&stage), digest(1), "a failed one leaves it");
    stage.step_up("s", code(Some(9)));
    assert_eq!(handle(&stage), digest(2));
}

#[test]
fn a_session_does_not_begin_with_a_one_time_password() {
    let mut stage = Stage::two_factors();
    assert_eq!(
        refused_because(&stage.sign_in("s", code(Some(9)))),
        Some(Why::NotFirst)
    );
    assert!(stage.state.sessions.is_empty());
}

#[test]
fn after_five_failures_even_the_right_password_waits_and_then_works() {
    let mut stage = Stage::two_factors();
    for _ in 0..5 {
        assert_eq!(
            refused_because(&stage.sign_in("s", wrong())),
            Some(Why::WrongPassword)
        );
    }
    assert_eq!(
        refused_because(&stage.sign_in("s", right())),
        Some(Why::Waiting)
    );
    let until = stage.state.password_tries.waits_until(Tries::USUAL);
    stage.sign_in("s", wrong());
    assert_eq!(
        stage.state.password_tries.waits_until(Tries::USUAL),
        until,
        "trying while waiting makes it no longer"
    );
    stage.now = until.expect("waiting");
    assert_eq!(refused_because(&stage.sign_in("s", right())), None);
    assert_eq!(
        refused_because(&stage.sign_in("t", wrong())),
        Some(Why::WrongPassword)
    );
}

// 7-2-(8)-3: by the privilege at the time of the try, also for what failed before.
#[test]
fn whoever_has_privileges_has_three_tries_at_each_factor_and_by_every_way() {
    let mut stage = Stage::two_factors();
    stage.sign_in("t", right());
    for _ in 0..3 {
        stage.sign_in("s", wrong());
        stage.step_up("t", code(None));
    }
    let mut privileged = stage.clone();
    privileged.facts.privileged = true;
    for (mut stage, waits) in [(stage, None), (privileged, Some(Why::Waiting))] {
        assert_eq!(refused_because(&stage.step_up("t", code(Some(9)))), waits);
        assert_eq!(refused_because(&stage.sign_in("s", right())), waits);
    }
}

#[test]
fn one_time_passwords_have_five_tries_and_a_good_password_gives_no_more() {
    let mut stage = Stage::two_factors();
    stage.sign_in("s", right());
    for _ in 0..5 {
        assert_eq!(
            refused_because(&stage.step_up("s", code(None))),
            Some(Why::WrongTotp)
        );
    }
    assert_eq!(refused_because(&stage.step_up("s", right())), None);
    stage.sign_in("t", right());
    assert_eq!(
        refused_because(&stage.step_up("t", code(Some(9)))),
        Some(Why::Waiting)
    );
}

#[test]
fn an_account_without_password_or_disabled_starts_no_session() {
    let mut absent = Stage::new();
    let nothing = Proof::Password {
        credential: None,
        matches: false,
    };
    assert_eq!(
        refused_because(&absent.sign_in("s", nothing)),
        Some(Why::NoFactor)
    );
    let mut disabled = Stage::two_factors();
    disabled.other(Authority::Manage).done(disable());
    assert_eq!(
        refused_because(&disabled.sign_in("s", right())),
        Some(Why::Disabled)
    );
}

#[test]
fn an_eleventh_session_ends_the_oldest() {
    let mut stage = Stage::two_factors();
    for n in 0..MAX_SESSIONS {
        stage.sign_in(&format!("s{n}"), right());
        stage.later(SignedDuration::from_secs(1));
    }
    let events = stage.sign_in("one-more", right());
    let oldest = Event::SessionEnded { session: id("s0") };
    assert_eq!(events.first(), Some(&oldest));
    assert_eq!(stage.state.sessions.len(), MAX_SESSIONS);
}

#[test]
fn signing_out_ends_the_session_once_and_only_ones_own() {
    let mut stage = Stage::two_factors();
    stage.sign_in("s", right());
    assert_eq!(
        stage.other(Authority::Manage).done(Command::SignOut),
        vec![]
    );
    let ended = stage.owner("s").done(Command::SignOut);
    assert_eq!(ended, vec![Event::SessionEnded { session: id("s") }]);
    assert_eq!(stage.done(Command::SignOut), vec![], "a repeat");
}

#[test]
fn whoever_is_not_in_service_signs_in_no_longer_7_2_9_1() {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 100);
    stage.facts.in_service = false;
    let stepped_up = stage.step_up("s", code(Some(101)));
    assert_eq!(refused_because(&stepped_up), Some(Why::NotInService));
    let signed_in = stage.sign_in("t", right());
    assert_eq!(refused_because(&signed_in), Some(Why::NotInService));
    let opening = Command::OpenEnrolment { code: digest(7) };
    let opened = stage.other(Authority::Manage).ask(&opening);
    assert_eq!(opened, Err(Refusal::NotInService));
}

/// 15 characters alone, 8 beside a second factor (NIST SP 800-63B-4): the shorter one is guessed sooner, so
/// by itself it proves nothing, neither before the second is verified nor after it was lost.
#[test]
fn a_short_password_counts_from_a_second_category_on() {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 1);
    stage.done(Command::ChangePassword {
        credential: credential("short"),
        password: password(14),
    });
    let short = || Proof::Password {
        credential: Some(credential("short")),
        matches: true,
    };
    stage.sign_in("t", short());
    assert_eq!(
        stage.assurance("t"),
        None,
        "it has begun, and proves nothing"
    );
    stage.owner("t");
    for needed in [offer("otp2"), change()] {
        let answer = stage.ask(&needed);
        assert!(
            matches!(answer, Err(Refusal::StepUpNeeded(_))),
            "{needed:?}"
        );
    }
    stage.step_up("t", short());
    assert_eq!(stage.assurance("t"), None, "twice the same is not more");
    stage.step_up("t", code(Some(2)));
    assert_eq!(stage.assurance("t"), Some(Assurance::Aal2));

    stage.owner("t").done(lost("otp"));
    stage.sign_in("u", short());
    assert_eq!(stage.assurance("u"), None, "what is left opens nothing");
    stage.owner("u");
    let answer = stage.ask(&offer("otp2"));
    assert_eq!(answer, Err(Refusal::StepUpNeeded(Assurance::Aal2)));
}

fn change() -> Command {
    Command::ChangePassword {
        credential: credential("another"),
        password: password(20),
    }
}

#[test]
fn a_password_of_fifteen_characters_is_a_category() {
    let mut stage = Stage::password_only();
    stage.sign_in("t", right());
    assert_eq!(stage.assurance("t"), Some(Assurance::Aal1));
}
