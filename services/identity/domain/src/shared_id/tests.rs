use jiff::SignedDuration;
use kernel::{Actor, Refusal as _, SessionId, replay};

use super::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-04-01T01:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_hours(hours)
}

/// In a session that has the person's own name.
fn by(person: &str, hours: i64) -> Context {
    let actor = Actor::Person {
        id: id(person),
        session: id(person),
    };
    Context::new(actor, at(hours), "test")
}

fn clock(hours: i64) -> Context {
    Context::new(Actor::Service("identity".to_owned()), at(hours), "test")
}

/// `M` manages the system; everybody belongs to `tax`.
fn facts() -> Facts {
    let people = ["A", "B", "C", "M"];
    Facts {
        pack: Arc::new(Pack::sendai().expect("the pack")),
        system_in_service: true,
        managers: [id("M")].into(),
        sections: people.map(|person| (id(person), id("tax"))).into(),
    }
}

fn moved(person: &str) -> Facts {
    let mut facts = facts();
    facts.sections.insert(id(person), id("roads"));
    facts
}

fn left(person: &str) -> Facts {
    let mut facts = facts();
    facts.sections.remove(&id::<PersonId>(person));
    facts
}

fn registration(members: &[&str]) -> Registration {
    Registration {
        id: id("tax-desk"),
        system: id("SYS-1"),
        name: "zeimu01".to_owned(),
        owner: id(members.first().expect("an owner")),
        members: members.iter().map(|member| id(member)).collect(),
        concurrent: false,
    }
}

fn register(members: &[&str]) -> Command {
    Command::Register(registration(members))
}

const CHECK_OUT: Command = Command::CheckOut { until: None };

/// Owned by `A`, used by `A` and `B`, one at a time.
fn shared() -> State {
    run(State::default(), &[(register(&["A", "B"]), by("M", 0))])
}

fn run(state: State, steps: &[(Command, Context)]) -> State {
    let mut state = state;
    for (command, context) in steps {
        let events = state.decide(command, &facts(), context);
        for event in events.expect("carried out") {
            state.evolve(&event);
        }
    }
    state
}

/// What stands after the clock brought about what there was to bring about.
fn reckoned(mut state: State, facts: &Facts, hours: i64) -> State {
    let events = state.decide(&Command::Reckon, facts, &clock(hours));
    for event in events.expect("reckoned") {
        state.evolve(&event);
    }
    state
}

fn holders(state: &State, hours: i64) -> Vec<&str> {
    state
        .live(at(hours))
        .map(|one| one.person.as_str())
        .collect()
}

// 4-3-2: whoever used it can be told.
#[test]
fn a_member_has_it_in_their_own_name_for_hours() {
    let state = run(shared(), &[(CHECK_OUT, by("A", 0))]);
    assert_eq!(state.check_outs[0].session.as_str(), "A");
    assert_eq!(state.check_outs[0].ends_at, at(8), "the pack's longest");
    assert_eq!(holders(&state, 7), ["A"]);
    assert_eq!(holders(&state, 8), [""; 0], "over without anybody's doing");
    let long = Command::CheckOut {
        until: Some(at(100)),
    };
    let state = run(shared(), &[(long, by("A", 0))]);
    assert_eq!(state.check_outs[0].ends_at, at(8));
    let short = Command::CheckOut { until: Some(at(1)) };
    let state = run(shared(), &[(short, by("A", 0))]);
    assert_eq!(state.check_outs[0].ends_at, at(1));
}

// 4-3-2
#[test]
fn one_member_has_it_at_a_time() {
    let state = run(shared(), &[(CHECK_OUT, by("A", 0))]);
    let taken = Err(Refusal::InUse(id("A")));
    assert_eq!(state.decide(&CHECK_OUT, &facts(), &by("B", 7)), taken);
    for free in [
        run(
            state.clone(),
            &[(Command::CheckIn { person: id("A") }, by("A", 1))],
        ),
        reckoned(state.clone(), &facts(), 8),
        state.clone(),
    ] {
        let next = run(free, &[(CHECK_OUT, by("B", 8))]);
        assert_eq!(holders(&next, 8), ["B"]);
    }
}

