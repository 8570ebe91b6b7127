use standard::Role;

use super::*;
use crate::fixture::{at, caller, code, given, manager, now, person, platform};

fn record() -> Record {
    Record {
        permit: PermitId::try_new("per-1").expect("an id"),
        device: DeviceId::try_new("dev-1").expect("an id"),
        person: PersonId::try_new("S0001").expect("an id"),
        section: SectionId::try_new("sec-1").expect("an id"),
        due_back_at: Some(at("2026-06-10T00:00:00Z")),
    }
}

fn by(caller: Caller) -> Facts {
    Facts { caller }
}

#[test]
fn a_takeout_is_recorded_once_and_returned_once_4_1_6() {
    let write = Command::Record(record());
    let nobody = Facts::default();
    let mut history =
        given::<Takeout>(&[], &write, &nobody, &platform(now())).expect("the permit writes it");
    assert_eq!(history, [Event::Recorded(record())]);
    assert_eq!(
        given::<Takeout>(&history, &write, &nobody, &platform(now())),
        Ok(vec![])
    );

    let manager = by(manager());
    let back = given::<Takeout>(&history, &Command::Return, &manager, &person(now()));
    assert_eq!(back, Ok(vec![Event::Returned { at: now() }]));
    history.extend(back.expect("returned"));
    let again = given::<Takeout>(&history, &Command::Return, &manager, &person(now()));
    assert_eq!(again, Ok(vec![]));
}

#[test]
fn only_the_sections_keeper_enters_the_return() {
    let history = [Event::Recorded(record())];
    for stranger in [
        caller("sec-2", Role::InformationManager),
        caller("sec-1", Role::Staff),
    ] {
        assert_eq!(
            code(given::<Takeout>(
                &history,
                &Command::Return,
                &by(stranger),
                &person(now())
            )),
            "not_own_section"
        );
    }
    assert_eq!(
        code(given::<Takeout>(
            &[],
            &Command::Return,
            &by(manager()),
            &person(now())
        )),
        "takeout_not_found"
    );
}

#[test]
fn it_is_overdue_from_its_due_time_until_it_returns() {
    let mut takeout: Takeout = kernel::replay(&[Event::Recorded(record())]);
    assert!(!takeout.overdue(at("2026-06-09T23:59:59Z")));
    assert!(takeout.overdue(at("2026-06-10T00:00:00Z")));
    takeout.evolve(&Event::Returned {
        at: at("2026-06-11T00:00:00Z"),
    });
    assert!(!takeout.overdue(at("2026-06-12T00:00:00Z")));
}
