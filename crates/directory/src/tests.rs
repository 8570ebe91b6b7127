//! A section `tax` (head `IM`, deputy `D` by nomination, deputy `P` by post) with the office `office`
//! (head `O`), owner of the important system `SYS`; the bureau manager `BM`, the CISO `CISO`.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, Spell, Timeline};
use serde::Serialize;
use standard::{InformationClass, NetworkClass, Pack, Role};
use store::facts::{Change, Fact, FactSet};

use super::*;

const DEPUTY: Role = Role::DeputyInformationManager;

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-04-01T01:00:00Z".parse().expect("an instant");
    start + SignedDuration::from_hours(hours)
}

fn learn<T: Serialize>(directory: &mut Directory, kind: &'static str, id: &str, body: &T) {
    let change = Change::known(kind, id, body);
    directory.apply(&Fact {
        kind: change.kind.to_owned(),
        id: change.id,
        body: change.body,
        position: 1,
    });
}

fn always<T>(value: T) -> Timeline<T> {
    let spell = Spell {
        value,
        since: at(-9000),
        until: None,
    };
    [spell].into_iter().collect()
}

fn seat(directory: &mut Directory, post: &str, holder: &str) {
    learn(
        directory,
        kind::HOLDERS,
        post,
        &always::<PersonId>(id(holder)),
    );
}

fn live(directory: &mut Directory, person: &str, section: &str) {
    let known = Person {
        name: person.to_owned(),
        memberships: always(id(section)),
        non_regular: false,
        robot: None,
        emergency: false,
    };
    learn(directory, kind::PERSON, person, &known);
}

/// The plan was written at hour 0 and is good until hour 100; the absence lasts from 10 to 20.
fn delegation() -> Delegation {
    let plan = Plan {
        principal: id("IM"),
        since: at(0),
        until: at(100),
        actions: BTreeMap::from([
            (id("D"), BTreeSet::from(["information.send".to_owned()])),
            (
                id("S"),
                BTreeSet::from(["user.registration", "mail.auto_forward"].map(str::to_owned)),
            ),
        ]),
    };
    let nomination = |person: &str, role| Nomination {
        person: id(person),
        role,
        since: at(0),
        until: None,
    };
    Delegation {
        nominations: vec![nomination("D", DEPUTY), nomination("S", Role::SystemStaff)],
        plan: Some(plan),
        absences: vec![Absence {
            id: id("a1"),
            principal: id("IM"),
            since: at(10),
            until: at(20),
        }],
    }
}

/// A post, its section or bureau, its roles, its holder.
type Seated<'a> = (
    &'a str,
    Option<&'a str>,
    Option<&'a str>,
    &'a [Role],
    &'a str,
);

fn city() -> Directory {
    let mut city = Directory::default();
    let one = &mut city;
    let bureau = Bureau {
        name: "財政局".to_owned(),
        ward: false,
    };
    learn(one, kind::BUREAU, "finance", &bureau);
    for (section, parent) in [("tax", None), ("office", Some("tax")), ("roads", None)] {
        let section_known = Section {
            name: section.to_owned(),
            bureau: id("finance"),
            parent: parent.map(id),
        };
        learn(one, kind::SECTION, section, &section_known);
    }
    let posts: [Seated<'_>; 6] = [
        (
            "tax-head",
            Some("tax"),
            None,
            &[Role::InformationManager],
            "IM",
        ),
        ("tax-second", Some("tax"), None, &[DEPUTY], "P"),
        ("office-head", Some("office"), None, &[DEPUTY], "O"),
        (
            "bureau-head",
            None,
            Some("finance"),
            &[Role::BureauManager],
            "BM",
        ),
        ("ciso", None, None, &[Role::Ciso], "CISO"),
        (
            "network",
            Some("roads"),
            None,
            &[Role::NetworkManager],
            "NM",
        ),
    ];
    for (post, section, bureau, roles, holder) in posts {
        let known = Post {
            title: post.to_owned(),
            section: section.map(id),
            bureau: bureau.map(id),
            roles: roles.to_vec(),
        };
        learn(one, kind::POST, post, &known);
        seat(one, post, holder);
    }
    for person in ["IM", "D", "S", "P", "A"] {
        live(one, person, "tax");
    }
    live(one, "O", "office");
    live(one, "NM", "roads");
    let system = System {
        name: "税務".to_owned(),
        owner: id("tax"),
        used_by: Vec::new(),
        network: NetworkClass::Lgwan,
        cloud: false,
        telework: false,
        personal_information: true,
        highest_class: Some(InformationClass::I),
        important: true,
        mfa_introduced: None,
        retired: false,
    };
    learn(one, kind::SYSTEM, "SYS", &system);
    learn(one, kind::DELEGATION, "tax", &delegation());
    city
}

fn pack() -> Pack {
    Pack::sendai().expect("the pack")
}

