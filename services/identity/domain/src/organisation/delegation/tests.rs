use std::sync::Arc;

use jiff::SignedDuration;
use kernel::{Actor, Refusal as _, SessionId, replay};
use standard::Pack;

use super::*;
use crate::organisation::Home;

/// Section `tax` with its office `office`: headed by `IM`, below the bureau manager `BM`.
fn facts() -> Facts {
    let home = |section: &str, parent: Option<&str>| Home {
        section: id(section),
        parent: parent.map(id),
        bureau: id("finance"),
    };
    Facts {
        pack: Arc::new(Pack::sendai().expect("the pack")),
        section: Some(id("tax")),
        holders: [
            (Role::InformationManager, [id("IM")].into()),
            (Role::BureauManager, [id("BM")].into()),
            (Role::Ciso, [id("CISO")].into()),
        ]
        .into(),
        homes: [
            (id("IM"), home("tax", None)),
            (id("D"), home("tax", None)),
            (id("O"), home("office", Some("tax"))),
            (id("X"), home("roads", None)),
        ]
        .into(),
        by_post: [id("P")].into(),
        deputies: BTreeSet::new(),
        office: false,
    }
}

/// The same while nobody heads the section.
fn vacant() -> Facts {
    let mut facts = facts();
    facts.holders.remove(&Role::InformationManager);
    facts
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-04-01T01:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_hours(hours)
}

fn by(person: &str, hours: i64) -> Context {
    let actor = Actor::Person {
        id: id(person),
        session: SessionId::default(),
    };
    Context::new(actor, at(hours), "test")
}

fn nominate(person: &str, role: Role) -> Command {
    Command::Nominate {
        person: id(person),
        role,
        since: None,
        until: None,
    }
}

fn plan(person: &str, action: &str) -> Command {
    Command::Plan([(id(person), [action.to_owned()].into())].into())
}

fn absent(since: Option<i64>, until: i64) -> Command {
    Command::BeAbsent {
        id: id("a1"),
        since: since.map(at),
        until: at(until),
    }
}

/// What stands after commands that are carried out.
fn after(commands: &[(Command, Context)]) -> State {
    let mut state = State::default();
    for (command, context) in commands {
        let events = state.decide(command, &facts(), context);
        for event in events.expect("carried out") {
            state.evolve(&event);
        }
    }
    state
}

fn refused(state: &State, command: &Command, facts: &Facts, context: &Context) -> &'static str {
    let refusal = state.decide(command, facts, context);
    refusal.expect_err("a refusal").code()
}

const DEPUTY: Role = Role::DeputyInformationManager;

/// 1-6-1, 1-7-1.
#[test]
fn the_head_names_deputies_and_system_staff_from_the_sections_own_people() {
    let cases = [
        ("IM", "D", DEPUTY, Ok(1)),
        ("IM", "O", DEPUTY, Ok(1)),
        ("IM", "D", Role::SystemStaff, Ok(1)),
        ("IM", "X", DEPUTY, Err("delegation_person_of_other_section")),
        ("IM", "nobody", DEPUTY, Err("delegation_person_unknown")),
        ("IM", "IM", DEPUTY, Err("delegation_to_oneself")),
        (
            "IM",
            "D",
            Role::Auditor,
            Err("delegation_role_not_nominated"),
        ),
        // Neither a deputy nor whoever stands above a head that there is.
        ("D", "O", DEPUTY, Err("delegation_not_in_charge")),
        ("BM", "D", DEPUTY, Err("delegation_not_in_charge")),
        ("CISO", "D", DEPUTY, Err("delegation_not_in_charge")),
    ];
    for (who, person, role, expected) in cases {
        let events = State::default().decide(&nominate(person, role), &facts(), &by(who, 0));
        let told = events.map(|events| events.len());
        let told = told.map_err(|refusal| refusal.code());
        assert_eq!(told, expected, "{who} names {person} {role}");
    }
    let vacant = vacant();
    let events = State::default().decide(&nominate("D", DEPUTY), &vacant, &by("BM", 0));
    assert_eq!(events.expect("named from above").len(), 1);
    let code = refused(
        &State::default(),
        &nominate("D", DEPUTY),
        &vacant,
        &by("CISO", 0),
    );
    assert_eq!(code, "delegation_not_in_charge", "the next above is there");
}

#[test]
fn naming_again_changes_nothing_or_the_days_and_ending_it_ends_it() {
    let named = after(&[
        (nominate("D", DEPUTY), by("IM", 0)),
        (nominate("O", DEPUTY), by("IM", 0)),
    ]);
    let again = named.decide(&nominate("D", DEPUTY), &facts(), &by("IM", 5));
    assert_eq!(again, Ok(vec![]));
    let until = Command::Nominate {
        person: id("D"),
        role: DEPUTY,
        since: None,
        until: Some(at(9)),
    };
    let events = named
        .decide(&until, &facts(), &by("IM", 5))
        .expect("changed");
    let changed: State = replay(
        [Event {
            section: id("tax"),
            what: What::Nominated(named.nominations[0].clone()),
        }]
        .iter()
        .chain(&events),
    );
    assert_eq!(changed.nominations.len(), 1);
    assert_eq!(changed.nominations[0].since, at(0));
    assert_eq!(changed.nominations[0].until, Some(at(9)));
    let end = end("D", DEPUTY, None);
    let ended = after(&[
        (nominate("D", DEPUTY), by("IM", 0)),
        (nominate("O", DEPUTY), by("IM", 0)),
        (end.clone(), by("IM", 1)),
    ]);
    assert_eq!(ended.nominations.len(), 1);
    assert_eq!(ended.decide(&end, &facts(), &by("IM", 2)), Ok(vec![]));
}

