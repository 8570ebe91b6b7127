//! Deputies (2-6-2, 2-7-2): inside a recorded absence and the plan written before it, in the
//! principal's place, with both names on record; and never on their own request (G7).

use std::collections::BTreeSet;

use standard::{
    Role,
    route::{Acting, Deputy},
};

use super::*;
use crate::fixture::people;

/// D2 of section S2 may stand in for IM2; the absence and the actions are the case's.
fn with_deputy(role: Role, absence: Option<&str>, actions: &[&str]) -> Facts {
    let mut facts = facts();
    facts.organisation.people.insert(id("D2"), id("S2"));
    facts.organisation.deputies.push(Deputy {
        person: id("D2"),
        section: id("S2"),
        stands_in_for: role,
        principal: Some(id("IM2")),
        absence: absence.map(id),
        actions: actions.iter().map(|one| (*one).to_owned()).collect(),
    });
    facts
}

fn yes() -> Command {
    decide(0, Verdict::Permitted)
}

/// SYS is important, so its manager's place is taken by system staff.
const STAFF: Role = Role::SystemManager;

#[test]
fn a_deputy_acting_outside_absence_or_plan_is_refused_with_clauses() {
    let cases = [
        (None, &["user.registration"][..], Reason::PrincipalNotAbsent),
        (None, &[], Reason::PrincipalNotAbsent),
        (Some("a1"), &["information.send"], Reason::NotPlanned),
    ];
    let permit = applied(registration(), "A");
    for (absence, actions, reason) in cases {
        let facts = with_deputy(STAFF, absence, actions);
        let refusal = permit.decide(&yes(), &facts, &by("D2", 1));
        let refusal = refusal.expect_err("refused");
        assert_eq!(refusal.reason, reason);
        let named: Vec<_> = refusal.clauses.iter().map(|one| one.as_str()).collect();
        assert!(named.ends_with(&["2-7-2", "2-3-4b"]), "{named:?}");
    }
    // A deputy information manager takes the information manager's place, not the system manager's.
    let facts = with_deputy(Role::InformationManager, Some("a1"), &["user.registration"]);
    assert_eq!(
        refused(&permit, yes(), by("D2", 1), &facts),
        Reason::NotTheDecider
    );
}

#[test]
fn inside_both_a_deputy_decides_and_both_names_are_on_the_record() {
    let facts = with_deputy(STAFF, Some("a1"), &["user.registration"]);
    let permit = applied(registration(), "A");
    let events = permit
        .decide(&yes(), &facts, &by("D2", 1))
        .expect("decided");
    let mut decided = permit.clone();
    for event in &events {
        decided.evolve(event);
    }
    assert_eq!(decided.phase, Phase::Granted);
    let acting = Acting {
        person: id("D2"),
        principal: id("IM2"),
        absence: id("a1"),
    };
    let step = &decided.steps[0];
    assert_eq!(step.deciders.people, people::<Vec<_>>(&["IM2"]));
    assert_eq!(step.deciders.acting, std::slice::from_ref(&acting));
    let ruling = step.ruling.as_ref().expect("a ruling");
    assert_eq!((&ruling.by, &ruling.acting_for), (&id("D2"), &Some(acting)));
    // The principal decides in their own right, absent or not.
    let own = permit
        .decide(&yes(), &facts, &by("IM2", 1))
        .expect("decided");
    let own = own.iter().find_map(|event| match event {
        Event::StepDecided { ruling, .. } => Some(ruling),
        _ => None,
    });
    assert_eq!(own.expect("a ruling").acting_for, None);
}

#[test]
fn nobody_decides_on_their_own_request_also_not_as_a_deputy() {
    let facts = with_deputy(STAFF, Some("a1"), &["user.registration"]);
    let judged = |application: Application, applicant: &str| {
        let apply = apply(application);
        let mut permit = Permit::default();
        let events = permit.decide(&apply, &facts, &by(applicant, 0));
        for event in events.expect("applied") {
            permit.evolve(&event);
        }
        permit
    };
    let own = judged(registration(), "D2");
    assert_eq!(own.steps[0].deciders.acting, []);
    assert_eq!(
        refused(&own, yes(), by("D2", 1), &facts),
        Reason::OwnRequest
    );
    let mut for_deputy = registration();
    for_deputy.subject.person = Some(id("D2"));
    let by_proxy = judged(for_deputy, "A");
    assert_eq!(
        refused(&by_proxy, yes(), by("D2", 1), &facts),
        Reason::OwnRequest
    );
    // The absent manager's own request goes up: their deputy would decide in their name.
    let of_manager = judged(registration(), "IM2");
    let step = &of_manager.steps[0];
    assert_eq!(step.deciders.people, people::<Vec<_>>(&["BM1"]));
    assert_eq!(step.deciders.acting, []);
    assert_eq!(
        refused(&of_manager, yes(), by("D2", 1), &facts),
        Reason::NotTheDecider
    );
}

#[test]
fn when_an_absence_begins_or_ends_open_steps_show_who_may_act() {
    let permit = applied(registration(), "A");
    let facts = with_deputy(STAFF, Some("a1"), &["user.registration"]);
    let rerouted = permit
        .decide(&Command::Reroute, &facts, &by("A", 1))
        .expect("rerouted");
    let mut shown = permit.clone();
    for event in &rerouted {
        shown.evolve(event);
    }
    let acting = shown.steps[0].deciders.acting.iter();
    assert_eq!(
        acting.map(|one| &one.person).collect::<BTreeSet<_>>(),
        [&id("D2")].into()
    );
    let back = with_deputy(STAFF, None, &[]);
    let again = shown
        .decide(&Command::Reroute, &back, &by("A", 2))
        .expect("rerouted");
    assert!(matches!(&again[..], [Event::Rerouted { deciders, .. }] if deciders.acting.is_empty()));
}
