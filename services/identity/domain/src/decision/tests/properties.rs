//! What holds for every case, not only for those somebody thought of.

use proptest::prelude::*;
use standard::FactorKind;

use super::*;

fn class() -> impl Strategy<Value = InformationClass> {
    prop::sample::select(InformationClass::ALL)
}

fn factor() -> impl Strategy<Value = Verified> {
    (prop::sample::select(FactorKind::ALL), 0_i64..40_000)
        .prop_map(|(kind, age)| verified(kind, before(age)))
}

fn clause() -> impl Strategy<Value = ClauseId> {
    let clauses: Vec<ClauseId> = RULES
        .iter()
        .flat_map(|rule| rule.clauses.to_vec())
        .collect();
    prop::sample::select(clauses)
}

fn relaxation() -> impl Strategy<Value = Relaxation> {
    (
        prop::collection::btree_set(clause(), 0..8),
        prop::option::of(class()),
        any::<[bool; 4]>(),
        "[A-Z]{3}",
    )
        .prop_map(|(clauses, ceiling, [is_permit, mine, here, now], id)| {
            let mut one = if is_permit {
                permit(&id, &[])
            } else {
                exception(&id, &[])
            };
            one.clauses = clauses;
            one.scope.ceiling = ceiling;
            if !mine {
                one.scope.people = [PersonId::try_new("S0002").expect("an id")].into();
            }
            if !here {
                one.scope.paths = vec![AccessPath::Office];
            }
            if !now {
                one.starts_at = after(1);
            }
            one
        })
}

/// Faults that refuse outright, each seldom: most cases should get as far as the other rules.
fn mostly_in_order() -> impl Strategy<Value = [bool; 5]> {
    prop::array::uniform5(prop::bool::weighted(0.1))
}

prop_compose! {
    /// Any system, path, device and session of a person who works here.
    pub(super) fn any_world()(
        [cloud, telework, important, privileged, authority] in any::<[bool; 5]>(),
        [no_device, unnamed, unentitled, automated, lost] in mostly_in_order(),
        robot in prop::option::weighted(0.1, prop::sample::select(AccessPath::ALL)),
        highest in prop::option::of(class()),
        raised in prop::option::of(class()),
        network in prop::sample::select(NetworkClass::ALL),
        bound in prop::option::weighted(0.1, prop::sample::select(NetworkClass::ALL)),
        mfa in prop::sample::select(vec![
            MfaConsideration::NotRecorded,
            MfaConsideration::Introduced,
            MfaConsideration::NotIntroduced,
        ]),
        point in prop::sample::select(vec!["office", "office", "telework", "telework", "public", "nobody"]),
        action in prop::sample::select(Action::ALL.to_vec()),
        factors in prop::collection::vec(factor(), 0..4),
        relaxations in prop::collection::vec(relaxation(), 0..4),
    ) -> World {
        given(|w| {
            let system = w.system();
            system.cloud = cloud;
            system.telework = telework;
            system.important = important;
            system.highest_class = highest;
            system.network_class = network;
            system.mfa = mfa;
            w.device().network_class = bound;
            if no_device { w.device = None; }
            if unnamed { w.request.device = None; }
            if unentitled { w.grants.clear(); }
            if privileged { w.privileged_until(after(60)); }
            if lost { w.lost = vec!["ic_card-1"]; }
            w.request.automated = automated;
            if let Some(person) = &mut w.person { person.robot = robot; }
            w.request.class = raised;
            w.request.action = action;
            if authority { w.request.authority = Authority::Own; }
            w.from(point);
            w.session().factors = factors;
            w.relaxations = relaxations;
        })
    }
}

proptest! {
    // Only about one world in five asks for a step-up; the others do not count as its cases.
    #![proptest_config(ProptestConfig { max_global_rejects: 50_000, ..ProptestConfig::default() })]

    // 3-1: the caller may raise the class, never lower it, and raising never allows more.
    #[test]
    fn naming_a_class_never_lowers_it_and_never_allows_more(world in any_world(), named in class()) {
        let mut plain = world.clone();
        plain.request.class = None;
        let mut raised = world;
        raised.request.class = Some(named);
        let (plain, raised) = (plain.decide(), raised.decide());
        prop_assert!(raised.class >= plain.class);
        prop_assert_eq!(raised.class, plain.class.max(named));
    }

    // Another factor, unless it is one reported lost, never turns an allow into something less.
    #[test]
    fn another_factor_never_takes_an_access_away(world in any_world(), factor in factor()) {
        let lost = world.lost.contains(&factor.credential.as_str());
        prop_assume!(!lost);
        let before = world.decide().outcome;
        let mut world = world;
        world.session().factors.push(factor);
        let after = world.decide().outcome;
        prop_assert!(!before.allows() || after.allows());
        prop_assert!(before == Outcome::Deny || after != Outcome::Deny);
    }

    // Taking an exception or permit away never allows more.
    #[test]
    fn fewer_exceptions_never_allow_more(world in any_world(), gone in any::<prop::sample::Index>()) {
        prop_assume!(!world.relaxations.is_empty());
        let with = world.decide().outcome;
        let mut fewer = world.clone();
        fewer.relaxations.remove(gone.index(world.relaxations.len()));
        let without = fewer.decide().outcome;
        prop_assert!(!without.allows() || with.allows());
        prop_assert!(without == Outcome::Deny || with != Outcome::Deny);
        // And what needed no exception needs none with them.
        if without == Outcome::Allow {
            prop_assert_eq!(with, Outcome::Allow);
        }
    }

    // The parts of an answer agree with its outcome.
    #[test]
    fn an_answer_is_consistent(world in any_world()) {
        let decision = world.decide();
        prop_assert_eq!(decision.reasons.is_empty(), decision.outcome.allows());
        prop_assert_eq!(decision.step_up.is_some(), decision.outcome == Outcome::StepUp);
        prop_assert!(!decision.clauses().is_empty());
        match decision.outcome {
            // A permit is the ordinary way; what takes an exception is told so.
            Outcome::Allow => prop_assert!(!decision.relaxed_by.iter().any(RelaxedBy::is_exception)),
            Outcome::AllowByException => {
                prop_assert!(decision.relaxed_by.iter().any(RelaxedBy::is_exception));
            }
            Outcome::StepUp => prop_assert!(decision.reasons.iter().all(|one| one.gap.is_some())),
            Outcome::Deny => prop_assert!(decision.relaxed_by.is_empty()),
        }
        for reason in &decision.reasons {
            prop_assert!(!reason.clauses.is_empty());
        }
    }

    // Whoever adds what a step-up asks for gets in.
    #[test]
    fn meeting_a_step_up_is_enough(world in any_world()) {
        let decision = world.decide();
        prop_assume!(decision.outcome == Outcome::StepUp);
        let asked = decision.step_up.expect("a step-up");
        let mut world = world;
        if asked.phishing_resistant {
            world.session().factors.push(verified(FactorKind::Passkey, noon()));
        } else {
            world.session().factors.push(verified(FactorKind::Password, noon()));
            if asked.categories == 2 {
                world.session().factors.push(verified(FactorKind::Totp, noon()));
            }
        }
        prop_assert!(world.decide().outcome.allows());
    }
}
