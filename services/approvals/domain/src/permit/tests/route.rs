use standard::Role;

use super::*;
use crate::fixture::{by_service, people, seat};

#[test]
fn steps_are_decided_in_order_by_their_own_deciders_and_the_last_yes_grants() {
    let permit = applied(connection(), "A");
    let facts = facts();
    assert_eq!(
        permit.steps.len(),
        2,
        "network manager, then CISO (3-6-(1)-ア-2)"
    );
    let yes = Verdict::Permitted;
    assert_eq!(
        refused(&permit, decide(1, yes), by("CISO", 1), &facts),
        Reason::NotItsTurn
    );
    assert_eq!(
        refused(&permit, decide(0, yes), by("CISO", 1), &facts),
        Reason::NotTheDecider
    );
    assert_eq!(
        refused(&permit, decide(2, yes), by("CISO", 1), &facts),
        Reason::NotItsTurn
    );

    let half = after(
        &[
            (apply(connection()), by("A", 0)),
            (decide(0, yes), by("NM", 1)),
        ],
        &facts,
    );
    assert_eq!((half.phase, half.current()), (Phase::Applied, Some(1)));
    let events = half
        .decide(&decide(1, yes), &facts, &by("CISO", 2))
        .expect("decided");
    assert!(matches!(
        events[..],
        [Event::StepDecided { step: 1, .. }, Event::Granted { .. }]
    ));
}

#[test]
fn a_no_at_any_step_refuses_and_needs_a_reason() {
    let permit = applied(connection(), "A");
    let facts = facts();
    let silent = Command::DecideStep {
        step: 0,
        verdict: Verdict::Refused,
        reason: " ".into(),
        witness: None,
    };
    assert_eq!(
        refused(&permit, silent, by("NM", 1), &facts),
        Reason::ReasonMissing
    );
    let events = permit
        .decide(&decide(0, Verdict::Refused), &facts, &by("NM", 1))
        .expect("decided");
    assert!(matches!(&events[..], [_, Event::Refused(ending)] if ending.reason == "理由"));
}

#[test]
fn nobody_decides_on_their_own_request_nor_on_one_made_for_them() {
    let facts = facts();
    // IM2 owns the system: for IM2's own registration the bureau manager decides.
    let own = applied(registration(), "IM2");
    assert_eq!(own.steps[0].deciders.people, people::<Vec<_>>(&["BM1"]));
    assert_eq!(
        refused(&own, decide(0, Verdict::Permitted), by("IM2", 1), &facts),
        Reason::OwnRequest
    );
    // Nor when a colleague asks for it in IM2's name.
    let mut for_manager = registration();
    for_manager.subject.person = Some(id("IM2"));
    let by_proxy = applied(for_manager, "A");
    assert_eq!(
        refused(
            &by_proxy,
            decide(0, Verdict::Permitted),
            by("IM2", 1),
            &facts
        ),
        Reason::OwnRequest
    );
}

fn with_witness(witness: &str) -> Command {
    Command::DecideStep {
        step: 0,
        verdict: Verdict::Permitted,
        reason: String::new(),
        witness: Some(id(witness)),
    }
}

fn cisos_own() -> Application {
    let mut own = application("mail.other_domain", &["need", "mail_domain"]);
    own.class = None;
    own
}

