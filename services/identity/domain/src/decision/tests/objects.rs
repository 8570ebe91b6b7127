//! What is managed or kept by means of a system, and whose word a change is (2-3-1, 2-3-3, 2-4-1, 2-5-1,
//! 7-1-(3)-2, 7-2-(5)-1, 7-4-(1)-5).

use kernel::AbsenceId;

use super::{rules::Row, *};

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().expect("an id")
}

fn changing(world: &mut World) {
    world.request.action = Action::Change;
}

fn important(world: &mut World) {
    world.system().important = true;
    changing(world);
}

fn with_authority(world: &mut World) {
    world.request.authority = Authority::Own;
}

pub(super) fn network(world: &mut World) {
    world.networks = vec![Network {
        id: id("NET-1"),
        external: false,
    }];
    world.request.object = Some(Object::Network(id("NET-1")));
}

fn terminal(world: &mut World) {
    world.request.object = Some(Object::Terminal(id("D-1")));
}

/// Asks for an item of that kind, which the world's system keeps.
fn item(world: &mut World, kind: ItemKind) {
    world.items = vec![RestrictedItem {
        id: id("ITEM-1"),
        kind,
        system: system_id(),
    }];
    world.request.object = Some(Object::Item(id("ITEM-1")));
}

fn admission() -> Grant {
    Grant {
        item: Some(id("ITEM-1")),
        ..grant(GrantKind::Use, None)
    }
}

pub(super) fn admitted(world: &mut World, kind: ItemKind) {
    item(world, kind);
    world.grants.push(admission());
}

pub(super) const TABLE: &[Row] = &[
    // 2-3-3
    ("system_authority", Outcome::Deny, changing, |w| {
        changing(w);
        with_authority(w);
    }),
    ("system_authority", Outcome::Deny, changing, |_| ()),
    ("system_authority", Outcome::Deny, changing, important),
    // 2-4-1
    (
        "important_system_authority",
        Outcome::Deny,
        important,
        |w| {
            important(w);
            with_authority(w);
        },
    ),
    (
        "important_system_authority",
        Outcome::Deny,
        important,
        changing,
    ),
    // 2-5-1
    (
        "network_authority",
        Outcome::Deny,
        |w| {
            network(w);
            changing(w);
        },
        |w| {
            network(w);
            changing(w);
            with_authority(w);
        },
    ),
    // Whatever it is called: who works on a network needs authority over it.
    ("network_authority", Outcome::Deny, network, |_| ()),
    (
        "network_unknown",
        Outcome::Deny,
        |w| {
            network(w);
            with_authority(w);
            w.networks.clear();
        },
        |w| {
            network(w);
            with_authority(w);
        },
    ),
    (
        "network_unknown",
        Outcome::Deny,
        |w| {
            network(w);
            with_authority(w);
            w.networks[0].external = true;
        },
        |_| (),
    ),
    // 7-4-(1)-5
    (
        "protection_setting_authority",
        Outcome::Deny,
        |w| {
            terminal(w);
            changing(w);
        },
        |w| {
            terminal(w);
            changing(w);
            with_authority(w);
        },
    ),
    (
        "protection_setting_authority",
        Outcome::Deny,
        terminal,
        |_| (),
    ),
    // 7-1-(3)-2
    (
        "specification_restricted",
        Outcome::Deny,
        |w| item(w, ItemKind::Specification),
        |w| admitted(w, ItemKind::Specification),
    ),
    // 7-2-(5)-1
    (
        "folder_restricted",
        Outcome::Deny,
        |w| item(w, ItemKind::Folder),
        |w| admitted(w, ItemKind::Folder),
    ),
    // 2-3-1
    (
        "equipment_restricted",
        Outcome::Deny,
        |w| item(w, ItemKind::Equipment),
        |w| admitted(w, ItemKind::Equipment),
    ),
    (
        "equipment_restricted",
        Outcome::Deny,
        |w| item(w, ItemKind::Medium),
        |w| item(w, ItemKind::Folder),
    ),
    (
        "equipment_restricted",
        Outcome::Deny,
        |w| {
            admitted(w, ItemKind::Medium);
            w.grants[1].ground.ends_at = Some(noon());
        },
        |w| {
            admitted(w, ItemKind::Medium);
            w.grants[1].ground.ends_at = Some(after(1));
        },
    ),
    (
        "equipment_restricted",
        Outcome::Deny,
        |w| {
            admitted(w, ItemKind::Medium);
            w.grants[1].item = Some(id("ITEM-2"));
        },
        |_| (),
    ),
    // A due review that nobody confirmed ends an admission like any entitlement.
    (
        "folder_restricted",
        Outcome::Deny,
        |w| {
            admitted(w, ItemKind::Folder);
            w.grants[1].review_due = Some(noon());
        },
        |w| {
            admitted(w, ItemKind::Folder);
            w.grants[1].review_due = Some(after(1));
        },
    ),
    (
        "item_unknown",
        Outcome::Deny,
        |w| {
            admitted(w, ItemKind::Folder);
            w.items.clear();
        },
        |w| admitted(w, ItemKind::Folder),
    ),
    (
        "item_unknown",
        Outcome::Deny,
        |w| {
            admitted(w, ItemKind::Folder);
            w.items[0].system = id("SYS-2");
        },
        |_| (),
    ),
];

// Need to know is asked beside everything else, and admits to nothing else.
#[test]
fn an_admission_is_no_registration_for_the_system_and_the_registration_no_admission() {
    let without = given(|w| {
        admitted(w, ItemKind::Folder);
        w.grants.remove(0);
    });
    assert_eq!(codes(&without.decide().reasons), ["entitlement_missing"]);
    let plain = given(|w| {
        w.grants = vec![admission()];
    });
    assert_eq!(codes(&plain.decide().reasons), ["entitlement_missing"]);
    let administering = given(|w| {
        item(w, ItemKind::Folder);
        w.request.action = Action::Administer;
        w.factors(&[standard::FactorKind::Passkey]);
        w.privileged_until(after(60));
    });
    let reasons = administering.decide().reasons;
    assert_eq!(
        codes(&reasons),
        ["folder_restricted"],
        "an administrator needs to know too"
    );
}

