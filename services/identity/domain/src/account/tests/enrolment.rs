use super::*;

fn open(stage: &mut Stage) {
    stage.other(Authority::Manage);
    stage.done(Command::OpenEnrolment { code: digest(7) });
    stage.actor = Actor::Anonymous;
}

fn enrol(code: u8, chars: u32) -> Command {
    Command::Enrol {
        code: digest(code),
        credential: credential("pw"),
        password: password(chars),
    }
}

#[test]
fn an_enrolment_is_opened_by_a_manager_and_never_for_oneself() {
    let opening = Command::OpenEnrolment { code: digest(7) };
    let mut stage = Stage::new();
    assert_eq!(
        stage.ask(&opening),
        Err(Refusal::NoAuthority),
        "nobody known"
    );
    assert_eq!(
        stage.other(Authority::Stop).ask(&opening),
        Err(Refusal::NoAuthority)
    );
    assert!(stage.other(Authority::Manage).ask(&opening).is_ok());
    stage.owner("s").facts.authority = Authority::Manage;
    assert_eq!(stage.ask(&opening), Err(Refusal::NotForOneself));
    stage.other(Authority::Manage).facts.person_known = false;
    assert_eq!(stage.ask(&opening), Err(Refusal::PersonUnknown(id("S1"))));
}

#[test]
fn the_code_makes_the_account_active_once() {
    let mut stage = Stage::new();
    open(&mut stage);
    assert_eq!(
        refused_because(&stage.done(enrol(8, 15))),
        Some(Why::WrongCode)
    );
    assert_eq!(stage.state.standing, Standing::Absent);
    stage.done(enrol(7, 15));
    assert_eq!(stage.state.standing, Standing::Active);
    assert_eq!(
        refused_because(&stage.done(enrol(7, 15))),
        Some(Why::WrongCode),
        "used twice"
    );
}

#[test]
fn who_is_yet_to_come_is_told_so_and_not_that_the_account_is_disabled_7_2_9_1() {
    let mut stage = Stage::new();
    open(&mut stage);
    stage.facts.in_service = false;
    let enrolled = stage.ask(&enrol(7, 15)).expect("on record");
    assert_eq!(refused_because(&enrolled), Some(Why::NotInService));
    let opening = Command::OpenEnrolment { code: digest(7) };
    let opened = stage.other(Authority::Manage).ask(&opening);
    assert_eq!(opened, Err(Refusal::NotInService));
}

#[test]
fn the_code_ends_after_a_day() {
    let mut stage = Stage::new();
    open(&mut stage);
    let mut in_time = stage.clone();
    in_time.later(ENROLMENT - SignedDuration::from_nanos(1));
    assert_eq!(refused_because(&in_time.done(enrol(7, 15))), None);
    stage.later(ENROLMENT);
    assert_eq!(
        refused_because(&stage.done(enrol(7, 15))),
        Some(Why::WrongCode)
    );
}

#[test]
fn a_first_password_stands_alone_and_needs_its_length() {
    let mut stage = Stage::new();
    open(&mut stage);
    let short = stage.ask(&enrol(7, 14));
    assert_eq!(
        short,
        Err(Refusal::Weak(password::Weakness::TooShort { least: 15 }))
    );
    assert!(
        stage.state.enrolment.is_some(),
        "a weak password does not spend the code"
    );
    let mut second = Stage::two_factors();
    open(&mut second);
    assert!(
        second.ask(&enrol(7, 8)).is_ok(),
        "eight beside a second factor"
    );
}

#[test]
fn enrolling_anew_replaces_the_password_and_closes_what_it_opened() {
    let mut stage = Stage::two_factors();
    stage.signed_in("s", 1);
    let before = stage.state.epoch;
    open(&mut stage);
    let enrolled = Command::Enrol {
        code: digest(7),
        credential: credential("pw2"),
        password: password(15),
    };
    stage.done(enrolled);
    assert_eq!(stage.assurance("s"), None);
    assert!(stage.state.epoch > before);
    assert_eq!(
        stage.state.password().map(|(id, _)| id.as_str()),
        Some("pw2")
    );
    assert_eq!(
        refused_because(&stage.sign_in("t", right())),
        Some(Why::NoFactor)
    );
}

#[test]
fn a_disabled_account_is_not_enrolled_and_disabling_ends_an_open_enrolment() {
    let mut stage = Stage::new();
    open(&mut stage);
    stage.other(Authority::Manage).done(disable());
    assert_eq!(
        refused_because(&stage.done(enrol(7, 15))),
        Some(Why::WrongCode)
    );
    let opening = Command::OpenEnrolment { code: digest(9) };
    assert_eq!(
        stage.other(Authority::Manage).ask(&opening),
        Err(Refusal::Disabled)
    );
}
