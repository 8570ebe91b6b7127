use std::sync::LazyLock;

use kernel::Actor;
use standard::AccessPath;

use super::*;

static PACK: LazyLock<Arc<Pack>> =
    LazyLock::new(|| Arc::new(Pack::sendai().expect("the Sendai pack")));

fn at(hour: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + hour * 3600).expect("an instant")
}

fn permit(id: &str) -> Option<PermitId> {
    Some(id.parse().expect("an id"))
}

fn ground(kind: GrantKind, permit: Option<PermitId>, from: i64, to: Option<i64>) -> Ground {
    Ground {
        kind,
        permit,
        starts_at: at(from),
        ends_at: to.map(at),
    }
}

fn run(state: &mut State, command: Command, now: i64) -> Result<Vec<Event>, Refusal> {
    run_with(state, command, now, |_| {})
}

fn run_with(
    state: &mut State,
    command: Command,
    now: i64,
    known: impl FnOnce(&mut Facts),
) -> Result<Vec<Event>, Refusal> {
    let mut facts = Facts {
        subject: Subject {
            person: "S1".parse().expect("an id"),
            system: "tax".parse().expect("an id"),
            item: None,
        },
        pack: PACK.clone(),
        kind: Some(Kind::Staff),
        in_service: true,
        moves_at: None,
        system_known: true,
    };
    known(&mut facts);
    let context = Context::new(Actor::Service("approvals".to_owned()), at(now), "t");
    let events = state.decide(&command, &facts, &context)?;
    events.iter().for_each(|event| state.evolve(event));
    Ok(events)
}

/// As permits, registers and admissions do.
fn granting(ground: Ground) -> Command {
    Command::Grant {
        ground,
        means: Means::Ordinary,
    }
}

fn end(kind: GrantKind, which: Which) -> Command {
    Command::End {
        kind,
        which,
        reason: "revoked".to_owned(),
    }
}

#[test]
fn a_privileged_grant_lasts_hours_7_2_8_1a() {
    let cases = [(Some(2), 2), (Some(8), 8), (Some(100), 8), (None, 8)];
    for (asked, given) in cases {
        let mut state = State::default();
        let wanted = ground(GrantKind::Privileged, permit("p1"), 0, asked);
        run(&mut state, granting(wanted), 0).expect("granted");
        let just_before = at(given) - jiff::SignedDuration::from_nanos(1);
        assert!(
            state.stands(GrantKind::Privileged, just_before),
            "{asked:?}"
        );
        assert!(!state.stands(GrantKind::Privileged, at(given)), "{asked:?}");
        assert!(
            !state.stands(GrantKind::Use, at(0)),
            "privilege is not plain use"
        );
    }
}

#[test]
fn plain_use_lasts_until_it_is_ended_7_2_1_1() {
    let mut state = State::default();
    let wanted = ground(GrantKind::Use, permit("p1"), 1, None);
    run(&mut state, granting(wanted), 0).expect("granted");
    assert!(!state.stands(GrantKind::Use, at(0)), "not before its start");
    assert!(state.stands(GrantKind::Use, at(1_000_000)));
    let revoked = end(GrantKind::Use, Which::Permit("p1".parse().expect("an id")));
    assert_eq!(run(&mut state, revoked.clone(), 2).expect("ended").len(), 1);
    assert!(!state.stands(GrantKind::Use, at(2)));
    assert_eq!(run(&mut state, revoked, 3), Ok(vec![]), "ended already");
}

#[test]
fn ending_the_old_permit_leaves_its_renewal() {
    let mut state = State::default();
    let old = ground(GrantKind::Use, permit("old"), 0, Some(10));
    let renewal = ground(GrantKind::Use, permit("new"), 10, Some(20));
    run(&mut state, granting(old), 0).expect("granted");
    run(&mut state, granting(renewal), 5).expect("granted");
    assert!(state.stands(GrantKind::Use, at(9)) && state.stands(GrantKind::Use, at(10)));
    let expired = end(GrantKind::Use, Which::Permit("old".parse().expect("an id")));
    run(&mut state, expired, 10).expect("ended");
    assert!(state.stands(GrantKind::Use, at(19)));
}