#[test]
fn where_several_may_have_it_each_record_names_the_others() {
    let several = Command::Register(Registration {
        concurrent: true,
        ..registration(&["A", "B"])
    });
    let state = run(
        State::default(),
        &[(several, by("M", 0)), (CHECK_OUT, by("A", 0))],
    );
    let events = state.decide(&CHECK_OUT, &facts(), &by("B", 1));
    let events = events.expect("checked out");
    let [Event::CheckedOut { beside, .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(*beside, [id("A")]);
}

#[test]
fn in_a_new_session_it_is_checked_out_anew() {
    let state = run(shared(), &[(CHECK_OUT, by("A", 0))]);
    assert_eq!(state.decide(&CHECK_OUT, &facts(), &by("A", 1)), Ok(vec![]));
    let actor = Actor::Person {
        id: id("A"),
        session: id("another"),
    };
    let state = run(state, &[(CHECK_OUT, Context::new(actor, at(1), "test"))]);
    let sessions: Vec<_> = state.check_outs.iter().map(|one| &one.session).collect();
    assert_eq!(sessions, [&id::<SessionId>("another")]);
}

// 4-3-3: at once when the organisation changes, whatever job ran.
#[test]
fn who_moved_or_left_cannot_have_it_although_still_listed() {
    for facts in [moved("B"), left("B")] {
        let refused = shared().decide(&CHECK_OUT, &facts, &by("B", 0));
        assert_eq!(refused, Err(Refusal::NotAMember));
    }
}

// 4-3-3
#[test]
fn a_member_who_moves_leaves_or_is_taken_off_makes_the_secret_due_for_a_change() {
    let held = run(shared(), &[(CHECK_OUT, by("B", 0))]);
    let taken_off = run(held.clone(), &[(register(&["A"]), by("A", 2))]);
    for (state, why) in [
        (reckoned(held.clone(), &moved("B"), 2), Why::Moved),
        (reckoned(held.clone(), &left("B"), 2), Why::Left),
        (taken_off, Why::Removed),
    ] {
        let duty = state.duty.as_ref().expect("a duty");
        assert_eq!((duty.since, duty.due_at), (at(2), at(26)));
        let person = id("B");
        assert_eq!(duty.because, [Departure { person, why }]);
        assert_eq!(holders(&state, 2), [""; 0], "checked in with it");
        let record = state.registered.as_ref().expect("a record");
        assert!(!record.members.contains_key(&id::<PersonId>("B")));
        let done = run(state, &[(Command::ConfirmSecretChanged, by("A", 3))]);
        assert_eq!(done.duty, None);
        let again = done.decide(&Command::ConfirmSecretChanged, &facts(), &by("A", 3));
        assert_eq!(again, Ok(vec![]));
    }
    assert_eq!(reckoned(held.clone(), &facts(), 2), held, "nobody went");
}

#[test]
fn a_second_departure_does_not_put_the_duty_off() {
    let three = run(
        State::default(),
        &[(register(&["A", "B", "C"]), by("M", 0))],
    );
    let first = reckoned(three, &moved("B"), 2);
    let mut both = moved("B");
    both.sections.remove(&id::<PersonId>("C"));
    let second = reckoned(first, &both, 10);
    let duty = second.duty.as_ref().expect("a duty");
    assert_eq!((duty.since, duty.due_at), (at(2), at(26)));
    assert_eq!(duty.because.len(), 2);
}

// Whoever came back, or moved and was listed again, was away: the secret is changed all the same.
#[test]
fn a_member_listed_anew_in_another_section_is_a_change_too() {
    let events = shared().decide(&register(&["A", "B"]), &moved("B"), &by("M", 2));
    let mut state = shared();
    for event in events.expect("registered") {
        state.evolve(&event);
    }
    assert!(state.duty.is_some());
    let record = state.registered.expect("a record");
    assert_eq!(
        record.members[&id::<PersonId>("B")].section.as_str(),
        "roads"
    );
}

#[test]
fn an_owner_who_moved_answers_for_nothing_and_is_missed() {
    let state = reckoned(shared(), &moved("A"), 2);
    assert!(state.is_without_owner());
    assert!(!shared().is_without_owner());
    let confirm = Command::ConfirmSecretChanged;
    let refused = state.decide(&confirm, &moved("A"), &by("A", 3));
    assert_eq!(refused, Err(Refusal::NotInCharge(clause::SHARED_SECRET)));
    let done = run(state, &[(confirm, by("M", 3))]);
    assert_eq!(done.duty, None, "the manager can");
}

#[test]
fn withdrawn_it_is_nobodys_until_it_is_registered_anew() {
    let withdraw = Command::Withdraw {
        reason: "own IDs for all".to_owned(),
    };
    let state = run(shared(), &[(CHECK_OUT, by("A", 0)), (withdraw, by("M", 1))]);
    assert_eq!(holders(&state, 1), [""; 0]);
    let refused = state.decide(&CHECK_OUT, &facts(), &by("A", 1));
    assert_eq!(refused, Err(Refusal::Withdrawn));
    assert_eq!(reckoned(state.clone(), &left("B"), 2), state);
    let owner = state.decide(&register(&["A", "B"]), &facts(), &by("A", 2));
    assert_eq!(owner, Err(Refusal::NotInCharge(clause::SHARED_IDS)));
    let anew = run(state, &[(register(&["A", "B"]), by("M", 2))]);
    assert_eq!(holders(&run(anew, &[(CHECK_OUT, by("B", 2))]), 2), ["B"]);
}

#[test]
fn the_duty_to_change_the_secret_outlasts_a_withdrawal_4_3_3() {
    let owed = reckoned(shared(), &left("B"), 1);
    assert!(owed.duty.is_some());
    let withdraw = Command::Withdraw {
        reason: "own IDs for all".to_owned(),
    };
    let anew = run(
        owed.clone(),
        &[(withdraw, by("M", 1)), (register(&["A"]), by("M", 2))],
    );
    assert_eq!(anew.duty, owed.duty);
}

#[test]
fn who_may_not_is_told_why() {
    let fresh = State::default();
    let other = Command::Register(Registration {
        system: id("SYS-2"),
        ..registration(&["A", "B"])
    });
    let ownerless = Command::Register(Registration {
        owner: id("C"),
        ..registration(&["A", "B"])
    });
    let retired = Facts {
        system_in_service: false,
        ..facts()
    };
    let of_b = Command::CheckIn { person: id("B") };
    let past = Command::CheckOut { until: Some(at(0)) };
    let cases = [
        (
            &fresh,
            register(&["A"]),
            facts(),
            clock(0),
            "shared_id_not_a_person",
        ),
        (
            &fresh,
            register(&["A"]),
            facts(),
            by("A", 0),
            "shared_id_not_in_charge",
        ),
        (
            &fresh,
            register(&["A"]),
            retired.clone(),
            by("M", 0),
            "shared_id_system_unknown",
        ),
        (
            &fresh,
            ownerless,
            facts(),
            by("M", 0),
            "shared_id_owner_not_a_member",
        ),
        (
            &fresh,
            register(&["A", "B"]),
            left("B"),
            by("M", 0),
            "shared_id_person_not_in_service",
        ),
        (&fresh, CHECK_OUT, facts(), by("A", 0), "shared_id_unknown"),
        (
            &shared(),
            other,
            facts(),
            by("M", 0),
            "shared_id_other_system",
        ),
        (
            &shared(),
            register(&["A"]),
            facts(),
            by("B", 0),
            "shared_id_not_in_charge",
        ),
        (
            &shared(),
            CHECK_OUT,
            facts(),
            clock(0),
            "shared_id_not_a_person",
        ),
        (
            &shared(),
            CHECK_OUT,
            facts(),
            by("M", 0),
            "shared_id_not_a_member",
        ),
        (
            &shared(),
            CHECK_OUT,
            retired,
            by("A", 0),
            "shared_id_system_unknown",
        ),
        (
            &shared(),
            past,
            facts(),
            by("A", 0),
            "shared_id_period_over",
        ),
        (
            &shared(),
            of_b,
            facts(),
            by("C", 0),
            "shared_id_not_in_charge",
        ),
        (
            &shared(),
            Command::ConfirmSecretChanged,
            facts(),
            by("B", 0),
            "shared_id_not_in_charge",
        ),
    ];
    for (state, command, facts, context, code) in cases {
        let refusal = state.decide(&command, &facts, &context);
        let refusal = refusal.expect_err(code);
        assert_eq!(refusal.code(), code, "{command:?}");
    }
}

#[test]
fn registering_the_same_again_changes_nothing_and_what_is_kept_can_be_read_back() {
    let again = shared().decide(&register(&["A", "B"]), &facts(), &by("M", 5));
    assert_eq!(again, Ok(vec![]));
    let state = run(shared(), &[(CHECK_OUT, by("A", 0))]);
    let text = serde_json::to_string(&state).expect("written");
    assert_eq!(serde_json::from_str::<State>(&text).expect("read"), state);
    assert_eq!(replay::<State>(&[]), State::default());
}
