use kernel::{Actor, replay};

use super::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-04-01T01:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_mins(minutes)
}

fn facts() -> Facts {
    Facts {
        pack: Arc::new(Pack::sendai().expect("the pack")),
        keys: Some(Keys::Hardware),
        busy: false,
        unknown: BTreeSet::new(),
    }
}

fn ask() -> Command {
    Command::Ask {
        id: id("E-1"),
        account: id("BG-1"),
        systems: [id("SYS-1")].into(),
        reason: "認証基盤の停止".to_owned(),
    }
}

fn review(findings: &str) -> Command {
    Command::Review {
        findings: findings.to_owned(),
    }
}

/// A person does something some minutes after the beginning.
fn does(state: &mut State, who: &str, minutes: i64, command: &Command) -> Result<usize, Refusal> {
    let actor = Actor::Person {
        id: id(who),
        session: id("s"),
    };
    let context = Context::new(actor, at(minutes), "t");
    let events = state.decide(command, &facts(), &context)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events.len())
}

#[test]
fn two_others_open_it_for_four_hours_and_it_ends_by_itself_7_2_8_1a() {
    let mut state = State::default();
    assert_eq!(does(&mut state, "N1", 0, &ask()), Ok(1));
    let approve = Command::Approve;
    let own = does(&mut state, "N1", 1, &approve);
    assert_eq!(own, Err(Refusal::OwnRequest));
    assert_eq!(does(&mut state, "M1", 2, &approve), Ok(1));
    assert_eq!(does(&mut state, "M1", 3, &approve), Ok(0), "counts once");
    assert!(!state.is_open(at(3)), "one person is not enough");
    let as_itself = does(&mut state, "BG-1", 3, &approve);
    assert_eq!(as_itself, Err(Refusal::OwnRequest));
    assert_eq!(does(&mut state, "M2", 4, &approve), Ok(2));
    assert!(state.is_open(at(4)) && state.is_open(at(4 + 239)));
    assert!(!state.is_open(at(4 + 240)) && !state.is_busy(at(4 + 240)));
    let third = does(&mut state, "M3", 5, &approve);
    assert_eq!(third, Err(Refusal::NotWaiting));
}

#[test]
fn approvals_come_within_the_hour_or_not_at_all() {
    let mut state = State::default();
    does(&mut state, "N1", 0, &ask()).expect("asked");
    does(&mut state, "M1", 59, &Command::Approve).expect("in time");
    let late = does(&mut state, "M2", 60, &Command::Approve);
    assert_eq!(late, Err(Refusal::NotWaiting));
    assert!(!state.is_busy(at(60)));

    let mut given_up = State::default();
    does(&mut given_up, "N1", 0, &ask()).expect("asked");
    assert_eq!(does(&mut given_up, "N1", 1, &Command::Close), Ok(1));
    assert_eq!(does(&mut given_up, "N1", 2, &Command::Close), Ok(0));
    let after = does(&mut given_up, "M1", 3, &Command::Approve);
    assert_eq!(after, Err(Refusal::NotWaiting));
    let nothing = does(&mut given_up, "M1", 4, &review("x"));
    assert_eq!(nothing, Err(Refusal::NotOver), "it was never open");
}

#[test]
fn what_was_open_is_reviewed_by_somebody_else_7_2_8_1b() {
    let mut state = State::default();
    does(&mut state, "N1", 0, &ask()).expect("asked");
    does(&mut state, "M1", 1, &Command::Approve).expect("approved");
    does(&mut state, "M2", 2, &Command::Approve).expect("opened");
    let early = does(&mut state, "M1", 3, &review("ok"));
    assert_eq!(early, Err(Refusal::NotOver));
    assert_eq!(does(&mut state, "N1", 30, &Command::Close), Ok(1));
    let open = state.open.clone().expect("was open");
    assert_eq!(open.until, at(30));
    assert_eq!(open.review_due_at, at(30 + 24 * 60));
    let own = does(&mut state, "N1", 31, &review("ok"));
    assert_eq!(own, Err(Refusal::OwnRequest));
    assert_eq!(does(&mut state, "M1", 32, &review("ok")), Ok(1));
    assert_eq!(does(&mut state, "M1", 33, &review("ok")), Ok(0));
    let again = does(&mut state, "M2", 34, &review("hm"));
    assert_eq!(again, Err(Refusal::Reviewed));
}

#[test]
fn only_an_id_with_nothing_but_hardware_keys_is_opened_and_once_at_a_time() {
    let actor = Actor::Person {
        id: id("N1"),
        session: id("s"),
    };
    let context = Context::new(actor, at(0), "t");
    let refused = |facts: Facts| {
        State::default()
            .decide(&ask(), &facts, &context)
            .expect_err("refused")
    };
    let none = Facts {
        keys: None,
        ..facts()
    };
    assert_eq!(refused(none), Refusal::AccountUnknown(id("BG-1")));
    let unfit = Facts {
        keys: Some(Keys::Unfit),
        ..facts()
    };
    assert_eq!(refused(unfit), Refusal::KeysUnfit);
    let busy = Facts {
        busy: true,
        ..facts()
    };
    assert_eq!(refused(busy), Refusal::Busy);
    let unknown = Facts {
        unknown: [id("SYS-1")].into(),
        ..facts()
    };
    assert_eq!(refused(unknown), Refusal::SystemUnknown(id("SYS-1")));
    let machine = Context::new(Actor::Service("audit".to_owned()), at(0), "t");
    let by_machine = State::default().decide(&ask(), &facts(), &machine);
    assert_eq!(by_machine, Err(Refusal::OnlyAPerson));
    let unasked: State = replay(&[]);
    let nothing = unasked.decide(&Command::Approve, &facts(), &context);
    assert_eq!(nothing, Err(Refusal::Unknown));
}
