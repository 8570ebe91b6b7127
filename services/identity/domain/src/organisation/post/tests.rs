use std::sync::LazyLock;

use kernel::{Actor, replay};

use super::*;

static PACK: LazyLock<Arc<Pack>> =
    LazyLock::new(|| Arc::new(Pack::sendai().expect("the Sendai pack")));

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn section(section: &str) -> Place {
    Place::Section {
        section: id(section),
        bureau: id("finance"),
    }
}

fn record(place: Place, roles: &[Role]) -> Record {
    Record {
        id: id("post"),
        title: "課長".to_owned(),
        place,
        roles: roles.iter().copied().collect(),
    }
}

fn home(section: &str, parent: Option<&str>) -> Home {
    Home {
        section: id(section),
        parent: parent.map(id),
        bureau: id("finance"),
    }
}

fn facts(home: Option<Home>) -> Facts {
    Facts {
        pack: PACK.clone(),
        place_known: true,
        rivals: BTreeMap::new(),
        home,
        memberships: Timeline::default(),
    }
}

fn decide(state: &State, command: Command, facts: &Facts) -> Result<Vec<Event>, Refusal> {
    let context = Context::new(Actor::Anonymous, Timestamp::UNIX_EPOCH, "t");
    state.decide(&command, facts, &context)
}

fn assign(person: &str) -> Command {
    assign_since(person, None)
}

fn assign_since(person: &str, since: Option<Timestamp>) -> Command {
    Command::Assign(Assignment {
        person: id(person),
        since,
        until: None,
    })
}

