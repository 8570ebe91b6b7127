use super::*;

fn upstream(provider: &str, subject: &str) -> Upstream {
    Upstream {
        provider: provider.to_owned(),
        issuer: format!("https://{provider}.example"),
        subject: subject.to_owned(),
    }
}

fn link(provider: &str, subject: &str) -> Command {
    Command::LinkUpstream {
        credential: credential(&format!("{provider}-{subject}")),
        upstream: upstream(provider, subject),
    }
}

fn proven(of: &str, kinds: &[FactorKind], at: Timestamp) -> Proof {
    Proof::Federated {
        credential: Some(credential(of)),
        proven: kinds.to_vec(),
        at,
        ended: false,
    }
}

/// Two factors and a link `idp-u1`, signed out.
fn linked() -> Stage {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 1);
    stage.done(link("idp", "u1"));
    stage.done(Command::SignOut);
    stage
}

#[test]
fn a_link_is_made_with_two_categories_verified_just_now_or_by_who_manages() {
    let mut alone = Stage::password_only();
    let needed = Refusal::StepUpNeeded(Assurance::Aal2);
    assert_eq!(
        alone.ask(&link("idp", "u1")),
        Err(needed.clone()),
        "however few factors there are"
    );
    alone.other(Authority::Manage);
    assert_eq!(alone.done(link("idp", "u1")).len(), 1);

    let mut stage = Stage::two_factors();
    stage.signed_in("s", 1);
    stage.later(FRESH + SignedDuration::from_secs(1));
    assert_eq!(stage.ask(&link("idp", "u1")), Err(needed));
    stage.other(Authority::Stop);
    assert_eq!(stage.ask(&link("idp", "u1")), Err(Refusal::NoAuthority));
}

#[test]
fn one_account_at_each_provider_and_each_of_one_person() {
    let mut stage = linked();
    stage.other(Authority::Manage);
    assert_eq!(stage.done(link("idp", "u1")), vec![], "again");
    assert_eq!(stage.ask(&link("idp", "u2")), Err(Refusal::UpstreamLinked));
    stage.facts.upstream_taken = true;
    assert_eq!(stage.ask(&link("other", "u1")), Err(Refusal::UpstreamTaken));
    stage.facts.upstream_taken = false;
    assert_eq!(stage.done(link("other", "u1")).len(), 1);
}

#[test]
fn a_session_has_what_the_provider_proved_at_the_time_it_was_verified() {
    use FactorKind::{Password, Totp};
    let mut stage = linked();
    let at = stage.now - SignedDuration::from_mins(3);
    stage.sign_in("f", proven("idp-u1", &[Password, Totp], at));
    assert_eq!(stage.assurance("f"), Some(Assurance::Aal2));
    let session = stage.state.live_session(&id("f"), stage.now).expect("live");
    assert_eq!(session.authenticated_at(), at);
    assert_eq!(
        (session.started_at, session.used_at),
        (stage.now, stage.now)
    );
    stage.owner("f");
    assert!(stage.ask(&link("other", "u1")).is_ok(), "fresh");
    stage.later(SignedDuration::from_mins(2) + SignedDuration::from_secs(1));
    let stale = stage.ask(&link("other", "u1"));
    assert_eq!(stale, Err(Refusal::StepUpNeeded(Assurance::Aal2)));
    let ahead = stage.now + SignedDuration::from_mins(1);
    stage.step_up("f", proven("idp-u1", &[Password, Totp], ahead));
    let session = stage.state.live_session(&id("f"), stage.now).expect("live");
    assert_eq!(
        (session.authenticated_at(), session.factors.len()),
        (stage.now, 2)
    );
}

#[test]
fn what_a_provider_did_not_prove_is_verified_here() {
    let mut stage = linked();
    stage.sign_in("f", proven("idp-u1", &[FactorKind::Password], stage.now));
    assert_eq!(stage.assurance("f"), Some(Assurance::Aal1));
    stage.step_up("f", right());
    assert_eq!(
        stage.assurance("f"),
        Some(Assurance::Aal1),
        "the same category"
    );
    stage.step_up("f", code(Some(2)));
    assert_eq!(stage.assurance("f"), Some(Assurance::Aal2));
}

