//! A decision tells why, and what would have been enough.

use proptest::prelude::*;
use standard::FactorKind::{Passkey, Password, Totp};

use super::{properties::any_world, *};

fn explained(world: &World) -> Explanation {
    explain(&world.facts(), pack::policy(), &world.request)
}

fn judged<'a>(explanation: &'a Explanation, rule: &str) -> &'a Standing {
    let found = explanation.rules.iter().find(|one| one.rule.id == rule);
    &found.expect("the rule applied").standing
}

#[test]
fn each_rule_that_applied_says_what_came_of_it() {
    let explanation = explained(&given(|w| {
        w.system().cloud = true;
        w.system().important = true;
        w.system().highest_class = None;
        w.relax(exception("E-1", &["7-2-(2)-2ア"]));
        w.grants.clear();
    }));
    let found: Vec<_> = (explanation.rules.iter())
        .map(|one| {
            let standing = match &one.standing {
                Standing::Met => "met",
                Standing::Relaxed(_) => "relaxed",
                Standing::InTheWay { .. } => "in the way",
                Standing::Undone(_) => "undone",
            };
            (one.rule.id, standing)
        })
        .collect();
    assert_eq!(
        found,
        [
            ("authentication", "met"),
            ("entitlement_missing", "in the way"),
            ("mfa_cloud", "relaxed"),
            ("important_fresh", "met"),
            ("class_ii_fresh", "met"),
            ("class_unrecorded", "undone"),
        ]
    );
    let Standing::Relaxed(by) = judged(&explanation, "mfa_cloud") else {
        panic!("relaxed");
    };
    assert_eq!(by[0].id, exception("E-1", &[]).id);
    assert_eq!(clause_ids(&by[0].clauses), ["7-2-(2)-2ア"]);
    // A refusal tells no exception; its explanation does.
    assert!(explanation.decision.relaxed_by.is_empty());
}

#[test]
fn an_exception_that_names_the_clause_and_does_not_apply_says_why() {
    type Row = (Miss, fn(&mut Relaxation));
    let rows: &[Row] = &[
        (Miss::NotYet, |r| r.starts_at = after(1)),
        (Miss::Over, |r| r.ends_at = Some(noon())),
        (Miss::Person, |r| r.scope.people.clear()),
        (Miss::Device, |r| {
            r.scope.devices = [DeviceId::try_new("D-2").expect("an id")].into();
        }),
        (Miss::Path, |r| r.scope.paths = vec![AccessPath::Telework]),
        (Miss::Class, |r| r.scope.ceiling = None),
    ];
    for (miss, change) in rows {
        let explanation = explained(&given(|w| {
            w.system().cloud = true;
            let mut one = exception("E-1", &["7-2-(2)-2ア"]);
            change(&mut one);
            w.relax(one);
        }));
        let Standing::InTheWay { near, .. } = judged(&explanation, "mfa_cloud") else {
            panic!("{miss:?}: in the way");
        };
        assert_eq!(near.len(), 1, "{miss:?}");
        assert_eq!(
            (near[0].miss, near[0].clause.as_str()),
            (*miss, "7-2-(2)-2ア")
        );
    }
}

#[test]
fn what_was_looked_at_is_listed_whether_it_is_known_or_not() {
    let world = given(|w| {
        w.system().cloud = true;
        w.lost = vec!["password-1"];
        let mut one = exception("E-1", &["7-2-(2)-2ア"]);
        one.scope.posts = [PostId::try_new("clerk").expect("an id")].into();
        w.relax(one);
        w.relax(exception("E-2", &["7-2-(8)-3"]));
    });
    let kinds = |world: &World| -> Vec<(FactKind, bool)> {
        let used = explained(world).facts.into_iter();
        used.map(|one| (one.key.kind, one.fact.is_some())).collect()
    };
    assert_eq!(
        kinds(&world),
        [
            (FactKind::EnforcementPoint, true),
            (FactKind::Person, true),
            (FactKind::Session, true),
            (FactKind::Epoch, true),
            (FactKind::Lost, true),
            (FactKind::System, true),
            (FactKind::Grant, true),
            (FactKind::Device, true),
            // Only what names a clause that applied.
            (FactKind::Relaxation, true),
            (FactKind::Holders, true),
        ]
    );
    let unknown = given(|w| {
        w.system = None;
        w.device = None;
        w.session = None;
        w.grants.clear();
        w.from("nobody");
    });
    assert_eq!(
        kinds(&unknown),
        [
            (FactKind::EnforcementPoint, false),
            (FactKind::Person, true),
            (FactKind::Session, false),
            (FactKind::Epoch, true),
            (FactKind::System, false),
            (FactKind::Grant, false),
            (FactKind::Device, false),
        ]
    );
}

#[test]
fn what_nothing_relaxes_is_told_apart_from_what_an_exception_would_open() {
    let explanation = explained(&given(|w| {
        w.disabled = true;
        w.system().important = true;
        w.system().cloud = true;
        w.from("public");
    }));
    let enough = explanation.enough;
    let beyond: Vec<_> = enough.beyond.iter().map(|rule| rule.id).collect();
    assert_eq!(beyond, ["account_disabled"]);
    assert_eq!(clause_ids(&enough.relax), ["7-2-(4)-2a"]);
    // Asked for beside the refusal: who is let in by an exception would be asked next.
    let asked = enough.authentication.expect("a second factor");
    assert_eq!(asked.categories, 2);
    assert_eq!(asked.max_age, Some(SignedDuration::from_hours(8)));

    let nothing = explained(&world()).enough;
    assert!(nothing.authentication.is_none() && nothing.relax.is_empty());
    assert!(nothing.beyond.is_empty());
}

proptest! {
    // An explanation is of the very decision, and what it calls enough is enough.
    #[test]
    fn what_is_called_enough_is_enough(world in any_world()) {
        let explanation = explained(&world);
        let decision = world.decide();
        prop_assert_eq!(explanation.decision.outcome, decision.outcome);
        prop_assert_eq!(codes(&explanation.decision.reasons), codes(&decision.reasons));
        let enough = explanation.enough;
        prop_assert_eq!(
            enough.authentication.is_none() && enough.relax.is_empty() && enough.beyond.is_empty(),
            decision.outcome.allows()
        );
        let mut world = world;
        if let Some(asked) = enough.authentication {
            let factors = if asked.phishing_resistant { &[Passkey][..] } else { &[Password, Totp] };
            let new = factors.iter().map(|kind| verified(*kind, noon()));
            world.session().factors.extend(new);
        }
        let mut opening = exception("ENOUGH", &[]);
        opening.clauses = enough.relax.into_iter().collect();
        world.relax(opening);
        prop_assert_eq!(world.decide().outcome.allows(), enough.beyond.is_empty());
    }
}
