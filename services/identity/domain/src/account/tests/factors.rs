use super::*;

fn remove(of: &str) -> Command {
    Command::RemoveFactor {
        credential: credential(of),
    }
}

fn there(subject: &str) -> Upstream {
    Upstream {
        provider: "idp".to_owned(),
        issuer: "https://idp.example".to_owned(),
        subject: subject.to_owned(),
    }
}

fn change(chars: u32) -> Command {
    Command::ChangePassword {
        credential: credential("pw2"),
        password: password(chars),
    }
}

#[test]
fn a_second_factor_is_added_by_who_has_just_verified_the_first() {
    let mut stage = Stage::password_only();
    stage.done(offer("otp"));
    assert_eq!(
        stage.state.totp(),
        None,
        "an offered generator does not count"
    );
    stage.done(confirm("otp", Some(50)));
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal2));
    assert_eq!(
        refused_because(&stage.step_up("s", code(Some(50)))),
        Some(Why::ReplayedTotp),
        "the code that confirmed is used"
    );
}

/// One category is all there is to verify, so that suffices for the second, fresh. From then on two are
/// needed, also to take it away again.
#[test]
fn the_first_second_factor_needs_the_first_verified_just_now_and_any_change_after_it_both() {
    let mut stage = Stage::password_only();
    stage.later(FRESH + SignedDuration::from_nanos(1));
    let first = Err(Refusal::StepUpNeeded(Assurance::Aal1));
    assert_eq!(stage.ask(&offer("otp")), first);
    stage.step_up("s", right());
    stage.done(offer("otp"));
    stage.done(confirm("otp", Some(50)));
    stage.sign_in("weak", right());
    let both = Err(Refusal::StepUpNeeded(Assurance::Aal2));
    for change in [remove("otp"), offer("another")] {
        assert_eq!(stage.owner("weak").ask(&change), both, "{change:?}");
        assert!(stage.owner("s").ask(&change).is_ok(), "{change:?}");
    }
}

#[test]
fn an_offered_generator_needs_a_right_code() {
    let mut stage = Stage::password_only();
    stage.done(offer("otp"));
    assert_eq!(
        refused_because(&stage.done(confirm("otp", None))),
        Some(Why::WrongTotp)
    );
    assert_eq!(
        refused_because(&stage.done(confirm("other", Some(5)))),
        Some(Why::NoFactor)
    );
    assert_eq!(stage.state.totp(), None);
}

#[test]
fn factors_change_only_after_everything_reachable_was_verified_within_five_minutes() {
    let changes = || {
        [
            offer("new"),
            confirm("new", Some(9)),
            remove("otp"),
            change(20),
        ]
    };
    let mut weak = Stage::two_factors();
    weak.sign_in("s", right());
    let mut stale = Stage::two_factors();
    stale.signed_in("s", 1);
    stale.later(FRESH + SignedDuration::from_nanos(1));
    let mut set_back = Stage::two_factors();
    set_back.signed_in("s", 1);
    set_back.later(-(FRESH + SignedDuration::from_nanos(1)));
    let mut half = stale.clone();
    half.step_up("s", right());
    for (name, mut stage) in [
        ("weak", weak),
        ("stale", stale),
        ("back", set_back),
        ("half", half),
    ] {
        for command in changes() {
            let answer = stage.owner("s").ask(&command);
            assert_eq!(
                answer,
                Err(Refusal::StepUpNeeded(Assurance::Aal2)),
                "{name} {command:?}"
            );
        }
    }
    let mut fresh = Stage::two_factors();
    fresh.signed_in("s", 1);
    fresh.later(FRESH);
    for command in changes() {
        assert!(fresh.owner("s").ask(&command).is_ok(), "{command:?}");
    }
}