/// What the provider could verify beside a password is not known here: whoever has only the password of
/// there neither adds a factor nor takes one away, and a manager's code is the way to the first one.
#[test]
fn attack_12_one_category_that_a_provider_proved_changes_no_factor() {
    use FactorKind::{Password, Totp};
    let only_linked = || {
        let mut stage = Stage::new();
        stage.other(Authority::Manage).done(link("idp", "u1"));
        stage
    };
    let with_generator = || {
        let mut stage = only_linked();
        stage.sign_in("f", proven("idp-u1", &[Password, Totp], stage.now));
        stage.owner("f").done(offer("otp"));
        stage.done(confirm("otp", Some(50)));
        stage
    };
    let with_password = || {
        let mut stage = Stage::password_only();
        stage.other(Authority::Manage).done(link("idp", "u1"));
        stage
    };
    let lost_link = || {
        let mut stage = with_password();
        stage.other(Authority::Stop).done(lost("idp-u1"));
        stage
    };
    let changes = [
        offer("new"),
        Command::RemoveFactor {
            credential: credential("otp"),
        },
        Command::MakeRecoveryCodes {
            credential: credential("rc"),
            codes: vec![digest(80)],
        },
        Command::ChangePassword {
            credential: credential("pw2"),
            password: password(16),
        },
    ];
    let stages: [&dyn Fn() -> Stage; 3] = [&only_linked, &with_generator, &with_password];
    for stage in stages {
        for change in &changes {
            let mut stage = stage();
            stage.sign_in("weak", proven("idp-u1", &[Password], stage.now));
            let needed = Err(Refusal::StepUpNeeded(Assurance::Aal2));
            assert_eq!(stage.owner("weak").ask(change), needed, "{change:?}");
            stage.sign_in("both", proven("idp-u1", &[Password, Totp], stage.now));
            let asked = stage.owner("both").ask(change);
            assert_ne!(asked, needed, "{change:?}");
        }
    }
    let mut stage = lost_link();
    stage.sign_in("weak", right());
    assert_eq!(
        stage.owner("weak").ask(&offer("new")),
        Err(Refusal::StepUpNeeded(Assurance::Aal2)),
        "the link may be somebody else's now"
    );
}

#[test]
fn attack_3_a_provider_that_proves_nothing_starts_no_session() {
    let mut stage = linked();
    let events = stage.sign_in("f", proven("idp-u1", &[], stage.now));
    assert_eq!(refused_because(&events), Some(Why::NothingProven));
}

#[test]
fn what_a_provider_said_before_the_person_signed_out_there_counts_no_more() {
    let mut stage = linked();
    let proof = || Proof::Federated {
        credential: Some(credential("idp-u1")),
        proven: vec![FactorKind::Password],
        at: Timestamp::UNIX_EPOCH,
        ended: true,
    };
    let events = stage.sign_in("f", proof());
    assert_eq!(refused_because(&events), Some(Why::SignedOutThere));
    stage.signed_in("s", 2);
    let events = stage.step_up("s", proof());
    assert_eq!(refused_because(&events), Some(Why::SignedOutThere));
}