fn end(person: &str, role: Role, successor: Option<&str>) -> Command {
    Command::EndNomination {
        person: id(person),
        role,
        successor: successor.map(id),
    }
}

/// 2-3-4a.
#[test]
fn the_last_deputy_of_a_section_goes_only_when_a_successor_is_named() {
    let alone = after(&[(nominate("D", DEPUTY), by("IM", 0))]);
    let code = refused(&alone, &end("D", DEPUTY, None), &facts(), &by("IM", 1));
    assert_eq!(code, "deputy_last");
    let own = refused(&alone, &end("D", DEPUTY, Some("D")), &facts(), &by("IM", 1));
    assert_eq!(own, "deputy_last", "nobody succeeds themselves");
    let stranger = refused(&alone, &end("D", DEPUTY, Some("X")), &facts(), &by("IM", 1));
    assert_eq!(stranger, "delegation_person_of_other_section");

    let mut succeeded = alone.clone();
    let events = alone.decide(&end("D", DEPUTY, Some("O")), &facts(), &by("IM", 1));
    for event in events.expect("ended") {
        succeeded.evolve(&event);
    }
    let named = succeeded.nominations.iter();
    let named: Vec<&str> = named.map(|one| one.person.as_str()).collect();
    assert_eq!(named, ["O"]);

    // One by post, or the head of an office, is a deputy too; an office needs none of its own, and
    // system staff is no deputy.
    let by_post = Facts {
        deputies: [id("P")].into(),
        ..facts()
    };
    let office = Facts {
        office: true,
        ..facts()
    };
    for facts in [by_post, office] {
        let ended = alone.decide(&end("D", DEPUTY, None), &facts, &by("IM", 1));
        assert_eq!(ended.expect("ended").len(), 1);
    }
    let staff = after(&[(nominate("D", Role::SystemStaff), by("IM", 0))]);
    let ended = staff.decide(&end("D", Role::SystemStaff, None), &facts(), &by("IM", 1));
    assert_eq!(ended.expect("ended").len(), 1);

    // Nor by being named anew for less.
    for (since, until) in [(Some(at(5)), None), (None, Some(at(2)))] {
        let anew = Command::Nominate {
            person: id("D"),
            role: DEPUTY,
            since,
            until,
        };
        let code = refused(&alone, &anew, &facts(), &by("IM", 1));
        assert_eq!(code, "deputy_last");
    }

    // One who is yet to come, or whose time is over, is none.
    for (since, until) in [(Some(at(5)), None), (None, Some(at(1)))] {
        let other = Command::Nominate {
            person: id("O"),
            role: DEPUTY,
            since,
            until,
        };
        let state = after(&[(nominate("D", DEPUTY), by("IM", 0)), (other, by("IM", 0))]);
        let code = refused(&state, &end("D", DEPUTY, None), &facts(), &by("IM", 2));
        assert_eq!(code, "deputy_last");
    }

    // What follows from a move or a leaving is refused to nobody: it is listed as missing.
    let leaving = Command::EndBy {
        person: id("D"),
        at: at(2),
    };
    let ends = alone.decide(&leaving, &facts(), &by("IM", 1));
    assert_eq!(ends.expect("ends").len(), 1);
}

/// 2-3-4b.
#[test]
fn a_plan_is_written_beforehand_by_the_head_for_deputies_and_known_actions() {
    let named = || (nominate("D", DEPUTY), by("IM", 0));
    let away = after(&[named(), (absent(Some(2), 9), by("IM", 1))]);
    let known = "user.registration";
    let cases = [
        ("IM", 1, plan("D", known), Ok(1)),
        ("IM", 1, plan("P", "incident.suspend"), Ok(1)),
        ("IM", 9, plan("D", known), Ok(1)),
        (
            "IM",
            2,
            plan("D", known),
            Err("absence_plan_during_absence"),
        ),
        ("IM", 1, plan("X", known), Err("absence_plan_not_a_deputy")),
        (
            "IM",
            1,
            plan("D", "everything"),
            Err("absence_plan_action_unknown"),
        ),
        // The CISO's alone: no manager decides on it, so no deputy does.
        (
            "IM",
            1,
            plan("D", "mail.other_domain"),
            Err("absence_plan_action_unknown"),
        ),
        (
            "IM",
            1,
            Command::Plan(Actions::new()),
            Err("absence_plan_empty"),
        ),
        ("D", 1, plan("D", known), Err("delegation_not_in_charge")),
        ("BM", 1, plan("D", known), Err("delegation_not_in_charge")),
    ];
    for (who, hours, command, expected) in cases {
        let events = away.decide(&command, &facts(), &by(who, hours));
        let told = events.map(|events| events.len());
        let told = told.map_err(|refusal| refusal.code());
        assert_eq!(told, expected, "{who} at {hours}: {command:?}");
    }
    let planned = after(&[named(), (plan("D", known), by("IM", 1))]);
    let plan = planned.plan.expect("a plan");
    let year = "2027-04-01T02:00:00Z"
        .parse::<Timestamp>()
        .expect("an instant");
    assert_eq!((plan.since, plan.until), (at(1), year));
}

