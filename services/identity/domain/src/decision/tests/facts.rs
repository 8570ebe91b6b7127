//! The snapshot: what is set holds until it is removed, and an older snapshot stays as it was.

use kernel::IncidentId;

use super::*;

fn outcome(facts: &Facts, world: &World) -> Outcome {
    decide(facts, pack::policy(), &world.request).outcome
}

fn suspension(incident: &str) -> Fact {
    Fact::Suspension(Suspension {
        system: system_id(),
        incident: IncidentId::try_new(incident).expect("an id"),
    })
}

// 8-3-(3)-1a: a system stopped under two incidents stays stopped until both are lifted.
#[test]
fn a_suspension_ends_when_the_last_incident_lifts_it() {
    let world = world();
    let mut facts = world.facts();
    for incident in ["I-1", "I-2", "I-1"] {
        facts.apply(FactChange::Set(suspension(incident)));
    }
    facts.apply(FactChange::Removed(suspension("I-1").key()));
    assert_eq!(outcome(&facts, &world), Outcome::Deny);
    facts.apply(FactChange::Removed(suspension("I-2").key()));
    assert_eq!(outcome(&facts, &world), Outcome::Allow);
}

// A system reported by the ledger after it was suspended stays suspended.
#[test]
fn facts_of_different_sources_do_not_overwrite_each_other() {
    let world = world();
    let mut facts = world.facts();
    facts.apply(FactChange::Set(suspension("I-1")));
    let system = world.system.clone().expect("a system");
    facts.apply(FactChange::Set(Fact::System(system)));
    assert_eq!(outcome(&facts, &world), Outcome::Deny);
}

#[test]
fn what_is_removed_no_longer_counts() {
    let cloud = given(|w| {
        w.system().cloud = true;
        w.relax(exception("E-1", &["7-2-(2)-2ア"]));
    });
    let shared = given(|w| w.under_shared_id(Some(shared_id_use())));
    let world = world();
    for (world, fact, allowed) in [
        (
            &world,
            world.system.clone().map(Fact::System),
            Outcome::Allow,
        ),
        (
            &world,
            world.device.clone().map(Fact::Device),
            Outcome::Allow,
        ),
        (
            &world,
            world.person.clone().map(Fact::Person),
            Outcome::Allow,
        ),
        (
            &world,
            world.session.clone().map(Fact::Session),
            Outcome::Allow,
        ),
        (
            &world,
            Some(Fact::Grant(world.grants[0].clone())),
            Outcome::Allow,
        ),
        (
            &shared,
            Some(Fact::SharedIdUse(shared_id_use())),
            Outcome::Allow,
        ),
        (
            &world,
            Some(Fact::EnforcementPoint(world.points[0].clone())),
            Outcome::Allow,
        ),
        (
            &cloud,
            Some(Fact::Relaxation(cloud.relaxations[0].clone())),
            Outcome::AllowByException,
        ),
    ] {
        let fact = fact.expect("a fact of the world");
        let key = fact.key();
        let mut facts = world.facts();
        assert_eq!(outcome(&facts, world), allowed, "{key:?}");
        let earlier = facts.clone();
        facts.apply(FactChange::Removed(key.clone()));
        assert!(!outcome(&facts, world).allows(), "{key:?}");
        assert_eq!(
            outcome(&earlier, world),
            allowed,
            "{key:?} in the older snapshot"
        );
        facts.apply(FactChange::Set(fact));
        assert_eq!(outcome(&facts, world), allowed, "{key:?} set again");
    }
}

// 7-2-(1)-1: a renewal is a second ground; ending the first does not take the second away.
#[test]
fn a_grant_stands_while_any_ground_does() {
    let world = world();
    let mut facts = world.facts();
    let mut renewal = world.grants[0].clone();
    renewal.ground.permit = Some(PermitId::try_new("P-2").expect("an id"));
    facts.apply(FactChange::Set(Fact::Grant(renewal.clone())));
    facts.apply(FactChange::Removed(
        Fact::Grant(world.grants[0].clone()).key(),
    ));
    assert_eq!(outcome(&facts, &world), Outcome::Allow);
    facts.apply(FactChange::Removed(Fact::Grant(renewal).key()));
    assert_eq!(outcome(&facts, &world), Outcome::Deny);
}

