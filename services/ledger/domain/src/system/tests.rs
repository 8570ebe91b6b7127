use kernel::{Kind, Refusal as _};
use standard::{InformationClass, Role};

use super::*;
use crate::{
    clauses,
    fixture::{at, caller, code, given, manager, now, person, platform},
};

fn section(id: &str) -> SectionId {
    SectionId::try_new(id).expect("an id")
}

fn id() -> SystemId {
    SystemId::try_new("sys-1").expect("an id")
}

fn entry() -> Entry {
    Entry {
        name: "住民情報システム".to_owned(),
        owner_section: section("sec-1"),
        network_class: NetworkClass::MyNumber,
        cloud: false,
        telework: false,
        personal_information: false,
        used_by: BTreeSet::new(),
        outage_impact: None,
        discretion: None,
    }
}

fn facts() -> Facts {
    Facts {
        caller: manager(),
        ..Facts::default()
    }
}

fn registered(entry: &Entry) -> Vec<Event> {
    let command = Command::Register {
        id: id(),
        entry: entry.clone(),
    };
    given::<System>(&[], &command, &facts(), &person(now())).expect("a system")
}

fn held(class: InformationClass, personal: bool) -> Option<Held> {
    Some(Held { class, personal })
}

fn handle(history: &mut Vec<Event>, gained: Option<Held>, lost: Option<Held>) -> Vec<Event> {
    let command = Command::Handle { gained, lost };
    let events = given::<System>(history, &command, &Facts::default(), &person(now()))
        .expect("counted without asking for a post");
    history.extend(events.clone());
    events
}

fn grounds(history: &[Event]) -> Vec<ClauseOf> {
    kernel::replay::<System>(history)
        .importance
        .into_iter()
        .map(|ground| (ground.clause, ground.reason))
        .collect()
}

type ClauseOf = (kernel::ClauseId, String);

#[test]
fn importance_follows_from_each_ground_of_3_2() {
    let several = BTreeSet::from([section("sec-1"), section("sec-2")]);
    let owner_only = BTreeSet::from([section("sec-1")]);
    let reason = || Some("窓口が止まる".to_owned());
    let told = |clause: &kernel::ClauseId, why: &str| (clause.clone(), why.to_owned());
    for (entry, expected) in [
        (entry(), vec![]),
        (
            Entry {
                used_by: owner_only,
                ..entry()
            },
            vec![],
        ),
        (
            Entry {
                used_by: several,
                ..entry()
            },
            vec![told(&clauses::SEVERAL_SECTIONS, "")],
        ),
        (
            Entry {
                // The owner counts without being named.
                used_by: BTreeSet::from([section("sec-2")]),
                ..entry()
            },
            vec![told(&clauses::SEVERAL_SECTIONS, "")],
        ),
        (
            Entry {
                outage_impact: reason(),
                discretion: Some("裁量".to_owned()),
                ..entry()
            },
            vec![
                told(&clauses::OUTAGE_IMPACT, "窓口が止まる"),
                told(&clauses::DISCRETION, "裁量"),
            ],
        ),
    ] {
        assert_eq!(grounds(&registered(&entry)), expected, "{entry:?}");
    }
}

#[test]
fn importance_comes_and_goes_with_class_s_information_3_2_2() {
    use InformationClass::{I, S};
    let mut history = registered(&entry());
    handle(&mut history, held(I, false), None);
    assert_eq!(grounds(&history), []);

    let events = handle(&mut history, held(S, false), None);
    assert!(matches!(
        events.as_slice(),
        [Event::HandledChanged { .. }, Event::ImportanceChanged { grounds }] if grounds.len() == 1
    ));
    let second = handle(&mut history, held(S, false), None);
    assert!(
        matches!(second.as_slice(), [Event::HandledChanged { .. }]),
        "importance has not changed"
    );
    handle(&mut history, None, held(S, false));
    assert_eq!(grounds(&history).len(), 1, "one entry of class S is left");
    let last = handle(&mut history, held(I, false), held(S, false));
    assert!(matches!(
        last.as_slice(),
        [Event::HandledChanged { .. }, Event::ImportanceChanged { grounds }] if grounds.is_empty()
    ));
}

