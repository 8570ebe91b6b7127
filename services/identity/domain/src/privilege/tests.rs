use jiff::SignedDuration;
use kernel::Actor;

use super::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn at(minutes: i64) -> Timestamp {
    let start: Timestamp = "2026-04-01T01:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_mins(minutes)
}

/// S1 administers SYS-1 for two hours from the beginning on.
fn granted() -> State {
    let mut state = State::default();
    let start = Command::Start {
        permit: id("P-1"),
        subject: Subject {
            item: None,
            person: id("S1"),
            system: id("SYS-1"),
        },
        starts_at: at(0),
        ends_at: at(120),
    };
    assert_eq!(does(&mut state, "M1", false, 0, &start), Ok(1));
    assert_eq!(does(&mut state, "M1", false, 0, &start), Ok(0));
    state
}

fn does(
    state: &mut State,
    who: &str,
    oversees: bool,
    minutes: i64,
    command: &Command,
) -> Result<usize, Refusal> {
    let actor = Actor::Person {
        id: id(who),
        session: id("s"),
    };
    let facts = Facts {
        pack: Arc::new(Pack::sendai().expect("the pack")),
        oversees,
    };
    let context = Context::new(actor, at(minutes), "t");
    let events = state.decide(command, &facts, &context)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events.len())
}

fn due(state: &State) -> Timestamp {
    state.granted.as_ref().expect("granted").review_due_at
}

#[test]
fn a_privilege_is_ended_early_by_its_holder_or_a_manager_7_2_8_1b() {
    let end = Command::End;
    for (who, authority) in [("S1", false), ("M1", true)] {
        let mut state = granted();
        assert!(state.stands(at(0)) && state.stands(at(119)) && !state.stands(at(120)));
        assert_eq!(does(&mut state, who, authority, 30, &end), Ok(1));
        assert!(!state.stands(at(30)));
        assert_eq!(due(&state), at(30 + 24 * 60));
        assert_eq!(does(&mut state, who, authority, 31, &end), Ok(0));
    }
    let mut state = granted();
    let stranger = does(&mut state, "S2", false, 30, &end);
    assert_eq!(stranger, Err(Refusal::NoAuthority));
    let stop = Command::Stop { at: at(10) };
    assert_eq!(does(&mut state, "S2", false, 10, &stop), Ok(1));
    assert!(!state.stands(at(10)), "a revoked permit asks nobody");
}

#[test]
fn each_use_of_a_privilege_is_reviewed_afterwards_by_somebody_else_7_2_8_1a() {
    let mut state = granted();
    let review = |findings: &str| Command::Review {
        findings: findings.to_owned(),
    };
    assert_eq!(due(&state), at(120 + 24 * 60));
    let early = does(&mut state, "M1", true, 119, &review("ok"));
    assert_eq!(early, Err(Refusal::NotOver));
    let own = does(&mut state, "S1", true, 120, &review("ok"));
    assert_eq!(own, Err(Refusal::OwnPrivilege));
    let stranger = does(&mut state, "S2", false, 120, &review("ok"));
    assert_eq!(stranger, Err(Refusal::NoAuthority));
    assert_eq!(does(&mut state, "M1", true, 120, &review("ok")), Ok(1));
    assert_eq!(does(&mut state, "M1", true, 121, &review("ok")), Ok(0));
    let again = does(&mut state, "M2", true, 122, &review("hm"));
    assert_eq!(again, Err(Refusal::Reviewed));
    let unknown = does(&mut State::default(), "M1", true, 0, &review("x"));
    assert_eq!(unknown, Err(Refusal::Unknown));
}
