use kernel::{Actor, replay};

use super::*;

fn day(day: &str) -> Timestamp {
    format!("{day}T00:00:00+09:00").parse().expect("an instant")
}

fn entry(section: &str) -> Entry {
    Entry {
        id: "S1".parse().expect("an id"),
        name: "青葉 花子".to_owned(),
        section: section.parse().expect("an id"),
        since: None,
        leaves_at: None,
        non_regular: false,
    }
}

fn since(section: &str, from: &str) -> Entry {
    Entry {
        since: Some(day(from)),
        ..entry(section)
    }
}

fn leaving(section: &str, at: &str) -> Entry {
    Entry {
        leaves_at: Some(day(at)),
        ..entry(section)
    }
}

/// Registers on a day, and tells what kinds of events that led to.
fn register(state: &mut State, entry: Entry, on: &str) -> Result<String, Refusal> {
    let context = Context::new(Actor::Anonymous, day(on), "t");
    let known = Facts {
        section_known: true,
    };
    let events = state.decide(&Command::Register(entry), &known, &context)?;
    events.iter().for_each(|event| state.evolve(event));
    let kinds = events.iter().map(|event| match event {
        Event::Registered(_) => "registered".to_owned(),
        Event::Transferred { from, to, .. } => format!("{from} to {}", to.value),
        Event::Left { .. } => "left".to_owned(),
    });
    Ok(kinds.collect::<Vec<_>>().join(", "))
}

fn there(state: &State, on: &str) -> String {
    let record = state.registered.as_ref().expect("a record");
    let spell = record.memberships.at(day(on));
    spell.map_or("-".to_owned(), |spell| spell.value.to_string())
}

#[test]
fn a_person_belongs_to_a_recorded_section() {
    let context = Context::new(Actor::Anonymous, day("2026-05-01"), "t");
    let decide = |state: &State, section: &str, facts: &Facts| {
        state.decide(&Command::Register(entry(section)), facts, &context)
    };
    let unknown = Refusal::SectionUnknown("tax".parse().expect("an id"));
    let none = State::default();
    assert_eq!(decide(&none, "tax", &Facts::default()), Err(unknown));
    let known = Facts {
        section_known: true,
    };
    let state: State = replay(&decide(&none, "tax", &known).expect("registered"));
    assert_eq!(decide(&state, "tax", &Facts::default()), Ok(vec![]));
}

#[test]
fn a_transfer_comes_by_itself_on_its_day_7_2_9_1() {
    let mut state = State::default();
    let mut steps = |entry: Entry, on: &str, expected: &str, then: [&str; 3]| {
        let told = register(&mut state, entry.clone(), on);
        assert_eq!(told.as_deref(), Ok(expected), "{entry:?}");
        let days = ["2026-03-31", "2026-04-01", "2026-05-01"];
        assert_eq!(days.map(|day| there(&state, day)), then, "{entry:?}");
        assert_eq!(register(&mut state, entry, on).as_deref(), Ok(""), "again");
    };
    let (march, april) = ("2026-03-01", "2026-04-02");
    steps(entry("tax"), march, "registered", ["tax", "tax", "tax"]);
    let to_roads = || since("roads", "2026-04-01");
    steps(to_roads(), march, "tax to roads", ["tax", "roads", "roads"]);
    // What was planned is planned anew, and a row that says nothing of it leaves it.
    let later = || since("roads", "2026-05-01");
    steps(later(), march, "tax to roads", ["tax", "tax", "roads"]);
    steps(entry("tax"), march, "", ["tax", "tax", "roads"]);
    // Without a day it is now; what is over is forgotten.
    steps(entry("works"), april, "tax to works", ["-", "-", "works"]);
}

#[test]
fn who_leaves_belongs_nowhere_from_that_day_and_stays_away_until_they_are_back_7_2_9_1() {
    let mut state = State::default();
    let (march, april) = ("2026-03-01", "2026-04-02");
    register(&mut state, entry("tax"), "2020-04-01").expect("registered");
    let gone = || leaving("tax", "2026-04-01");
    let told = register(&mut state, gone(), march);
    assert_eq!(told.as_deref(), Ok("left"));
    assert_eq!(register(&mut state, gone(), march).as_deref(), Ok(""));
    assert_eq!(register(&mut state, gone(), april).as_deref(), Ok(""));
    assert_eq!(register(&mut state, entry("tax"), march).as_deref(), Ok(""));
    assert_eq!(there(&state, "2026-03-31"), "tax");
    assert_eq!(there(&state, "2026-04-01"), "-");
    let day_gone = jiff::civil::date(2026, 4, 1);
    for section in ["tax", "roads"] {
        let back = register(&mut state, entry(section), april);
        assert_eq!(back, Err(Refusal::Gone(Some(day_gone))));
    }
    let back = register(&mut state, since("roads", "2026-06-01"), april);
    assert_eq!(back.as_deref(), Ok("tax to roads"));
    assert_eq!(there(&state, "2026-05-01"), "-");
    assert_eq!(there(&state, "2026-06-01"), "roads");
}

