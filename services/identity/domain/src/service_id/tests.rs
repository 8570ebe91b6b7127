use jiff::SignedDuration;
use kernel::replay;

use super::*;

const NOW: &str = "2026-04-01T01:00:00Z";

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn entry() -> Entry {
    Entry {
        id: id("RPA-1"),
        name: "課税データ転記".to_owned(),
        owner: id("S1"),
        purpose: "転記".to_owned(),
        systems: [id("SYS-1")].into(),
        path: AccessPath::Office,
    }
}

fn facts() -> Facts {
    Facts {
        pack: Arc::new(Pack::sendai().expect("the pack")),
        keeps: true,
        owner_serves: true,
        unknown: BTreeSet::new(),
    }
}

fn by_person(now: Timestamp) -> Context {
    let actor = Actor::Person {
        id: id("M1"),
        session: id("s"),
    };
    Context::new(actor, now, "t")
}

fn register(state: &State, facts: &Facts, now: Timestamp) -> Result<Vec<Event>, Refusal> {
    state.decide(&Command::Register(entry()), facts, &by_person(now))
}

#[test]
fn a_robots_id_serves_for_a_year_and_longer_only_when_it_is_registered_anew_7_8_3() {
    let now: Timestamp = NOW.parse().expect("an instant");
    let events = register(&State::default(), &facts(), now).expect("registered");
    let mut state: State = replay(&events);
    let ends = |state: &State| state.registered.as_ref().map(|record| record.ends_at);
    let year: Timestamp = "2027-04-01T01:00:00Z".parse().expect("an instant");
    assert_eq!(ends(&state), Some(year));
    assert_eq!(register(&state, &facts(), now), Ok(vec![]), "a repeat");
    let later = now + SignedDuration::from_hours(24 * 100);
    let renewed = register(&state, &facts(), later).expect("renewed");
    renewed.iter().for_each(|event| state.evolve(event));
    assert!(ends(&state) > Some(year));

    let end = Command::End {
        reason: "廃止".to_owned(),
    };
    let ended = state.decide(&end, &facts(), &by_person(later));
    let ended = ended.expect("ended");
    ended.iter().for_each(|event| state.evolve(event));
    assert_eq!(ends(&state), Some(later));
    let again = state.decide(&end, &facts(), &by_person(later));
    assert_eq!(again, Ok(vec![]), "a repeat");
}

#[test]
fn a_robot_needs_an_owner_known_systems_and_somebody_with_authority_7_8_3() {
    let now: Timestamp = NOW.parse().expect("an instant");
    let refused = |facts: Facts| register(&State::default(), &facts, now).expect_err("refused");
    let stop = Facts {
        keeps: false,
        ..facts()
    };
    assert_eq!(refused(stop), Refusal::NoAuthority);
    let gone = Facts {
        owner_serves: false,
        ..facts()
    };
    assert_eq!(refused(gone), Refusal::OwnerNotInService(id("S1")));
    let unknown = Facts {
        unknown: [id("SYS-1")].into(),
        ..facts()
    };
    assert_eq!(refused(unknown), Refusal::SystemUnknown(id("SYS-1")));
    let end = Command::End {
        reason: "x".to_owned(),
    };
    let none = State::default().decide(&end, &facts(), &by_person(now));
    assert_eq!(none, Err(Refusal::Unknown));
}