#[test]
fn the_strictest_class_is_derived_from_the_information_handled() {
    use InformationClass::{I, II, III, S};
    let highest = |history: &[Event]| kernel::replay::<System>(history).handled.highest();
    let mut history = registered(&entry());
    assert_eq!(highest(&history), None);
    for (gained, lost, expected) in [
        (Some(III), None, Some(III)),
        (Some(I), None, Some(I)),
        (Some(II), None, Some(I)),
        (Some(S), None, Some(S)),
        (None, Some(S), Some(I)),
        (None, Some(I), Some(II)),
        (None, Some(I), Some(II)),
        (None, Some(II), Some(III)),
        (None, Some(III), None),
    ] {
        handle(
            &mut history,
            gained.and_then(|class| held(class, false)),
            lost.and_then(|class| held(class, false)),
        );
        assert_eq!(highest(&history), expected, "+{gained:?} -{lost:?}");
    }
}

#[test]
fn personal_information_is_handled_by_declaration_or_by_an_entry() {
    let handles = |history: &[Event]| {
        let system: System = kernel::replay(history);
        assert_eq!(
            system.side().map(|side| side.personal_information),
            Some(system.personal_information())
        );
        system.personal_information()
    };
    let declared = Entry {
        personal_information: true,
        ..entry()
    };
    assert!(handles(&registered(&declared)));

    let mut history = registered(&entry());
    assert!(!handles(&history));
    handle(&mut history, held(InformationClass::II, true), None);
    assert!(handles(&history));
    handle(&mut history, None, held(InformationClass::II, true));
    assert!(!handles(&history));
}

#[test]
fn only_the_owner_sections_keeper_writes_a_system() {
    let stranger = Facts {
        caller: caller("sec-2", Role::InformationManager),
        ..Facts::default()
    };
    let history = registered(&entry());
    let context = person(now());
    let mine = Entry {
        // Naming oneself as the new owner does not help.
        owner_section: section("sec-2"),
        ..entry()
    };
    for (history, command) in [
        (
            vec![],
            Command::Register {
                id: id(),
                entry: entry(),
            },
        ),
        (history.clone(), Command::Change { entry: mine }),
        (
            history.clone(),
            Command::RecordMfaConsideration {
                introduced: true,
                reason: String::new(),
                recorded_at: None,
            },
        ),
        (
            history,
            Command::Retire {
                reason: "更新".to_owned(),
            },
        ),
    ] {
        let judged = given::<System>(&history, &command, &stranger, &context);
        let refusal = judged.expect_err("a refusal");
        assert_eq!(
            (refusal.kind(), refusal.code()),
            (Kind::Denied, "not_own_section"),
            "{command:?}"
        );
    }
}

#[test]
fn a_system_is_registered_once_and_changed_by_change() {
    let history = registered(&entry());
    let context = person(now());
    let register = |entry: Entry| Command::Register { id: id(), entry };
    let renamed = Entry {
        name: "新システム".to_owned(),
        ..entry()
    };
    assert_eq!(
        given::<System>(&history, &register(entry()), &facts(), &context),
        Ok(vec![]),
        "a repeat"
    );
    assert_eq!(
        given::<System>(&history, &register(renamed.clone()), &facts(), &context),
        Err(Refusal::Exists(id()))
    );
    let change = Command::Change { entry: renamed };
    let events = given::<System>(&history, &change, &facts(), &context).expect("changed");
    assert!(matches!(events.as_slice(), [Event::Changed { entry }] if entry.name == "新システム"));
    assert_eq!(
        given::<System>(
            &history,
            &Command::Change { entry: entry() },
            &facts(),
            &context
        ),
        Ok(vec![]),
        "nothing to change"
    );
    assert_eq!(
        code(given::<System>(&[], &change, &facts(), &context)),
        "system_not_found"
    );
}

#[test]
fn a_consideration_of_mfa_is_recorded_with_its_time_and_needs_a_reason_against_7_2_2_1() {
    let history = registered(&entry());
    let consider = |history: &[Event], introduced, reason: &str| {
        let command = Command::RecordMfaConsideration {
            introduced,
            reason: reason.to_owned(),
            recorded_at: None,
        };
        given::<System>(history, &command, &facts(), &person(now()))
    };
    assert_eq!(
        consider(&history, false, "\u{200B}"),
        Err(Refusal::MfaReasonMissing)
    );
    let events = consider(&history, false, "専用端末に限定").expect("recorded");
    let [Event::MfaConsidered { consideration }] = events.as_slice() else {
        panic!("one record, not {events:?}")
    };
    assert_eq!(consideration.recorded_at, now());
    let after = [history.as_slice(), &events].concat();
    assert_eq!(consider(&after, false, "専用端末に限定"), Ok(vec![]));
    assert_eq!(consider(&after, true, "").map(|events| events.len()), Ok(1));
}

