use super::*;

fn passkey(of: &str) -> Passkey {
    Passkey {
        handle: of.to_owned(),
        key: "{}".to_owned(),
        name: "at my desk".to_owned(),
        counter: 0,
        backup_eligible: true,
        backed_up: false,
    }
}

pub(super) fn enrol(of: &str, by: By) -> Command {
    Command::EnrolPasskey {
        by,
        credential: credential(of),
        passkey: passkey(of),
    }
}

fn signed(of: &str, counter: u32) -> Proof {
    Proof::Passkey {
        credential: Some(credential(of)),
        signed: Some(Signed {
            counter,
            backed_up: true,
        }),
    }
}

fn remove(of: &str) -> Command {
    Command::RemoveFactor {
        credential: credential(of),
    }
}

/// A password and a passkey, and a session `s` begun with the latter.
fn with_passkey() -> Stage {
    let mut stage = Stage::password_only();
    stage.done(enrol("key", By::Session));
    stage.sign_in("s", signed("key", 1));
    stage.owner("s");
    stage
}

#[test]
fn a_passkey_starts_a_session_of_two_categories_and_never_of_the_third_level() {
    let stage = with_passkey();
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal2));
    let mut both = stage.clone();
    both.step_up("s", right());
    assert_eq!(
        both.assurance("s"),
        Some(Assurance::Aal2),
        "it may be copied"
    );
    let (_, known) = both.state.passkeys().next().expect("a passkey");
    assert!(known.backed_up && known.counter == 1, "as it was used last");
}

#[test]
fn a_passkey_s_counter_must_rise_unless_it_never_counts() {
    let mut stage = with_passkey();
    for (counter, why) in [
        (1, Some(Why::CounterNotRisen)),
        (0, Some(Why::CounterNotRisen)),
        (2, None),
        (1, Some(Why::CounterNotRisen)),
        (7, None),
    ] {
        let events = stage.sign_in("t", signed("key", counter));
        assert_eq!(refused_because(&events), why, "{counter}");
    }
    let mut silent = Stage::password_only();
    silent.done(enrol("key", By::Session));
    for n in 0..3 {
        let events = silent.sign_in(&format!("t{n}"), signed("key", 0));
        assert_eq!(refused_because(&events), None);
    }
}

#[test]
fn what_does_not_verify_or_is_not_there_starts_nothing() {
    let mut stage = with_passkey();
    let wrong = |of: Option<&str>| Proof::Passkey {
        credential: of.map(credential),
        signed: None,
    };
    for (proof, why) in [
        (wrong(Some("key")), Why::WrongPasskey),
        (wrong(None), Why::NoFactor),
        (signed("pw", 9), Why::NoFactor),
        (signed("other", 9), Why::NoFactor),
    ] {
        assert_eq!(refused_because(&stage.sign_in("t", proof)), Some(why));
    }
    stage.other(Authority::Stop).done(lost("key"));
    let dead = stage.sign_in("t", signed("key", 9));
    assert_eq!(refused_because(&dead), Some(Why::Lost));
}

#[test]
fn a_passkey_is_added_in_a_fresh_session_and_once_in_all() {
    let mut stage = with_passkey();
    assert!(stage.ask(&enrol("second", By::Session)).is_ok());
    let mut weak = stage.clone();
    weak.sign_in("weak", right());
    let needed = Err(Refusal::StepUpNeeded(Assurance::Aal2));
    for command in [enrol("second", By::Session), remove("key")] {
        assert_eq!(weak.owner("weak").ask(&command), needed);
    }
    stage.facts.passkey_known = true;
    let known = stage.ask(&enrol("second", By::Session));
    assert_eq!(known, Err(Refusal::PasskeyKnown));
    stage.facts.passkey_known = false;
    for n in 1..MAX_PASSKEYS {
        stage.done(enrol(&format!("key{n}"), By::Session));
    }
    let beyond = stage.ask(&enrol("one more", By::Session));
    assert_eq!(beyond, Err(Refusal::TooManyPasskeys));
}

#[test]
fn a_passkey_enrolled_with_a_code_spends_it_and_may_be_the_first_factor() {
    let mut stage = Stage::new();
    let opening = Command::OpenEnrolment { code: digest(7) };
    stage.other(Authority::Manage).done(opening);
    stage.actor = Actor::Anonymous;
    let wrong = stage.done(enrol("key", By::Code(digest(8))));
    assert_eq!(refused_because(&wrong), Some(Why::WrongCode));
    stage.done(enrol("key", By::Code(digest(7))));
    assert_eq!(stage.state.standing, Standing::Active);
    let again = stage.done(enrol("key2", By::Code(digest(7))));
    assert_eq!(refused_because(&again), Some(Why::WrongCode), "used twice");
    stage.sign_in("s", signed("key", 0));
    assert_eq!(stage.assurance("s"), Some(Assurance::Aal2));
    assert_eq!(
        stage.owner("s").ask(&remove("key")),
        Err(Refusal::LastFactor)
    );
}

#[test]
fn with_a_passkey_the_password_can_go_and_without_it_it_must_be_long() {
    let mut stage = with_passkey();
    assert!(stage.ask(&remove("pw")).is_ok(), "the passkey opens it");
    let short = Command::ChangePassword {
        credential: credential("short"),
        password: password(8),
    };
    stage.done(short);
    assert_eq!(
        stage.ask(&remove("key")),
        Err(Refusal::PasswordTooShortAlone)
    );
}
