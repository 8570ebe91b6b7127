use kernel::Actor;

use super::*;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn noon() -> Timestamp {
    "2026-06-01T12:00:00+09:00".parse().expect("an instant")
}

fn people(ids: &[&str]) -> BTreeSet<PersonId> {
    ids.iter().map(|one| id(one)).collect()
}

fn record(kind: ItemKind) -> Record {
    Record {
        id: id("SPEC-1"),
        kind,
        name: "税務システム基本設計書".to_owned(),
        system: id("SYS-1"),
        section: id("tax"),
    }
}

/// The head `M` of the section that owns the system; `BM` stands above.
fn facts() -> Facts {
    Facts {
        system_in_service: true,
        owner: Some(id("tax")),
        section_known: true,
        managers: people(&["M"]),
        above: [(id("M"), people(&["BM"]))].into(),
        admitted: people(&["A"]),
    }
}

fn ask(
    state: &mut State,
    by: &str,
    command: Command,
    known: impl FnOnce(&mut Facts),
) -> Result<Vec<Event>, Refusal> {
    let mut facts = facts();
    known(&mut facts);
    let actor = Actor::Person {
        id: id(by),
        session: id("session"),
    };
    let events = state.decide(&command, &facts, &Context::new(actor, noon(), "t"))?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events)
}

fn registered(kind: ItemKind) -> State {
    let mut state = State::default();
    ask(&mut state, "M", Command::Register(record(kind)), |_| ()).expect("registered");
    state
}

fn admit(whom: &[&str]) -> Command {
    Command::Admit {
        people: people(whom),
        until: None,
    }
}

#[test]
fn the_head_of_the_section_in_charge_admits_and_nobody_admits_themselves() {
    for (kind, clause) in [
        (ItemKind::Specification, "7-1-(3)-2"),
        (ItemKind::Folder, "7-2-(5)-1"),
        (ItemKind::Equipment, "2-3-1"),
        (ItemKind::Medium, "2-3-1"),
    ] {
        let mut state = registered(kind);
        let events = ask(&mut state, "M", admit(&["A", "B"]), |_| ()).expect("admitted");
        assert!(matches!(&events[..], [Event::Admitted { by, .. }] if by.as_str() == "M"));
        for (by, whom) in [("A", "B"), ("BM", "A"), ("X", "M")] {
            let refused = ask(&mut state, by, admit(&[whom]), |_| ()).expect_err("refused");
            assert_eq!(refused, Refusal::NotInCharge(kind), "{by} admits {whom}");
            let clauses = kernel::Refusal::clauses(&refused);
            assert_eq!(clauses, [ClauseId::known(clause)]);
        }
        let own = ask(&mut state, "M", admit(&["M"]), |_| ());
        assert_eq!(own, Err(Refusal::OwnAdmission));
        ask(&mut state, "BM", admit(&["M"]), |_| ()).expect("by whoever stands above");
    }
}

#[test]
fn only_the_owner_of_the_system_keeps_its_specifications_7_1_3_2() {
    let elsewhere = |facts: &mut Facts| facts.owner = Some(id("health"));
    for (kind, expected) in [
        (ItemKind::Specification, Err(Refusal::NotTheOwner)),
        (ItemKind::Folder, Ok(1)),
    ] {
        let register = Command::Register(record(kind));
        let done = ask(&mut State::default(), "M", register, elsewhere);
        assert_eq!(done.map(|events| events.len()), expected, "{kind:?}");
    }
}

#[test]
fn what_is_kept_no_longer_admits_nobody_until_it_is_registered_again() {
    let mut state = registered(ItemKind::Folder);
    let withdraw = || Command::Withdraw {
        reason: "移行".to_owned(),
    };
    assert_eq!(
        ask(&mut state, "M", withdraw(), |_| ())
            .expect("withdrawn")
            .len(),
        1
    );
    assert_eq!(ask(&mut state, "M", withdraw(), |_| ()), Ok(vec![]), "once");
    let refused = ask(&mut state, "M", admit(&["A"]), |_| ());
    assert_eq!(refused, Err(Refusal::Withdrawn));
    let again = Command::Register(record(ItemKind::Folder));
    assert_eq!(
        ask(&mut state, "M", again, |_| ())
            .expect("registered")
            .len(),
        1
    );
    ask(&mut state, "M", admit(&["A"]), |_| ()).expect("admitted");
}

#[test]
fn who_is_dismissed_was_admitted_and_a_repeat_changes_nothing() {
    let mut state = registered(ItemKind::Medium);
    let dismiss = || Command::Dismiss {
        people: people(&["A", "B"]),
        reason: "担当替え".to_owned(),
    };
    let events = ask(&mut state, "M", dismiss(), |_| ()).expect("dismissed");
    let expected = people(&["A"]);
    assert!(matches!(&events[..], [Event::Dismissed { people, .. }] if *people == expected));
    let nobody = |facts: &mut Facts| facts.admitted.clear();
    assert_eq!(ask(&mut state, "M", dismiss(), nobody), Ok(vec![]));
    let register = Command::Register(record(ItemKind::Medium));
    assert_eq!(ask(&mut state, "M", register, |_| ()), Ok(vec![]));
}

#[test]
fn neither_kind_nor_system_of_an_item_changes() {
    let mut state = registered(ItemKind::Folder);
    let kind = Record {
        kind: ItemKind::Medium,
        ..record(ItemKind::Folder)
    };
    let system = Record {
        system: id("SYS-2"),
        ..record(ItemKind::Folder)
    };
    for other in [kind, system] {
        let refused = ask(&mut state, "M", Command::Register(other), |_| ());
        assert_eq!(refused, Err(Refusal::Another));
    }
    let moved = Record {
        section: id("health"),
        ..record(ItemKind::Folder)
    };
    ask(&mut state, "M", Command::Register(moved), |_| ()).expect("handed to another section");
}

#[test]
fn an_admission_ends_after_it_begins() {
    let mut state = registered(ItemKind::Folder);
    let until = |until| Command::Admit {
        people: people(&["A"]),
        until: Some(until),
    };
    let over = ask(&mut state, "M", until(noon()), |_| ());
    assert_eq!(over, Err(Refusal::PeriodOver));
    let hour = jiff::SignedDuration::from_hours(1);
    ask(&mut state, "M", until(noon() + hour), |_| ()).expect("admitted");
}

#[test]
fn each_refusal_names_what_is_at_fault() {
    let register = || Command::Register(record(ItemKind::Folder));
    let no_system = ask(&mut State::default(), "M", register(), |facts| {
        facts.system_in_service = false;
    });
    assert_eq!(no_system, Err(Refusal::SystemUnknown(id("SYS-1"))));
    let no_section = ask(&mut State::default(), "M", register(), |facts| {
        facts.section_known = false;
    });
    assert_eq!(no_section, Err(Refusal::SectionUnknown(id("tax"))));
    let unknown = ask(&mut State::default(), "M", admit(&["A"]), |_| ());
    assert_eq!(unknown, Err(Refusal::Unknown));
}