#[test]
fn a_privilege_is_no_entitlement_and_ends_apart_from_it() {
    let mut world = given(|w| {
        w.request.action = Action::Administer;
        w.factors(&[standard::FactorKind::Passkey]);
        w.privileged_until(after(60));
    });
    let mut facts = world.facts();
    assert_eq!(outcome(&facts, &world), Outcome::Allow);
    let privilege = world.grants.pop().expect("a grant");
    facts.apply(FactChange::Removed(Fact::Grant(privilege).key()));
    assert_eq!(outcome(&facts, &world), Outcome::Deny);
    world.request.action = Action::Use;
    assert_eq!(outcome(&facts, &world), Outcome::Allow);
}

// 4-4-4 and guarantee G6: no later news brings a lost card or an old token back.
#[test]
fn an_epoch_only_rises_and_what_is_lost_stays_lost() {
    let world = given(|w| w.lost = vec!["password-1"]);
    let mut facts = world.facts();
    let lost = Fact::Lost(Lost {
        person: person_id(),
        credential: CredentialId::new("password-1"),
    });
    facts.apply(FactChange::Removed(lost.key()));
    assert_eq!(outcome(&facts, &world), Outcome::Deny);

    let old = given(|w| w.request.epoch = 6);
    let mut facts = old.facts();
    let epoch = Fact::Epoch(Epoch {
        person: person_id(),
        epoch: 5,
    });
    facts.apply(FactChange::Set(epoch.clone()));
    facts.apply(FactChange::Removed(epoch.key()));
    assert_eq!(outcome(&facts, &old), Outcome::Deny);
}

#[test]
fn an_enabled_account_and_a_vacated_post_are_taken_in() {
    let disabled = given(|w| w.disabled = true);
    let mut facts = disabled.facts();
    assert_eq!(outcome(&facts, &disabled), Outcome::Deny);
    let fact = Fact::Disabled(Disabled {
        person: person_id(),
    });
    facts.apply(FactChange::Removed(fact.key()));
    assert_eq!(outcome(&facts, &disabled), Outcome::Allow);

    let holders = &disabled.holders;
    assert!(facts.holders(&holders.post).is_some());
    facts.apply(FactChange::Removed(Fact::Holders(holders.clone()).key()));
    assert!(facts.holders(&holders.post).is_none());
}

// An exception moved to another system no longer covers the first.
#[test]
fn a_changed_scope_replaces_the_earlier_one() {
    let world = given(|w| {
        w.system().cloud = true;
        w.relax(exception("E-1", &["7-2-(2)-2ア"]));
    });
    let mut facts = world.facts();
    let mut moved = exception("E-1", &["7-2-(2)-2ア"]);
    moved.scope.systems = [SystemId::try_new("SYS-2").expect("an id")].into();
    facts.apply(FactChange::Set(Fact::Relaxation(moved)));
    assert_eq!(outcome(&facts, &world), Outcome::StepUp);
}

#[test]
fn every_fact_survives_its_storage() {
    let world = given(|w| {
        w.privileged_until(after(60));
        w.relax(permit("P-1", &["7-2-(4)-2a"]));
        objects::network(w);
        objects::admitted(w, ItemKind::Folder);
    });
    let facts = [
        world.system.map(Fact::System),
        world.device.map(Fact::Device),
        world.person.map(Fact::Person),
        world.session.map(Fact::Session),
        Some(Fact::Grant(world.grants[2].clone())),
        Some(Fact::Network(world.networks[0].clone())),
        Some(Fact::RestrictedItem(world.items[0].clone())),
        Some(Fact::Disabled(Disabled {
            person: person_id(),
        })),
        Some(Fact::Epoch(Epoch {
            person: person_id(),
            epoch: 1,
        })),
        Some(Fact::Lost(Lost {
            person: person_id(),
            credential: CredentialId::new("c"),
        })),
        Some(Fact::Holders(world.holders)),
        Some(Fact::SharedIdUse(shared_id_use())),
        Some(Fact::EnforcementPoint(world.points[1].clone())),
        Some(Fact::Relaxation(world.relaxations[0].clone())),
        Some(suspension("I-1")),
    ];
    assert_eq!(facts.len(), FactKind::ALL.len());
    for fact in facts.into_iter().flatten() {
        let stored = serde_json::to_string(&fact).expect("JSON");
        assert_eq!(serde_json::from_str::<Fact>(&stored).expect("a fact"), fact);
        let kind = fact.key().kind;
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    assert!("taxes".parse::<FactKind>().is_err());
}