/// Who may act for somebody at the only step of an action.
fn acting(city: &Directory, action: &str, system: Option<&str>, hours: i64) -> Vec<String> {
    let question = Question {
        action: action.to_owned(),
        section: Some(id("tax")),
        system: system.map(id),
        concerned: [id("A")].into(),
        ..Question::default()
    };
    let answer = city.who_may(&question, &pack(), at(hours)).expect("steps");
    let step = answer.steps.into_iter().last().expect("a step");
    assert_eq!(step.deciders.people, [id("IM")], "{action} at {hours}");
    let acting = step.deciders.acting.into_iter();
    acting
        .map(|one| format!("{} for {} in {}", one.person, one.principal, one.absence))
        .collect()
}

/// 2-6-2, 2-7-2: the deputy in the information manager's place, system staff in the system manager's.
#[test]
fn a_deputy_acts_inside_the_absence_and_the_plan_and_not_a_moment_or_action_beyond() {
    let city = city();
    let none: [&str; 0] = [];
    assert_eq!(acting(&city, "information.send", None, 9), none);
    assert_eq!(
        acting(&city, "information.send", None, 10),
        ["D for IM in a1"]
    );
    assert_eq!(
        acting(&city, "information.send", None, 19),
        ["D for IM in a1"]
    );
    assert_eq!(acting(&city, "information.send", None, 20), none);
    assert_eq!(acting(&city, "information.takeout", None, 10), none);
    let important = Some("SYS");
    assert_eq!(
        acting(&city, "user.registration", important, 10),
        ["S for IM in a1"]
    );
    assert_eq!(
        acting(&city, "mail.auto_forward", important, 10),
        ["S for IM in a1"]
    );
    assert_eq!(acting(&city, "mail.auto_forward", None, 10), none);
}

#[test]
fn what_takes_the_authority_to_act_away() {
    type Change = fn(&mut Directory, &mut Delegation);
    let cases: [(&str, Change); 7] = [
        ("the plan was written during the absence", |_, known| {
            known.plan.as_mut().expect("a plan").since = at(11);
        }),
        ("the plan's renewal is overdue", |_, known| {
            known.plan.as_mut().expect("a plan").until = at(12);
        }),
        ("the plan was withdrawn", |_, known| known.plan = None),
        ("the absence was ended", |_, known| known.absences.clear()),
        ("the nomination was ended", |_, known| {
            known.nominations.clear()
        }),
        ("the deputy moved away", |city, _| live(city, "D", "roads")),
        ("another heads the section", |city, _| {
            seat(city, "tax-head", "A2");
        }),
    ];
    for (why, change) in cases {
        let (mut city, mut known) = (city(), delegation());
        change(&mut city, &mut known);
        learn(&mut city, kind::DELEGATION, "tax", &known);
        let deputies = city.deputies(at(12));
        let charged = deputies.iter().filter(|one| one.person == id("D"));
        assert!(charged.clone().all(|one| one.charge.is_none()), "{why}");
    }
    let deputies = city().deputies(at(12));
    assert!(
        deputies
            .iter()
            .any(|one| one.charge_for("information.send").is_some())
    );
}

/// 2-3-5, 1-6-1, 1-4-1: derived, never typed in.
#[test]
fn roles_follow_from_systems_offices_and_nominations() {
    let mut city = city();
    let roles = |city: &Directory, person: &str| city.roles_of(&id(person), at(1));
    assert!(roles(&city, "IM").contains(&Role::SystemManager));
    assert!(roles(&city, "O").contains(&DEPUTY));
    assert!(roles(&city, "D").contains(&DEPUTY));
    assert!(roles(&city, "S").contains(&Role::SystemStaff));
    assert_eq!(roles(&city, "A"), [Role::Staff].into());
    let of_tax: Vec<_> = city
        .deputies(at(1))
        .into_iter()
        .filter(|one| one.section == id("tax") && one.role == DEPUTY)
        .map(|one| (one.person.to_string(), one.named))
        .collect();
    assert_eq!(
        of_tax,
        [
            ("D".to_owned(), Named::Nomination),
            ("O".to_owned(), Named::OfficeHead(id("office-head"))),
            ("P".to_owned(), Named::Post(id("tax-second"))),
        ]
    );
    live(&mut city, "D", "roads");
    assert!(
        !roles(&city, "D").contains(&DEPUTY),
        "of another section now"
    );
}

#[test]
fn own_requests_and_vacancies_climb_and_no_deputy_decides_on_the_absent_ones_own() {
    let mut city = city();
    let ask = |city: &Directory, concerned: &str| {
        let question = Question {
            action: "information.send".to_owned(),
            section: Some(id("tax")),
            concerned: [id(concerned)].into(),
            ..Question::default()
        };
        let answer = city.who_may(&question, &pack(), at(12)).expect("steps");
        let people = |step: Step| (step.deciders.people, step.deciders.acting.len());
        answer.steps.into_iter().map(people).next().expect("a step")
    };
    assert_eq!(ask(&city, "A"), (vec![id("IM")], 1));
    assert_eq!(ask(&city, "D"), (vec![id("IM")], 0));
    assert_eq!(ask(&city, "IM"), (vec![id("BM")], 0));
    learn(
        &mut city,
        kind::HOLDERS,
        "tax-head",
        &Timeline::<PersonId>::default(),
    );
    assert_eq!(ask(&city, "A"), (vec![id("BM")], 0));
}