fn assigned(person: &str, since: Timestamp) -> Event {
    Event::Assigned {
        holding: Spell {
            value: id(person),
            since,
            until: None,
        },
        at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn a_role_sits_no_higher_than_it_reaches() {
    let bureau = || Place::Bureau(id("finance"));
    let cases = [
        (Role::Ciso, Place::City, true),           // 1-1-1
        (Role::Ciso, bureau(), true),              // 2-1-4: of its own bureau too
        (Role::BureauManager, Place::City, false), // 1-2-1
        (Role::BureauManager, bureau(), true),
        (Role::InformationManager, bureau(), false), // 1-3-1
        (Role::InformationManager, section("tax"), true),
        (Role::NetworkManager, section("centre"), true), // 1-5-1: head of the centre
        (Role::CsirtManager, section("tax"), true),      // 1-9-1: lead section head
        (Role::CsirtManager, Place::City, false),
        (Role::Auditor, Place::City, true),
    ];
    for (role, place, fits) in cases {
        let answer = decide(
            &State::default(),
            Command::Record(record(place.clone(), &[role])),
            &facts(None),
        );
        let expected = if fits {
            Ok(())
        } else {
            let clause = PACK.role(role).clause.clone();
            Err(Refusal::OutOfPlace { role, clause })
        };
        assert_eq!(answer.map(|_| ()), expected, "{role} at {place:?}");
    }
}

#[test]
fn a_managing_role_has_one_post_in_its_scope() {
    let mut rivalled = facts(None);
    rivalled.rivals.insert(Role::InformationManager, id("head"));
    let wanted = record(section("tax"), &[Role::InformationManager]);
    let refused = decide(&State::default(), Command::Record(wanted), &rivalled);
    assert_eq!(
        refused,
        Err(Refusal::RoleTaken {
            role: Role::InformationManager,
            post: id("head"),
            clause: Some(clause_of("1-3-1")),
        })
    );
}

fn clause_of(text: &str) -> kernel::ClauseId {
    kernel::ClauseId::new(text)
}

#[test]
fn everyone_is_staff_without_a_post() {
    let wanted = record(Place::City, &[Role::Staff]);
    let refused = decide(&State::default(), Command::Record(wanted), &facts(None));
    assert_eq!(refused, Err(Refusal::StaffRole));
}

#[test]
fn system_staff_come_from_the_sections_own_people_1_7_1() {
    let post: State = replay(&[Event::Recorded(record(
        section("tax"),
        &[Role::SystemStaff],
    ))]);
    let cases = [
        (home("tax", None), Ok(())),
        (home("office", Some("tax")), Ok(())),
        (home("roads", None), Err(Refusal::OtherSection)),
    ];
    for (home, expected) in cases {
        let answer = decide(&post, assign("S1"), &facts(Some(home.clone())));
        assert_eq!(answer.map(|_| ()), expected, "{home:?}");
    }
}

#[test]
fn a_held_post_does_not_become_system_staff_of_another_section() {
    let held: State = replay(&[
        Event::Recorded(record(section("tax"), &[])),
        assigned("S1", Timestamp::UNIX_EPOCH),
    ]);
    let wanted = || Command::Record(record(section("tax"), &[Role::SystemStaff]));
    let refused = decide(&held, wanted(), &facts(Some(home("roads", None))));
    assert_eq!(refused, Err(Refusal::OtherSection));
    assert!(decide(&held, wanted(), &facts(Some(home("tax", None)))).is_ok());
}

#[test]
fn a_post_passes_from_holder_to_holder() {
    let known = facts(Some(home("tax", None)));
    let mut state: State = replay(&[Event::Recorded(record(section("tax"), &[]))]);
    for person in ["S1", "S2"] {
        for event in decide(&state, assign(person), &known).expect("assigned") {
            state.evolve(&event);
        }
        assert_eq!(
            held_by(&state, Timestamp::UNIX_EPOCH),
            Some(person.to_owned())
        );
        assert_eq!(decide(&state, assign(person), &known), Ok(vec![]));
    }
}

fn held_by(state: &State, now: Timestamp) -> Option<String> {
    state.holder(now).map(|held| held.value.to_string())
}

fn day(day: &str) -> Timestamp {
    format!("{day}T00:00:00+09:00").parse().expect("an instant")
}

#[test]
fn a_post_is_held_from_the_day_said_and_passes_by_itself_when_it_comes() {
    // The clock of these tests stands at the epoch, nine in the morning of 1 January in Japan.
    let now = Timestamp::UNIX_EPOCH;
    let (before, to_come) = (day("1969-04-01"), day("1970-04-01"));
    let known = facts(Some(home("tax", None)));
    let vacant = vec![Event::Recorded(record(section("tax"), &[]))];
    let held = [&vacant[..], &[assigned("S1", before)]].concat();
    let planned = [&held[..], &[assigned("S2", to_come)]].concat();
    for (given, person, said, expected) in [
        (&vacant, "S1", None, Some(now)),
        (&vacant, "S1", Some(before), Some(before)),
        (&vacant, "S1", Some(to_come), Some(to_come)),
        (&held, "S1", None, None),
        (&held, "S1", Some(before), None),
        (&held, "S1", Some(now), Some(now)),
        (&held, "S2", Some(before), Some(before)),
        (&held, "S2", Some(to_come), Some(to_come)),
        // A table entered twice leaves the plan alone.
        (&planned, "S1", None, None),
        (&planned, "S1", Some(before), None),
        (&planned, "S2", Some(to_come), None),
        (&planned, "S2", None, Some(now)),
    ] {
        let answer = decide(&replay(given), assign_since(person, said), &known);
        let expected = expected.map(|since| assigned(person, since));
        let expected: Vec<_> = expected.into_iter().collect();
        assert_eq!(answer, Ok(expected), "{person} {said:?} after {given:?}");
    }
    let state: State = replay(&planned);
    assert_eq!(held_by(&state, now).as_deref(), Some("S1"));
    assert_eq!(held_by(&state, to_come).as_deref(), Some("S2"));
}

#[test]
fn a_post_is_vacated_at_once_or_on_a_day_and_by_one_person_alone() {
    let now = Timestamp::UNIX_EPOCH;
    let (soon, to_come) = (day("1970-03-01"), day("1970-04-01"));
    let planned: State = replay(&[
        Event::Recorded(record(section("tax"), &[])),
        assigned("S1", now),
        assigned("S2", to_come),
    ]);
    let cases = [
        // From when, whom; who holds it then, in March and in April.
        (None, None, [None, None, None]),
        (Some(soon), None, [Some("S1"), None, None]),
        (Some(soon), Some("S1"), [Some("S1"), None, Some("S2")]),
        (Some(soon), Some("S2"), [Some("S1"), Some("S1"), Some("S1")]),
    ];
    for (from, person, expected) in cases {
        let vacate = Command::Vacate {
            from,
            person: person.map(id),
        };
        let mut state = planned.clone();
        for event in decide(&state, vacate.clone(), &facts(None)).expect("vacated") {
            state.evolve(&event);
        }
        let holders = [now, soon, to_come].map(|at| held_by(&state, at));
        let expected = expected.map(|holder| holder.map(str::to_owned));
        assert_eq!(holders, expected, "{from:?} {person:?}");
        let again = decide(&state, vacate, &facts(None));
        assert_eq!(again, Ok(vec![]), "{from:?} {person:?} again");
    }
    let unknown = Command::Vacate {
        from: None,
        person: None,
    };
    let refused = decide(&State::default(), unknown, &facts(None));
    assert_eq!(refused, Err(Refusal::Unknown));
}

#[test]
fn a_post_held_until_a_day_is_vacant_from_then_on() {
    let known = facts(Some(home("tax", None)));
    let until = |until| {
        Command::Assign(Assignment {
            person: id("S1"),
            since: None,
            until: Some(until),
        })
    };
    let mut state: State = replay(&[Event::Recorded(record(section("tax"), &[]))]);
    let empty = decide(&state, until(Timestamp::UNIX_EPOCH), &known);
    assert_eq!(empty, Err(Refusal::PeriodEmpty));
    for event in decide(&state, until(day("1970-04-01")), &known).expect("assigned") {
        state.evolve(&event);
    }
    assert!(held_by(&state, day("1970-03-31")).is_some());
    assert_eq!(held_by(&state, day("1970-04-01")), None);
}

#[test]
fn no_post_outlasts_the_membership_of_its_holder_7_2_9_1() {
    let spell = |section: &str, since: &str, until: Option<&str>| Spell {
        value: id(section),
        since: day(since),
        until: until.map(day),
    };
    // In roads from April, in tax from May, gone in July.
    let memberships: Timeline<SectionId> = [
        spell("roads", "1969-04-01", None),
        spell("tax", "1970-05-01", Some("1970-07-01")),
    ]
    .into_iter()
    .collect();
    let known = Facts {
        memberships,
        ..facts(Some(home("roads", None)))
    };
    let cases = [
        (Place::City, None, None, "1970-07-01"),
        (section("tax"), None, None, "1970-07-01"),
        (section("roads"), None, None, "1970-05-01"),
        (section("roads"), Some("1969-06-01"), None, "1970-05-01"),
        (section("roads"), Some("1970-06-01"), None, "1970-07-01"),
        (section("roads"), None, Some("1970-06-01"), "1970-05-01"),
        (section("roads"), None, Some("1970-04-01"), "1970-04-01"),
    ];
    for (place, since, until, expected) in cases {
        let wanted = Command::Assign(Assignment {
            person: id("S1"),
            since: since.map(day),
            until: until.map(day),
        });
        let mut state: State = replay(&[Event::Recorded(record(place.clone(), &[]))]);
        let events = decide(&state, wanted.clone(), &known).expect("assigned");
        events.iter().for_each(|event| state.evolve(event));
        let [holding] = state.holders.spells() else {
            panic!("{place:?}: {:?}", state.holders);
        };
        assert_eq!(holding.until, Some(day(expected)), "{place:?} {since:?}");
        assert_eq!(
            decide(&state, wanted, &known),
            Ok(vec![]),
            "{place:?} again"
        );
    }
}

#[test]
fn only_recorded_posts_go_to_registered_people() {
    let known = facts(Some(home("tax", None)));
    let unknown_post = decide(&State::default(), assign("S1"), &known);
    assert_eq!(unknown_post, Err(Refusal::Unknown));
    let post: State = replay(&[Event::Recorded(record(section("tax"), &[]))]);
    let unknown_person = decide(&post, assign("S1"), &facts(None));
    assert_eq!(unknown_person, Err(Refusal::PersonUnknown(id("S1"))));
}