#[test]
fn attack_13_no_provider_opens_an_account_that_is_stopped_left_waits_or_lost_the_link() {
    let word = |stage: &Stage| proven("idp-u1", &[FactorKind::Password], stage.now);
    type Case = (&'static str, fn(&mut Stage), Why);
    let cases: [Case; 7] = [
        (
            "stopped",
            |stage| {
                stage.other(Authority::Manage).done(disable());
            },
            Why::Disabled,
        ),
        (
            "left",
            |stage| stage.facts.in_service = false,
            Why::NotInService,
        ),
        (
            "waits after passwords",
            |stage| {
                for _ in 0..5 {
                    stage.sign_in("x", wrong());
                }
            },
            Why::Waiting,
        ),
        (
            "waits after codes",
            |stage| {
                stage.sign_in("x", right());
                for _ in 0..5 {
                    stage.step_up("x", code(None));
                }
            },
            Why::Waiting,
        ),
        (
            "waits after recovery codes",
            |stage| {
                for _ in 0..5 {
                    stage.done(Command::UseRecoveryCode {
                        recovery: digest(90),
                        code: digest(91),
                    });
                }
            },
            Why::Waiting,
        ),
        (
            "lost",
            |stage| {
                stage.other(Authority::Stop).done(lost("idp-u1"));
            },
            Why::Lost,
        ),
        (
            "removed",
            |stage| {
                let credential = credential("idp-u1");
                let removed = Command::RemoveFactor { credential };
                stage.other(Authority::Manage).done(removed);
            },
            Why::NoFactor,
        ),
    ];
    for (what, befalls, why) in cases {
        let mut stage = linked();
        let proof = word(&stage);
        assert_eq!(refused_because(&stage.sign_in("f", proof.clone())), None);
        befalls(&mut stage);
        assert_eq!(
            refused_because(&stage.sign_in("g", proof.clone())),
            Some(why),
            "{what}"
        );
        let exchanged = stage.done(Command::ExchangeForClient {
            session: id("h"),
            chain: Chain {
                client: ClientId::new("app"),
                family: digest(3),
            },
            secret: digest(3),
            proof,
            until: stage.now + SignedDuration::from_mins(5),
        });
        assert_eq!(refused_because(&exchanged), Some(why), "{what}");
    }
}

#[test]
fn a_link_makes_no_short_password_strong_and_is_a_way_in() {
    let mut stage = linked();
    stage.signed_in("s", 2);
    stage.done(Command::ChangePassword {
        credential: credential("pw"),
        password: password(8),
    });
    let removed = |of: &str| Command::RemoveFactor {
        credential: credential(of),
    };
    let short = Err(Refusal::PasswordTooShortAlone);
    assert_eq!(stage.ask(&removed("otp")), short);
    let mut by_link = Stage::new();
    by_link.other(Authority::Manage).done(link("idp", "u1"));
    assert_eq!(by_link.state.standing, Standing::Active);
    let kinds = [FactorKind::Password, FactorKind::Totp];
    let word = proven("idp-u1", &kinds, by_link.now);
    by_link.sign_in("f", word);
    assert_eq!(
        by_link.owner("f").ask(&removed("idp-u1")),
        Err(Refusal::LastFactor)
    );
}

#[test]
fn a_provider_s_logout_ends_the_sessions_it_means_and_applications_sessions_of_the_link() {
    let mut stage = linked();
    let word = proven(
        "idp-u1",
        &[FactorKind::Password, FactorKind::Totp],
        stage.now,
    );
    for session in ["f", "g"] {
        stage.sign_in(session, word.clone());
    }
    stage.owner("g").done(Command::StartForClient {
        session: id("app"),
        chain: Chain {
            client: ClientId::new("app"),
            family: digest(3),
        },
        secret: digest(3),
    });
    stage.sign_in("own", right());
    stage.actor = Actor::Service("identity".to_owned());
    let out = |sessions| Command::RevokeSessions {
        sessions: Sessions::Linked {
            credential: credential("idp-u1"),
            sessions,
        },
        reason: "signed out at the provider".to_owned(),
    };
    stage.done(out(Some(vec![id("f"), id("own")])));
    let live: Vec<String> = stage
        .state
        .sessions
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(live, ["g", "own"]);
    stage.done(out(None));
    let live: Vec<String> = stage
        .state
        .sessions
        .keys()
        .map(ToString::to_string)
        .collect();
    assert_eq!(live, ["own"], "the others used the link");
}

#[test]
fn sessions_made_for_one_token_push_out_nobody_who_sits_at_one() {
    let mut stage = linked();
    for n in 0..MAX_SESSIONS - 1 {
        stage.sign_in(&format!("s{n}"), right());
    }
    for n in 0..3 {
        stage.later(SignedDuration::from_secs(1));
        stage.done(Command::ExchangeForClient {
            session: id(&format!("x{n}")),
            chain: Chain {
                client: ClientId::new("app"),
                family: digest(3),
            },
            secret: digest(3),
            proof: proven("idp-u1", &[FactorKind::Password], stage.now),
            until: stage.now + SignedDuration::from_mins(5),
        });
    }
    let live = |prefix: &str| {
        let all = stage.state.sessions.keys();
        all.filter(|id| id.as_str().starts_with(prefix)).count()
    };
    assert_eq!((live("s"), live("x")), (MAX_SESSIONS - 1, 1));
}
