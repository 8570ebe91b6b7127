use kernel::{Actor, Context, Decider as _};

use super::{super::Command, *};

fn day(day: &str) -> Timestamp {
    format!("{day}T00:00:00+09:00").parse().expect("an instant")
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn section(code: &str) -> Option<SectionId> {
    (!code.is_empty()).then(|| id(code))
}

fn hire(code: &str) -> Change {
    Change::Hire {
        name: "青葉 花子".to_owned(),
        section: id(code),
        non_regular: false,
    }
}

/// Orders on a day what is to be from another day on, and tells the kinds of events it led to.
fn ordered(state: &mut State, change: Change, at: &str, on: &str) -> Result<String, Refusal> {
    let context = Context::new(Actor::Anonymous, day(on), "t");
    let facts = Facts {
        section_known: true,
    };
    let order = Order {
        id: id("S1"),
        change,
        at: day(at),
    };
    let events = state.decide(&Command::Order(order), &facts, &context)?;
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
fn an_order_takes_effect_on_its_day_and_the_same_order_again_does_nothing_7_2_9_1() {
    // Change, effective day, day of the order; events; where the person is the day before and then.
    let steps = [
        (
            hire("tax"),
            "2025-04-01",
            "2025-03-01",
            "registered",
            ["-", "tax"],
        ),
        (
            Change::Move(section("roads")),
            "2026-04-01",
            "2026-03-20",
            "tax to roads",
            ["tax", "roads"],
        ),
        (
            Change::Away,
            "2027-04-01",
            "2027-03-20",
            "left",
            ["roads", "-"],
        ),
        (
            Change::Return(None),
            "2028-04-01",
            "2028-04-02",
            "registered",
            ["-", "roads"],
        ),
        (
            Change::Move(section("tax")),
            "2029-04-01",
            "2029-05-01",
            "roads to tax",
            ["roads", "tax"],
        ),
        (
            Change::Move(None),
            "2030-04-01",
            "2030-04-01",
            "",
            ["tax", "tax"],
        ),
        (Change::Stay, "2030-05-01", "2030-04-01", "", ["tax", "tax"]),
        (
            Change::Retire,
            "2031-04-01",
            "2031-03-01",
            "left",
            ["tax", "-"],
        ),
        (
            hire("roads"),
            "2032-04-01",
            "2032-03-01",
            "tax to roads",
            ["-", "roads"],
        ),
    ];
    let mut state = State::default();
    for (change, at, on, expected, places) in steps {
        let told = ordered(&mut state, change.clone(), at, on);
        assert_eq!(told.as_deref(), Ok(expected), "{change:?} {at}");
        let before = jiff::civil::Date::yesterday(at.parse().expect("a day"));
        let before = before.expect("a day").to_string();
        // What is over is forgotten by an order that comes late.
        if on < at {
            assert_eq!(there(&state, &before), places[0], "{change:?}: before {at}");
        }
        assert_eq!(there(&state, at), places[1], "{change:?}: from {at} on");
        let again = ordered(&mut state, change.clone(), at, on);
        assert_eq!(again.as_deref(), Ok(""), "{change:?} again");
    }
}

#[test]
fn an_order_that_does_not_fit_what_is_known_is_refused() {
    let mut hired = State::default();
    ordered(&mut hired, hire("tax"), "2025-04-01", "2025-03-01").expect("hired");
    let mut away = hired.clone();
    ordered(&mut away, Change::Away, "2026-04-01", "2026-03-01").expect("away");
    let mut moved = hired.clone();
    let to_roads = Change::Move(section("roads"));
    ordered(&mut moved, to_roads.clone(), "2026-04-01", "2026-03-01").expect("moved");
    let of = |day: &str| day.parse().expect("a day");
    let unknown = State::default();
    let cases = [
        (
            &unknown,
            to_roads.clone(),
            "2026-05-01",
            Refusal::NotRegistered(id("S1")),
        ),
        (
            &unknown,
            Change::Retire,
            "2026-05-01",
            Refusal::NotRegistered(id("S1")),
        ),
        (
            &unknown,
            Change::Stay,
            "2026-05-01",
            Refusal::NotRegistered(id("S1")),
        ),
        (
            &hired,
            hire("roads"),
            "2026-05-01",
            Refusal::InService(of("2025-04-01")),
        ),
        (
            &hired,
            Change::Return(section("roads")),
            "2026-05-01",
            Refusal::NotAway(of("2025-04-01")),
        ),
        (
            &hired,
            to_roads.clone(),
            "2025-03-01",
            Refusal::Outdated(of("2025-04-01")),
        ),
        (
            &moved,
            Change::Move(section("tax")),
            "2026-01-01",
            Refusal::Outdated(of("2026-04-01")),
        ),
        (
            &moved,
            Change::Retire,
            "2026-01-01",
            Refusal::Outdated(of("2026-04-01")),
        ),
        (
            &away,
            to_roads,
            "2026-05-01",
            Refusal::NotInService(of("2026-05-01")),
        ),
        (
            &away,
            Change::Retire,
            "2026-05-01",
            Refusal::NotInService(of("2026-05-01")),
        ),
        (
            &away,
            Change::Stay,
            "2026-05-01",
            Refusal::NotInService(of("2026-05-01")),
        ),
    ];
    for (state, change, at, refusal) in cases {
        let told = ordered(&mut state.clone(), change.clone(), at, "2026-04-15");
        assert_eq!(told, Err(refusal), "{change:?} {at}");
    }
}