#[test]
fn a_system_retires_empty_and_unconnected_and_for_good() {
    let retire = Command::Retire {
        reason: "更新のため".to_owned(),
    };
    let context = person(now());
    let mut history = registered(&entry());
    handle(&mut history, held(InformationClass::III, false), None);
    assert_eq!(
        given::<System>(&history, &retire, &facts(), &context),
        Err(Refusal::StillHandles(1))
    );
    handle(&mut history, None, held(InformationClass::III, false));
    let connected = Facts {
        connections: 2,
        ..facts()
    };
    assert_eq!(
        given::<System>(&history, &retire, &connected, &context),
        Err(Refusal::StillConnected(2))
    );
    history.extend(given::<System>(&history, &retire, &facts(), &context).expect("retired"));
    assert_eq!(
        given::<System>(&history, &retire, &facts(), &context),
        Ok(vec![])
    );
    assert_eq!(kernel::replay::<System>(&history).side(), None);
    for command in [
        Command::Register {
            id: id(),
            entry: entry(),
        },
        Command::Change { entry: entry() },
        Command::Handle {
            gained: held(InformationClass::I, false),
            lost: None,
        },
    ] {
        assert_eq!(
            given::<System>(&history, &command, &facts(), &context),
            Err(Refusal::Retired(id())),
            "{command:?}"
        );
    }
}

#[test]
fn an_existing_ledgers_consideration_keeps_its_day_and_undoes_nothing_newer() {
    let table = Facts {
        existing_ledger: true,
        ..facts()
    };
    let consider = |history: &[Event], recorded_at: &str, context: &kernel::Context| {
        let command = Command::RecordMfaConsideration {
            introduced: false,
            reason: String::new(),
            recorded_at: Some(at(recorded_at)),
        };
        given::<System>(history, &command, &table, context)
    };
    let (section, taking_over) = (person(now()), platform(now()));
    let mut history = registered(&entry());
    assert_eq!(
        consider(&history, "2024-10-01T00:00:00Z", &section),
        Err(Refusal::MfaReasonMissing),
        "a section's own table is no way around the reason"
    );
    assert_eq!(
        consider(&history, "2026-06-01T00:00:01Z", &taking_over),
        Err(Refusal::MfaInTheFuture)
    );
    let events = consider(&history, "2024-10-01T00:00:00Z", &taking_over);
    history.extend(events.expect("taken over"));
    let known = kernel::replay::<System>(&history).mfa.expect("on record");
    assert_eq!(known.recorded_at, at("2024-10-01T00:00:00Z"));
    for not_newer in ["2024-10-01T00:00:00Z", "2020-01-01T00:00:00Z"] {
        for context in [&section, &taking_over] {
            assert_eq!(consider(&history, not_newer, context), Ok(vec![]));
        }
    }
}

#[test]
fn a_system_names_only_sections_the_city_has_except_those_it_had_before() {
    let unknown = |id| Facts {
        unknown_sections: BTreeSet::from([section(id)]),
        ..facts()
    };
    let used_by_2 = Entry {
        used_by: BTreeSet::from([section("sec-2")]),
        ..entry()
    };
    let register = Command::Register {
        id: id(),
        entry: used_by_2.clone(),
    };
    for (missing, owner) in [("sec-1", true), ("sec-2", false)] {
        assert_eq!(
            given::<System>(&[], &register, &unknown(missing), &person(now())),
            Err(Refusal::UnknownSection {
                section: section(missing),
                owner
            })
        );
    }
    let renamed = Command::Change {
        entry: Entry {
            name: "改称".to_owned(),
            ..used_by_2.clone()
        },
    };
    let history = registered(&used_by_2);
    assert!(
        given::<System>(&history, &renamed, &unknown("sec-2"), &person(now())).is_ok(),
        "a section that was abolished since does not stop other changes"
    );
}