/// What is not on record, or is left open although who may depends on it, is told apart.
#[test]
fn a_question_without_an_answer_says_what_is_wrong_with_it() {
    let asked = |action: &str| Question {
        action: action.to_owned(),
        ..Question::default()
    };
    let in_tax = |action: &str| Question {
        section: Some(id("tax")),
        ..asked(action)
    };
    let cases = [
        (
            in_tax("everything"),
            NoAnswer::ActionUnknown("everything".to_owned()),
        ),
        // Exceptions have a life of their own and are no permits.
        (
            in_tax("exception"),
            NoAnswer::ActionUnknown("exception".to_owned()),
        ),
        (asked("information.send"), NoAnswer::Missing("section_id")),
        (asked("procedure.approve"), NoAnswer::Missing("system_id")),
        (asked("exception.apply"), NoAnswer::Missing("bureau_id")),
        (in_tax("shared_id.keep"), NoAnswer::Missing("system_id")),
        (in_tax("permit.revoke"), NoAnswer::Missing("permit_kind")),
        (
            Question {
                permit_kind: Some("nothing".to_owned()),
                ..in_tax("permit.revoke")
            },
            NoAnswer::KindUnknown("nothing".to_owned()),
        ),
        (
            Question {
                section: Some(id("nowhere")),
                ..asked("information.send")
            },
            NoAnswer::SectionUnknown(id("nowhere")),
        ),
        (
            Question {
                bureau: Some(id("nowhere")),
                ..asked("exception.apply")
            },
            NoAnswer::BureauUnknown(id("nowhere")),
        ),
        (
            Question {
                system: Some(id("nothing")),
                ..in_tax("user.registration")
            },
            NoAnswer::SystemUnknown(id("nothing")),
        ),
    ];
    let city = city();
    for (question, why) in cases {
        let answer = city.who_may(&question, &pack(), at(12));
        assert_eq!(answer, Err(why), "{question:?}");
    }
    // What a machine tells of may belong to no section.
    let nowhere = city.who_may(&asked("incident.recover"), &pack(), at(12));
    assert_eq!(nowhere.expect("an answer").people(), [id("CISO")].into());
}

/// The deputies of a section keep its ledger, named or by a post, and those above an office its.
#[test]
fn what_falls_to_a_section_and_the_one_above_names_the_holders_of_both() {
    let question = |section: &str| Question {
        action: "ledger.keep".to_owned(),
        section: Some(id(section)),
        ..Question::default()
    };
    let who = |section: &str| {
        let answer = city().who_may(&question(section), &pack(), at(12));
        let answer = answer.expect("an answer");
        assert!(answer.alternatives);
        assert_eq!(answer.clause.as_str(), "7-1-(1)-1");
        answer.people()
    };
    let set =
        |people: &[&str]| -> BTreeSet<PersonId> { people.iter().map(|one| id(one)).collect() };
    assert_eq!(who("tax"), set(&["IM", "D", "P"]));
    assert_eq!(who("office"), set(&["IM", "D", "P", "O"]));
    assert_eq!(who("roads"), set(&[]));
}

/// 2-3-4a, 2-3-4b, 2-3-5.
#[test]
fn duties_not_met_are_named_until_they_are() {
    let mut city = city();
    let found = |city: &Directory, hours: i64| -> Vec<String> {
        let found = city.shortfalls(at(hours)).into_iter();
        found
            .map(|one| format!("{} {}", one.section, one.what.as_str()))
            .collect()
    };
    assert_eq!(found(&city, 1), ["roads deputy_missing"]);
    assert_eq!(
        found(&city, 100),
        ["roads deputy_missing", "tax absence_plan_overdue"]
    );
    learn(
        &mut city,
        kind::HOLDERS,
        "office-head",
        &Timeline::<PersonId>::default(),
    );
    learn(
        &mut city,
        kind::HOLDERS,
        "tax-second",
        &Timeline::<PersonId>::default(),
    );
    learn(&mut city, kind::DELEGATION, "tax", &Delegation::default());
    assert_eq!(
        found(&city, 1),
        [
            "office office_head_missing",
            "roads deputy_missing",
            "tax deputy_missing",
            "tax absence_plan_missing"
        ]
    );
}

/// 2-1-4, 2-5-3.
#[test]
fn two_roles_that_watch_each_other_in_one_hand_are_told() {
    let mut city = city();
    assert_eq!(city.collisions(at(1)), []);
    seat(&mut city, "bureau-head", "CISO");
    seat(&mut city, "tax-head", "NM");
    let found: Vec<_> = city
        .collisions(at(1))
        .into_iter()
        .map(|one| (one.person.to_string(), one.with, one.clause.to_string()))
        .collect();
    assert_eq!(
        found,
        [
            ("CISO".to_owned(), Role::BureauManager, "2-1-4".to_owned()),
            (
                "NM".to_owned(),
                Role::InformationManager,
                "2-5-3".to_owned()
            ),
            ("NM".to_owned(), Role::SystemManager, "2-5-3".to_owned()),
        ]
    );
}