#[test]
fn the_cisos_own_request_waits_for_an_auditor_who_confirms_in_person() {
    let facts = facts();
    let permit = applied(cisos_own(), "CISO");
    let ciso = || by("CISO", 1);
    assert_eq!(permit.steps[0].deciders.witness, Some(Role::Auditor));
    let alone = decide(0, Verdict::Permitted);
    assert_eq!(
        refused(&permit, alone, ciso(), &facts),
        Reason::WitnessMissing
    );
    for unfit in ["CISO", "IM1", "nobody"] {
        assert_eq!(
            refused(&permit, with_witness(unfit), ciso(), &facts),
            Reason::WitnessUnfit
        );
    }

    let given = [
        (apply(cisos_own()), by("CISO", 0)),
        (with_witness("AUD1"), ciso()),
    ];
    let waiting = after(&given, &facts);
    assert_eq!(waiting.phase, Phase::Applied, "not yet granted");
    assert_eq!(
        waiting.decide(&with_witness("AUD1"), &facts, &ciso()),
        Ok(vec![]),
        "asking the same again changes nothing"
    );
    let confirm = || Command::Witness { step: 0 };
    for other in ["CISO", "AUD2", "A"] {
        assert_eq!(
            refused(&waiting, confirm(), by(other, 2), &facts),
            Reason::NotTheWitness
        );
    }
    let mut moved = facts.clone();
    seat(&mut moved, "aud1", "AUD3");
    assert_eq!(
        refused(&waiting, confirm(), by("AUD1", 2), &moved),
        Reason::WitnessUnfit,
        "no longer an auditor"
    );
    let mut replaced = facts.clone();
    seat(&mut replaced, "ciso", "CISO-2");
    assert_eq!(
        refused(&waiting, confirm(), by("AUD1", 2), &replaced),
        Reason::NotTheDecider,
        "the decider has left the post"
    );
    let events = waiting
        .decide(&confirm(), &facts, &by("AUD1", 2))
        .expect("confirmed");
    let [Event::StepDecided { ruling, .. }, Event::Granted { .. }] = &events[..] else {
        panic!("{events:?}");
    };
    assert_eq!(
        (&ruling.by, &ruling.witness),
        (&id("CISO"), &Some(id("AUD1")))
    );
}

#[test]
fn whoever_holds_the_post_at_the_moment_decides() {
    let permit = applied(registration(), "A");
    let mut facts = facts();
    seat(&mut facts, "im2", "NEW");
    assert_eq!(
        refused(&permit, decide(0, Verdict::Permitted), by("IM2", 1), &facts),
        Reason::NotTheDecider,
        "left the post"
    );
    let events = permit
        .decide(&decide(0, Verdict::Permitted), &facts, &by("NEW", 1))
        .expect("decided");
    assert!(
        matches!(&events[0], Event::StepDecided { deciders, .. } if deciders.people == [id("NEW")])
    );
}

#[test]
fn a_change_of_posts_reroutes_what_waits_and_nothing_else() {
    let mut facts = facts();
    let given = [
        (apply(connection()), by("A", 0)),
        (decide(0, Verdict::Permitted), by("NM", 1)),
    ];
    let permit = after(&given, &facts);
    let reroute = |permit: &Permit, facts: &Facts| {
        permit
            .decide(&Command::Reroute, facts, &by_service(2))
            .expect("carried out")
    };
    assert_eq!(reroute(&permit, &facts), [], "nobody moved");
    seat(&mut facts, "nm", "NM-2");
    seat(&mut facts, "ciso", "CISO-2");
    let events = reroute(&permit, &facts);
    assert!(
        matches!(&events[..], [Event::Rerouted { step: 1, deciders }] if deciders.people == [id("CISO-2")]),
        "the step decided already stays: {events:?}"
    );
    assert_eq!(reroute(&granted(), &facts), []);
}

#[test]
fn a_route_without_anyone_to_decide_is_refused_at_once() {
    let mut facts = facts();
    crate::fixture::vacate(&mut facts, "ciso");
    let reason = refused(&Permit::default(), apply(connection()), by("A", 0), &facts);
    let Reason::RulesNotMet(violations) = reason else {
        panic!("{reason:?}");
    };
    assert_eq!(violations[0].field, "steps[1]");
}

#[test]
fn when_the_system_has_left_the_ledger_those_who_decided_on_it_still_do() {
    let mut facts = facts();
    let permit = applied(registration(), "A");
    facts.systems.clear();
    assert_eq!(
        refused(&permit, decide(0, Verdict::Permitted), by("IM1", 1), &facts),
        Reason::NotTheDecider
    );
    assert!(
        permit
            .decide(&decide(0, Verdict::Permitted), &facts, &by("IM2", 1))
            .is_ok()
    );
}