#[test]
fn ending_all_takes_every_ground_of_the_kind_and_no_other() {
    let mut state = State::default();
    for wanted in [
        ground(GrantKind::Use, permit("p1"), 0, None),
        ground(GrantKind::Use, None, 0, None),
        ground(GrantKind::Privileged, permit("p2"), 0, None),
    ] {
        run(&mut state, granting(wanted), 0).expect("granted");
    }
    let ended = run(&mut state, end(GrantKind::Use, Which::All), 1).expect("ended");
    assert_eq!(ended.len(), 2);
    assert!(!state.stands(GrantKind::Use, at(1)));
    assert!(state.stands(GrantKind::Privileged, at(1)));
}

#[test]
fn a_repeat_changes_nothing_and_a_new_import_moves_the_end() {
    let mut state = State::default();
    let by_permit = ground(GrantKind::Use, permit("p1"), 0, Some(10));
    run(&mut state, granting(by_permit.clone()), 0).expect("granted");
    assert_eq!(run(&mut state, granting(by_permit), 1), Ok(vec![]));

    let mut imported = State::default();
    for (to, changes) in [(Some(10), 1), (Some(10), 0), (Some(20), 2)] {
        let wanted = ground(GrantKind::Use, None, 0, to);
        let events = run(&mut imported, granting(wanted), 1).expect("granted");
        assert_eq!(events.len(), changes, "{to:?}");
    }
    assert_eq!(imported.grounds.len(), 1);
    assert!(imported.stands(GrantKind::Use, at(15)));
}

#[test]
fn a_period_that_is_over_or_empty_grants_nothing() {
    for (from, to) in [(0, 4), (6, 6), (7, 6)] {
        let wanted = ground(GrantKind::Use, permit("p1"), from, Some(to));
        let refused = run(&mut State::default(), granting(wanted), 5);
        assert_eq!(
            refused,
            Err(Refusal::PeriodOver(GrantKind::Use)),
            "{from}..{to}"
        );
    }
}

#[test]
fn grounds_that_are_over_do_not_pile_up() {
    let mut state = State::default();
    for day in 0..50 {
        let wanted = ground(
            GrantKind::Privileged,
            permit(&format!("p{day}")),
            day * 24,
            None,
        );
        run(&mut state, granting(wanted), day * 24).expect("granted");
    }
    assert_eq!(state.grounds.len(), 1);
}

#[test]
fn nothing_granted_in_one_section_outlasts_the_transfer_7_2_9_1() {
    let transfer = |state: &mut State| {
        let end = Command::EndBy {
            at: at(10),
            reason: "transferred".to_owned(),
        };
        run(state, end, 5).expect("ended").len()
    };
    let mut state = State::default();
    for wanted in [
        ground(GrantKind::Use, permit("p1"), 0, None),
        ground(GrantKind::Use, None, 0, Some(20)),
        ground(GrantKind::Privileged, permit("short"), 4, Some(8)),
        ground(GrantKind::Use, permit("next"), 10, Some(30)),
    ] {
        run(&mut state, granting(wanted), 4).expect("granted");
    }
    assert_eq!(transfer(&mut state), 2, "those that would last longer");
    assert_eq!(transfer(&mut state), 0, "once");
    let last = at(10) - jiff::SignedDuration::from_nanos(1);
    assert!(state.stands(GrantKind::Use, last), "until the day comes");
    let ends = state.grounds.iter().map(|ground| ground.ends_at);
    let expected = [10, 10, 8, 30].map(|hour| Some(at(hour)));
    assert_eq!(ends.collect::<Vec<_>>(), expected);

    // Granted after the transfer was known and before it came; then, for the new section.
    let known = |facts: &mut Facts| facts.moves_at = Some(at(10));
    let mut late = State::default();
    let wanted = ground(GrantKind::Use, None, 6, None);
    run_with(&mut late, granting(wanted.clone()), 6, known).expect("granted");
    assert_eq!(late.grounds[0].ends_at, Some(at(10)));
    let again = run_with(&mut late, granting(wanted), 7, known);
    assert_eq!(again, Ok(vec![]), "a table entered twice");
    let wanted = ground(GrantKind::Use, None, 11, None);
    let anew = run(&mut late, granting(wanted), 11).expect("granted");
    assert!(matches!(anew[..], [Event::Granted { .. }]), "{anew:?}");
    assert!(late.stands(GrantKind::Use, at(11)));
}

