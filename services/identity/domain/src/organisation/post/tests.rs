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
    })
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
        Event::Assigned(Holder {
            person: id("S1"),
            since: Timestamp::UNIX_EPOCH,
        }),
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
            state.holder.as_ref().map(|h| h.person.as_str()),
            Some(person)
        );
        assert_eq!(decide(&state, assign(person), &known), Ok(vec![]));
    }
}

#[test]
fn a_post_is_held_from_the_day_said_else_from_now_on_and_never_from_a_day_to_come() {
    // The clock of these tests stands at the epoch, nine in the morning of 1 January in Japan.
    let now = Timestamp::UNIX_EPOCH;
    let before = "1969-04-01T00:00:00+09:00".parse().expect("an instant");
    let to_come = "1970-01-02T00:00:00+09:00".parse().expect("an instant");
    let known = facts(Some(home("tax", None)));
    let since = |person: &str, since| {
        Ok(vec![Event::Assigned(Holder {
            person: id(person),
            since,
        })])
    };
    let vacant = vec![Event::Recorded(record(section("tax"), &[]))];
    let mut held = vacant.clone();
    held.push(Event::Assigned(Holder {
        person: id("S1"),
        since: before,
    }));
    let in_future = || Err(Refusal::SinceInFuture(jiff::civil::date(1970, 1, 2)));
    for (given, person, said, expected) in [
        (&vacant, "S1", None, since("S1", now)),
        (&vacant, "S1", Some(before), since("S1", before)),
        (&vacant, "S1", Some(now), since("S1", now)),
        (&vacant, "S1", Some(to_come), in_future()),
        (&held, "S1", None, Ok(vec![])),
        (&held, "S1", Some(before), Ok(vec![])),
        (&held, "S1", Some(now), since("S1", now)),
        (&held, "S1", Some(to_come), in_future()),
        (&held, "S2", Some(before), since("S2", before)),
    ] {
        let answer = decide(&replay(given), assign_since(person, said), &known);
        assert_eq!(answer, expected, "{person} {said:?} after {given:?}");
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