/// Else the password of one manager would open the account of everybody they manage.
#[test]
fn what_lets_somebody_in_takes_a_manager_who_has_just_verified_two_categories_3_4_1_1() {
    let acts = || {
        [
            Command::OpenEnrolment { code: digest(7) },
            Command::RegisterCard {
                credential: credential("card2"),
                serial: "0002".to_owned(),
                certificate: None,
            },
            Command::LinkUpstream {
                credential: credential("link2"),
                upstream: there("u2"),
            },
            remove("card"),
            remove("link"),
            Command::Enable {
                reason: "back".to_owned(),
            },
        ]
    };
    let stage = || {
        let mut stage = Stage::two_factors();
        stage.other(Authority::Manage);
        stage.done(Command::LinkUpstream {
            credential: credential("link"),
            upstream: there("u1"),
        });
        stage.state.credentials.insert(
            credential("card"),
            Credential {
                factor: Factor::IcCard {
                    serial: "0001".to_owned(),
                    certificate: None,
                },
                standing: CredentialStanding::Live,
                since: stage.now,
            },
        );
        stage
    };
    let both: &[_] = &[FactorKind::Password, FactorKind::Totp];
    for (act, command) in acts().into_iter().enumerate() {
        let needed = Err(Refusal::StepUpNeeded(Assurance::Aal2));
        for weak in [&[][..], &[FactorKind::Password], &[FactorKind::Totp]] {
            let answer = stage().other_with(Authority::Manage, weak).ask(&command);
            assert_eq!(answer, needed, "{act} {weak:?}");
        }
        let mut stale = stage();
        stale.other_with(Authority::Manage, both);
        let mut fresh = stale.clone();
        fresh.later(FRESH);
        let answer = fresh.ask(&command);
        assert!(!matches!(answer, Err(Refusal::StepUpNeeded(_))), "{act}");
        // What an application was given is not in the manager's hand.
        let mut given = stale.clone();
        let acting = given.facts.acting.as_mut().expect("a session");
        acting.chain = Some(Chain {
            client: ClientId::new("cli"),
            family: digest(9),
        });
        assert_eq!(given.ask(&command), Err(Refusal::SessionOfClient), "{act}");
        stale.later(FRESH + SignedDuration::from_nanos(1));
        assert_eq!(stale.ask(&command), needed, "{act}");
        stale.facts.acting = None;
        assert_eq!(stale.ask(&command), Err(Refusal::SessionOver), "{act}");
        // Whom it does not fall to is not asked to verify anything.
        let answer = stage().other_with(Authority::Stop, &[]).ask(&command);
        assert_eq!(answer, Err(Refusal::NoAuthority), "{act}");
        // The platform has no factors.
        let mut platform = stage();
        platform.facts.acting = None;
        platform.actor = Actor::Service("identity".to_owned());
        let answer = platform.ask(&command);
        assert!(!matches!(answer, Err(Refusal::StepUpNeeded(_))), "{act}");
    }
}

#[test]
fn stopping_an_account_takes_no_second_category() {
    for (needed, stop) in [
        (Authority::Manage, disable()),
        (Authority::Stop, lost("otp")),
        (
            Authority::Stop,
            Command::RevokeSessions {
                sessions: Sessions::All,
                reason: "seen on another screen".to_owned(),
            },
        ),
    ] {
        let mut stage = Stage::two_factors();
        stage.signed_in("s", 1);
        stage.other_with(needed, &[FactorKind::Password]);
        let done = stage.ask(&stop).expect("stopped");
        assert!(!done.is_empty(), "{stop:?}");
    }
}

#[test]
fn nobody_else_changes_factors() {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 1);
    for command in [offer("new"), remove("otp"), change(20)] {
        let answer = stage.other(Authority::Manage).ask(&command);
        assert_eq!(answer, Err(Refusal::NoAuthority), "{command:?}");
    }
}

#[test]
fn a_registered_card_that_cannot_sign_in_does_not_lock_its_holder_out() {
    let mut stage = Stage::password_only();
    stage.other(Authority::Manage).done(Command::RegisterCard {
        credential: credential("card"),
        serial: "0001".to_owned(),
        certificate: None,
    });
    assert!(stage.owner("s").ask(&offer("otp")).is_ok());
}

#[test]
fn a_new_generator_replaces_the_old_and_ends_other_sessions_that_used_it() {
    let mut stage = Stage::two_factors();
    stage.signed_in("other", 1);
    stage.signed_in("s", 2);
    stage.done(offer("otp2"));
    stage.done(confirm("otp2", Some(3)));
    assert_eq!(stage.state.totp().map(|(id, _)| id.as_str()), Some("otp2"));
    assert_eq!(stage.assurance("other"), None);
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal2));
}

#[test]
fn removing_a_factor_ends_the_sessions_that_used_it() {
    let mut stage = Stage::two_factors();
    stage.sign_in("plain", right());
    stage.signed_in("s", 2);
    stage.done(remove("otp"));
    assert_eq!(stage.assurance("s"), None);
    assert_eq!(stage.assurance("plain"), Some(Assurance::Aal1));
}

#[test]
fn what_is_left_must_still_open_the_account_safely() {
    let mut long = Stage::two_factors();
    long.signed_in("s", 1);
    assert_eq!(long.ask(&remove("pw")), Err(Refusal::LastFactor));
    assert_eq!(long.ask(&remove("nothing")), Err(Refusal::FactorUnknown));
    let mut short = Stage::two_factors();
    short.signed_in("s", 1);
    short.done(change(8));
    assert_eq!(
        short.ask(&remove("otp")),
        Err(Refusal::PasswordTooShortAlone)
    );
}

#[test]
fn a_changed_password_ends_the_other_sessions() {
    let mut stage = Stage::two_factors();
    stage.sign_in("other", right());
    stage.signed_in("s", 2);
    stage.done(change(8));
    assert_eq!(stage.assurance("other"), None);
    assert!(stage.assurance("s").is_some());
    assert_eq!(
        refused_because(&stage.sign_in("t", right())),
        Some(Why::NoFactor)
    );
}