#[test]
fn what_has_begun_ends_also_with_a_transfer_of_a_day_before_7_2_9_1() {
    let mut state = State::default();
    for wanted in [
        ground(GrantKind::Use, permit("begun"), 4, None),
        ground(GrantKind::Use, permit("next"), 10, None),
    ] {
        run(&mut state, granting(wanted), 4).expect("granted");
    }
    let transfer = || Command::EndBy {
        at: at(2),
        reason: "transferred".to_owned(),
    };
    assert_eq!(run(&mut state, transfer(), 6).expect("ended").len(), 1);
    assert_eq!(run(&mut state, transfer(), 7), Ok(vec![]), "once");
    assert!(!state.stands(GrantKind::Use, at(6)));
    assert!(state.stands(GrantKind::Use, at(10)), "of the new section");
}

#[test]
fn a_register_names_systems_of_the_ledger_and_people_in_service_7_2_1_1() {
    let imported = || granting(ground(GrantKind::Use, None, 0, None));
    let by_permit = || granting(ground(GrantKind::Use, permit("p1"), 0, None));
    let mut state = State::default();
    let nowhere = run_with(&mut state, imported(), 0, |facts| {
        facts.system_known = false
    });
    assert_eq!(
        nowhere,
        Err(Refusal::SystemUnknown("tax".parse().expect("an id")))
    );
    let permitted = run_with(&mut State::default(), by_permit(), 0, |facts| {
        facts.system_known = false;
    });
    assert!(
        permitted.is_ok(),
        "the ledger's news may still be on its way"
    );
    for wanted in [imported(), by_permit()] {
        let gone = run_with(&mut state, wanted, 0, |facts| facts.in_service = false);
        assert_eq!(gone, Err(Refusal::NotInService));
    }
}

/// 7-2-(8)-1b, 7-8-3: what opens or registers them says what they reach, and nobody adds to it.
#[test]
fn ids_that_are_nobodys_own_are_granted_only_what_opening_or_registering_them_gives() {
    let robot = Kind::Robot {
        path: AccessPath::Office,
    };
    let (opening, registration) = (Means::Opening, Means::Registration);
    for (kind, means, expected) in [
        (Kind::Emergency, opening, Ok(1)),
        (Kind::Emergency, Means::Ordinary, Err(Refusal::EmergencyId)),
        (Kind::Emergency, registration, Err(Refusal::EmergencyId)),
        (robot, registration, Ok(1)),
        (robot, Means::Ordinary, Err(Refusal::ServiceId)),
        (robot, opening, Err(Refusal::ServiceId)),
    ] {
        for by in [None, permit("p1")] {
            for wanted in [GrantKind::Use, GrantKind::Privileged] {
                let command = Command::Grant {
                    ground: ground(wanted, by.clone(), 0, Some(2)),
                    means,
                };
                let known = |facts: &mut Facts| facts.kind = Some(kind);
                let events = run_with(&mut State::default(), command, 0, known);
                let case = format!("{kind:?} {means:?} {wanted:?} {by:?}");
                assert_eq!(events.map(|events| events.len()), expected, "{case}");
            }
        }
    }
}