/// 2-6-2: whoever acts in an absence does not make it.
#[test]
fn an_absence_is_recorded_by_the_head_or_from_above_and_not_for_a_time_gone_by() {
    let cases = [
        ("IM", absent(None, 5), Ok(1)),
        ("BM", absent(Some(3), 5), Ok(1)),
        ("D", absent(None, 5), Err("absence_of_another")),
        ("IM", absent(Some(0), 5), Err("absence_gone_by")),
        ("IM", absent(Some(5), 5), Err("delegation_period_empty")),
    ];
    let named = after(&[(nominate("D", DEPUTY), by("IM", 0))]);
    for (who, command, expected) in cases {
        let events = named.decide(&command, &facts(), &by(who, 1));
        let told = events.map(|events| events.len());
        let told = told.map_err(|refusal| refusal.code());
        assert_eq!(told, expected, "{who}: {command:?}");
    }
    let nobody = refused(&named, &absent(None, 5), &vacant(), &by("BM", 1));
    assert_eq!(nobody, "absence_of_nobody");
    let unknown = Facts {
        section: None,
        ..facts()
    };
    let nowhere = refused(&named, &absent(None, 5), &unknown, &by("IM", 1));
    assert_eq!(nowhere, "delegation_section_unknown");
}

#[test]
fn the_one_who_is_back_ends_the_absence_and_the_deputy_does_not_extend_it() {
    let away = after(&[(absent(None, 5), by("IM", 1))]);
    let back = Command::Return(id("a1"));
    assert_eq!(
        refused(&away, &back, &facts(), &by("D", 2)),
        "absence_of_another"
    );
    let returned = after(&[(absent(None, 5), by("IM", 1)), (back.clone(), by("IM", 2))]);
    assert_eq!(returned.absences, []);
    assert_eq!(
        refused(&returned, &back, &facts(), &by("IM", 3)),
        "absence_unknown"
    );
    // What is over is forgotten with the next.
    let later = Command::BeAbsent {
        id: id("a2"),
        since: None,
        until: at(9),
    };
    let next = after(&[(absent(None, 5), by("IM", 1)), (later, by("IM", 6))]);
    assert_eq!(next.absences.len(), 1);
}

#[test]
fn the_plan_is_withdrawn_by_the_head_and_by_no_deputy() {
    let planned = after(&[
        (nominate("D", DEPUTY), by("IM", 0)),
        (plan("D", "user.registration"), by("IM", 1)),
    ]);
    let withdraw = Command::WithdrawPlan;
    let code = refused(&planned, &withdraw, &facts(), &by("D", 2));
    assert_eq!(code, "delegation_not_in_charge");
    let events = planned.decide(&withdraw, &facts(), &by("IM", 2));
    let whats = events
        .expect("withdrawn")
        .into_iter()
        .map(|event| event.what);
    assert_eq!(whats.collect::<Vec<_>>(), [What::PlanWithdrawn]);
    let nothing = State::default().decide(&withdraw, &facts(), &by("IM", 2));
    assert_eq!(nothing, Ok(vec![]));
}

#[test]
fn who_moves_away_or_leaves_is_named_no_longer_from_that_day_whoever_enters_it_7_2_9_1() {
    let named = after(&[
        (nominate("D", DEPUTY), by("IM", 0)),
        (nominate("D", Role::SystemStaff), by("IM", 0)),
        (nominate("O", DEPUTY), by("IM", 0)),
    ]);
    let away = Command::EndBy {
        person: id("D"),
        at: at(24),
    };
    let platform = Context::new(Actor::Service("identity".to_owned()), at(1), "test");
    let events = named.decide(&away, &facts(), &platform).expect("ended");
    assert_eq!(events.len(), 2);
    let mut ended = named.clone();
    events.iter().for_each(|event| ended.evolve(event));
    let until = |person: &str| -> Vec<_> {
        let of = ended.nominations.iter();
        of.filter(|one| one.person == id(person))
            .map(|one| one.until)
            .collect()
    };
    assert_eq!(until("D"), [Some(at(24)), Some(at(24))]);
    assert_eq!(until("O"), [None]);
    assert_eq!(
        ended.decide(&away, &facts(), &platform),
        Ok(vec![]),
        "again"
    );
}