#[test]
fn a_leaving_said_anew_counts_be_it_earlier_or_later() {
    let mut state = State::default();
    register(&mut state, entry("tax"), "2020-04-01").expect("registered");
    for at in ["2026-04-01", "2026-10-01", "2026-03-15"] {
        let told = register(&mut state, leaving("tax", at), "2026-03-01");
        assert_eq!(told.as_deref(), Ok("left"), "{at}");
        assert_eq!(there(&state, at), "-");
        let before = state.registered.as_ref().expect("a record");
        let last = day(at) - jiff::SignedDuration::from_nanos(1);
        assert!(before.serves(last), "{at}");
    }
    let never_there = Entry {
        leaves_at: Some(day("2019-04-01")),
        ..since("tax", "2020-04-01")
    };
    let refused = register(&mut State::default(), never_there, "2020-04-01");
    assert_eq!(refused, Err(Refusal::LeavesFirst));
    // Known only since the tables were entered, and gone before that.
    let mut late = State::default();
    register(&mut late, entry("tax"), "2020-04-01").expect("registered");
    let gone = || leaving("tax", "2020-03-01");
    let told = register(&mut late, gone(), "2020-04-02");
    assert_eq!(told.as_deref(), Ok("left"));
    assert_eq!(there(&late, "2020-04-02"), "-");
    let again = register(&mut late, gone(), "2020-04-03");
    assert_eq!(again.as_deref(), Ok(""));
}

#[test]
fn who_moves_still_leaves_on_the_day_that_was_set_7_2_9_1() {
    for (moves, gone) in [
        (entry("roads"), true),
        (since("roads", "2026-05-01"), true),
        (since("tax", "2026-05-01"), true),
        // On the day of leaving or after it they are back.
        (since("tax", "2026-10-01"), false),
        (since("roads", "2026-11-01"), false),
    ] {
        let mut state = State::default();
        register(&mut state, entry("tax"), "2020-04-01").expect("registered");
        register(&mut state, leaving("tax", "2026-10-01"), "2026-03-01").expect("to leave");
        register(&mut state, moves.clone(), "2026-03-02").expect("moved");
        assert_eq!(there(&state, "2026-12-01") == "-", gone, "{moves:?}");
        let again = register(&mut state, moves.clone(), "2026-03-02");
        assert_eq!(again.as_deref(), Ok(""), "{moves:?} again");
    }
    // What the row says itself counts.
    let mut state = State::default();
    register(&mut state, entry("tax"), "2020-04-01").expect("registered");
    register(&mut state, leaving("tax", "2026-10-01"), "2026-03-01").expect("to leave");
    let later = Entry {
        leaves_at: Some(day("2027-04-01")),
        ..since("roads", "2026-05-01")
    };
    let told = register(&mut state, later, "2026-03-02");
    assert_eq!(told.as_deref(), Ok("tax to roads, left"));
    assert_eq!(there(&state, "2026-12-01"), "roads");
    assert_eq!(there(&state, "2027-04-01"), "-");
}

#[test]
fn a_transfer_leaves_the_present_section_whatever_day_it_is_dated_7_2_9_1() {
    // The membership is known since the tables were entered, although it began earlier.
    let cases = [
        (since("roads", "2026-03-01"), "tax to roads"),
        (since("roads", "2026-04-01"), "tax to roads"),
        (since("tax", "2026-03-01"), "registered"),
    ];
    for (moves, expected) in cases {
        let mut state = State::default();
        register(&mut state, entry("tax"), "2026-04-01").expect("registered");
        let told = register(&mut state, moves.clone(), "2026-04-02");
        assert_eq!(told.as_deref(), Ok(expected), "{moves:?}");
    }
    // Called back to a day before the move.
    let mut state = State::default();
    register(&mut state, since("tax", "2020-04-01"), "2026-03-01").expect("registered");
    register(&mut state, since("roads", "2026-04-01"), "2026-03-01").expect("moved");
    let told = register(&mut state, since("tax", "2026-03-15"), "2026-04-02");
    assert_eq!(told.as_deref(), Ok("roads to tax"));
}

#[test]
fn a_new_day_in_the_same_section_is_no_departure_and_calls_off_a_plan() {
    let mut state = State::default();
    register(&mut state, since("tax", "2020-04-01"), "2026-03-01").expect("registered");
    register(&mut state, since("roads", "2026-06-01"), "2026-03-01").expect("planned");
    let same = || since("tax", "2026-05-01");
    let told = register(&mut state, same(), "2026-03-02");
    assert_eq!(told.as_deref(), Ok("registered"));
    assert_eq!(
        register(&mut state, same(), "2026-03-03").as_deref(),
        Ok("")
    );
    let record = state.registered.as_ref().expect("a record");
    assert_eq!(record.memberships.end_of(day("2026-04-01")), None);
    assert_eq!(there(&state, "2026-07-01"), "tax");
}

#[test]
fn a_new_name_is_no_transfer() {
    let mut state = State::default();
    register(&mut state, entry("tax"), "2020-04-01").expect("registered");
    let renamed = Entry {
        name: "泉 花子".to_owned(),
        ..entry("tax")
    };
    let told = register(&mut state, renamed, "2026-03-01");
    assert_eq!(told.as_deref(), Ok("registered"));
}