// 2-3-3, 2-4-1: the managers may leave it to others, by the permit that relaxes the clause.
#[test]
fn whom_the_manager_permits_changes_the_system_and_no_other() {
    let leave = |clause| move |w: &mut World| w.relax(permit("P-1", &[clause]));
    for (clause, ask) in [("2-3-3", changing as fn(&mut World)), ("2-4-1", important)] {
        let left = given(|w| {
            ask(w);
            leave(clause)(w);
        });
        let decision = left.decide();
        assert_eq!(decision.outcome, Outcome::Allow, "{clause}");
        assert_eq!(decision.relaxed_by[0].id, permit("P-1", &[]).id);
        let other = given(|w| {
            ask(w);
            leave(clause)(w);
            w.relaxations[0].scope.people = [id("S0002")].into();
        });
        assert_eq!(other.decide().outcome, Outcome::Deny, "{clause}");
        let over = given(|w| {
            ask(w);
            leave(clause)(w);
            w.relaxations[0].ends_at = Some(noon());
        });
        assert_eq!(over.decide().outcome, Outcome::Deny, "{clause}");
    }
}

// 2-5-1
#[test]
fn a_permit_to_change_one_network_opens_no_other() {
    let permitted = |networks: &[&str]| {
        given(|w| {
            network(w);
            changing(w);
            w.relax(permit("P-1", &["2-5-1"]));
            w.relaxations[0].scope.networks = networks.iter().map(|one| id(one)).collect();
        })
    };
    let this = permitted(&["NET-1"]).decide();
    assert_eq!(this.outcome, Outcome::Allow);
    assert_eq!(this.relaxed_by[0].id, permit("P-1", &[]).id);
    let other = permitted(&["NET-2"]);
    assert_eq!(other.decide().outcome, Outcome::Deny);
    let explained = explain(&other.facts(), pack::policy(), &other.request);
    let near = explained.rules.iter().find_map(|one| match &one.standing {
        Standing::InTheWay { near, .. } => Some(near.clone()),
        _ => None,
    });
    assert_eq!(near.expect("in the way")[0].miss, Miss::Network);
}

// Nothing relaxes that nobody here has authority over a network of somebody else.
#[test]
fn no_exception_makes_a_foreign_network_the_citys_own() {
    let world = given(|w| {
        network(w);
        w.networks[0].external = true;
        w.relax(exception("E-1", &["2-5-1"]));
    });
    let decision = world.decide();
    assert_eq!(codes(&decision.reasons), ["network_unknown"]);
}

#[test]
fn authority_is_asked_only_where_something_is_to_be_changed() {
    let over = |change: fn(&mut World)| {
        let world = given(change);
        let facts = world.facts();
        world.request.over(&facts).map(|over| format!("{over:?}"))
    };
    assert_eq!(over(|_| ()), None);
    assert_eq!(over(|w| item(w, ItemKind::Folder)), None);
    let system = Some("System(SystemId(\"SYS-1\"))".to_owned());
    assert_eq!(over(changing), system);
    let section = Some("TerminalsOf(SectionId(\"tax\"))".to_owned());
    assert_eq!(over(terminal), section);
    let nobody: fn(&mut World) = |w| {
        terminal(w);
        w.device().retired = true;
    };
    assert_eq!(
        over(nobody),
        None,
        "nobody is in charge of what was retired"
    );
    assert!(over(network).is_some());
}

// 2-6-2, 2-7-2: the decision carries both names.
#[test]
fn who_acts_in_an_absence_is_let_change_it_and_the_decision_says_for_whom() {
    let acting = Authority::Acting {
        principal: id("M1"),
        absence: AbsenceId::try_new("A-1").expect("an id"),
    };
    let decision = given(|w| {
        important(w);
        w.request.authority = acting.clone();
    })
    .decide();
    assert_eq!(decision.outcome, Outcome::Allow);
    assert_eq!(decision.authority, acting);
}

#[test]
fn what_is_asked_about_is_among_the_facts_of_an_explanation() {
    let used = |world: &World| {
        let explained = explain(&world.facts(), pack::policy(), &world.request);
        let keys = explained.facts.into_iter();
        keys.map(|used| (used.key.kind, used.key.id, used.fact.is_some()))
            .collect::<Vec<_>>()
    };
    let stranger = used(&given(|w| item(w, ItemKind::Folder)));
    let missing = (FactKind::Grant, "S0001/SYS-1/use//ITEM-1".to_owned(), false);
    assert!(stranger.contains(&missing), "{stranger:?}");
    let known = (FactKind::RestrictedItem, "ITEM-1".to_owned(), true);
    assert!(stranger.contains(&known), "{stranger:?}");
    let one = used(&given(|w| admitted(w, ItemKind::Folder)));
    let granted = (FactKind::Grant, "S0001/SYS-1/use//ITEM-1".to_owned(), true);
    assert!(one.contains(&granted), "{one:?}");
    let plain = used(&given(|w| w.grants.push(admission())));
    assert!(
        !plain.iter().any(|(_, id, _)| id.ends_with("ITEM-1")),
        "{plain:?}"
    );
    let foreign = used(&given(|w| {
        network(w);
        w.networks.clear();
    }));
    let unknown = (FactKind::Network, "NET-1".to_owned(), false);
    assert!(foreign.contains(&unknown), "{foreign:?}");
}
