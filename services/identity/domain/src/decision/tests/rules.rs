//! Each rule: when it applies, and the nearest case in which it does not.

use kernel::IncidentId;
use standard::FactorKind::{IcCard, Passkey, Password, RecoveryCode, Totp};

use super::*;

/// Rule, outcome where it applies, the case, and the nearest case where it does not apply.
pub(super) type Row = (&'static str, Outcome, fn(&mut World), fn(&mut World));

pub(super) fn sensitive_cloud(world: &mut World) {
    world.system().cloud = true;
}

fn administering(world: &mut World) {
    world.request.action = Action::Administer;
    world.factors(&[Passkey]);
    world.privileged_until(after(1));
}

pub(super) fn class_i(world: &mut World) {
    world.system().highest_class = Some(InformationClass::I);
}

const TABLE: &[Row] = &[
    // 3-4-(1)-1
    (
        "enforcement_point_unknown",
        Outcome::Deny,
        |w| w.from("nobody"),
        |w| w.from("office"),
    ),
    (
        "session_not_live",
        Outcome::Deny,
        |w| w.session = None,
        |_| (),
    ),
    (
        "session_not_live",
        Outcome::Deny,
        |w| w.session().person = PersonId::try_new("S0002").expect("an id"),
        |w| w.session().person = person_id(),
    ),
    (
        "epoch_outdated",
        Outcome::Deny,
        |w| w.request.epoch = 6,
        |w| w.request.epoch = 7,
    ),
    (
        "epoch_outdated",
        Outcome::Deny,
        |w| w.epoch = Some(8),
        |w| w.request.epoch = 8,
    ),
    (
        "snapshot_stale",
        Outcome::Deny,
        |w| w.request.as_of = None,
        |w| {
            w.request.as_of = None;
            w.system().highest_class = Some(InformationClass::III);
        },
    ),
    // 7-2-(9)-1
    ("person_unknown", Outcome::Deny, |w| w.person = None, |_| ()),
    (
        "account_disabled",
        Outcome::Deny,
        |w| w.disabled = true,
        |w| w.disabled = false,
    ),
    // 4-4-4
    (
        "credential_lost",
        Outcome::Deny,
        |w| w.lost = vec!["password-1"],
        |w| w.lost = vec!["ic_card-1"],
    ),
    // 7-2-(3)-2
    ("system_unknown", Outcome::Deny, |w| w.system = None, |_| ()),
    (
        "system_retired",
        Outcome::Deny,
        |w| w.system().retired = true,
        |w| w.system().retired = false,
    ),
    // 7-2-(1)-1, 7-2-(3)-2
    (
        "entitlement_missing",
        Outcome::Deny,
        |w| w.grants.clear(),
        |_| (),
    ),
    (
        "entitlement_missing",
        Outcome::Deny,
        |w| {
            w.grants[0].system = SystemId::try_new("SYS-2").expect("an id");
        },
        |_| (),
    ),
    // 8-3-(3)-1a
    (
        "system_suspended",
        Outcome::Deny,
        |w| {
            w.suspensions = vec![Suspension {
                system: system_id(),
                incident: IncidentId::try_new("I-1").expect("an id"),
            }];
        },
        |w| {
            w.suspensions = vec![Suspension {
                system: SystemId::try_new("SYS-2").expect("an id"),
                incident: IncidentId::try_new("I-1").expect("an id"),
            }];
        },
    ),
    // 7-8-3
    (
        "rpa_own_id",
        Outcome::Deny,
        |w| w.request.automated = true,
        |w| {
            w.request.automated = true;
            if let Some(person) = &mut w.person {
                person.robot = Some(AccessPath::Office);
            }
        },
    ),
    // 7-8-3
    (
        "rpa_path",
        Outcome::Deny,
        |w| {
            if let Some(person) = &mut w.person {
                person.robot = Some(AccessPath::Telework);
            }
        },
        |w| {
            if let Some(person) = &mut w.person {
                person.robot = Some(AccessPath::Office);
            }
        },
    ),
    // 4-3-2: in one's own name, in the session in which it was checked out, for its own system.
    (
        "shared_id_not_checked_out",
        Outcome::Deny,
        |w| w.under_shared_id(None),
        |w| w.under_shared_id(Some(shared_id_use())),
    ),
    (
        "shared_id_not_checked_out",
        Outcome::Deny,
        |w| {
            w.under_shared_id(Some(SharedIdUse {
                person: PersonId::try_new("S0002").expect("an id"),
                ..shared_id_use()
            }));
        },
        |_| (),
    ),
    (
        "shared_id_not_checked_out",
        Outcome::Deny,
        |w| {
            w.under_shared_id(Some(SharedIdUse {
                session: SessionId::try_new("session-2").expect("an id"),
                ..shared_id_use()
            }));
        },
        |_| (),
    ),
    (
        "shared_id_not_checked_out",
        Outcome::Deny,
        |w| {
            w.under_shared_id(Some(SharedIdUse {
                system: SystemId::try_new("SYS-2").expect("an id"),
                ..shared_id_use()
            }));
        },
        |_| (),
    ),
    // 7-2-(4)-2a
    (
        "public_line",
        Outcome::Deny,
        |w| w.from("public"),
        |w| w.from("telework"),
    ),
    // 3-4-(1の2)-1, 4-1-7: over telework a registered device is needed, in the office none.
    (
        "telework_device",
        Outcome::Deny,
        |w| {
            w.from("telework");
            w.request.device = None;
        },
        |w| w.request.device = None,
    ),
    (
        "telework_device",
        Outcome::Deny,
        |w| {
            w.from("telework");
            w.device().retired = true;
        },
        |w| w.from("telework"),
    ),
    // 7-2-(4)-1: only what is offered there is reached from outside.
    (
        "external_access",
        Outcome::Deny,
        |w| w.from("telework"),
        |w| {
            w.from("telework");
            w.system().telework = true;
        },
    ),
    (
        "external_access",
        Outcome::Deny,
        |w| w.from("telework"),
        |w| {
            w.from("telework");
            w.system().cloud = true;
        },
    ),
    // 4-1-8, 4-1-9
    (
        "device_unregistered",
        Outcome::Deny,
        |w| w.device = None,
        |w| w.request.device = None,
    ),
    (
        "device_unregistered",
        Outcome::Deny,
        |w| w.device().retired = true,
        |_| (),
    ),
    // 7-2-(7)-2
    (
        "device_other_network",
        Outcome::Deny,
        |w| w.device().network_class = Some(NetworkClass::Internet),
        |w| w.device().network_class = None,
    ),
    // 3-4-(1)-6a
    (
        "mobile_record",
        Outcome::Deny,
        |w| {
            w.device().internet_mobile = true;
            w.request.action = Action::Record;
        },
        |w| w.device().internet_mobile = true,
    ),
    (
        "mobile_record",
        Outcome::Deny,
        |w| {
            w.device().internet_mobile = true;
            w.request.action = Action::Export;
        },
        |w| w.request.action = Action::Export,
    ),
    (
        "mobile_record",
        Outcome::Deny,
        |w| {
            w.device().internet_mobile = true;
            w.request.action = Action::Record;
            w.system().highest_class = Some(InformationClass::III);
            w.request.class = Some(InformationClass::II);
        },
        |w| {
            w.device().internet_mobile = true;
            w.request.action = Action::Record;
            w.system().highest_class = Some(InformationClass::III);
        },
    ),
    // 3-6-(1)-イ-1b: whatever the class and the device.
    (
        "my_number_takeout",
        Outcome::Deny,
        |w| {
            w.system().network_class = NetworkClass::MyNumber;
            w.system().highest_class = Some(InformationClass::III);
            w.request.action = Action::Export;
        },
        |w| w.request.action = Action::Export,
    ),
    (
        "my_number_takeout",
        Outcome::Deny,
        |w| {
            w.system().network_class = NetworkClass::MyNumber;
            w.request.action = Action::Record;
        },
        |w| w.system().network_class = NetworkClass::MyNumber,
    ),
    // 3-4-(1)-1: a recovery code proves nothing.
    (
        "authentication",
        Outcome::StepUp,
        |w| w.factors(&[RecoveryCode]),
        |w| w.factors(&[Password]),
    ),
    // 7-2-(2)-2ア: whatever path the request takes.
    ("mfa_cloud", Outcome::StepUp, sensitive_cloud, |w| {
        sensitive_cloud(w);
        w.system().highest_class = Some(InformationClass::III);
    }),
    (
        "mfa_cloud",
        Outcome::StepUp,
        |w| {
            sensitive_cloud(w);
            w.from("telework");
        },
        |w| w.from("telework"),
    ),
    // 7-2-(2)-2イ: also when reached from the office.
    (
        "mfa_telework",
        Outcome::StepUp,
        |w| w.system().telework = true,
        |w| {
            w.system().telework = true;
            w.system().highest_class = Some(InformationClass::III);
        },
    ),
    // 3-6-(1)-イ-1a: whatever class.
    (
        "mfa_my_number",
        Outcome::StepUp,
        |w| {
            w.system().network_class = NetworkClass::MyNumber;
            w.device().network_class = Some(NetworkClass::MyNumber);
            w.system().highest_class = Some(InformationClass::III);
        },
        |w| w.system().highest_class = Some(InformationClass::III),
    ),
    // 7-2-(2)-1
    (
        "mfa_introduced",
        Outcome::StepUp,
        |w| {
            class_i(w);
            w.system().mfa = MfaConsideration::Introduced;
        },
        |w| w.system().mfa = MfaConsideration::Introduced,
    ),
    (
        "mfa_introduced",
        Outcome::StepUp,
        |w| {
            w.system().highest_class = Some(InformationClass::S);
            w.system().mfa = MfaConsideration::Introduced;
        },
        |w| {
            w.system().highest_class = Some(InformationClass::S);
            w.system().mfa = MfaConsideration::NotIntroduced;
        },
    ),
    // 7-2-(8)-1a
    (
        "privilege_missing",
        Outcome::Deny,
        |w| {
            administering(w);
            w.grants.pop();
        },
        administering,
    ),
    // 7-2-(8)-3
    (
        "privilege_factor",
        Outcome::StepUp,
        |w| {
            administering(w);
            w.factors(&[Password, Totp]);
        },
        |w| w.factors(&[Password, Totp]),
    ),
];

#[test]
fn nothing_stands_in_the_way_of_an_ordinary_access() {
    let decision = world().decide();
    assert_eq!(decision.outcome, Outcome::Allow);
    assert!(decision.reasons.is_empty());
    assert!(decision.duties.is_empty());
    assert!(decision.step_up.is_none());
    assert_eq!(decision.path, Some(AccessPath::Office));
    assert_eq!(decision.class, InformationClass::II);
    // Even a plain allow names the clauses it was judged by.
    assert_eq!(rule_ids(&decision), ["authentication", "class_ii_fresh"]);
}

#[test]
fn each_rule_refuses_or_asks_where_it_applies_and_only_there() {
    let rows = TABLE.iter().chain(super::objects::TABLE);
    for (at, (rule, outcome, hit, miss)) in rows.enumerate() {
        let decision = given(hit).decide();
        let name = format!("row {at}, {rule}");
        assert_eq!(decision.outcome, *outcome, "{name}");
        assert!(codes(&decision.reasons).contains(rule), "{name}");
        assert!(rule_ids(&decision).contains(rule), "{name}");

        let decision = given(miss).decide();
        assert!(!codes(&decision.reasons).contains(rule), "{name}: miss");
    }
}

#[test]
fn every_rule_is_in_the_table_or_has_a_test_of_its_own() {
    let own = [
        "important_fresh",
        "sensitive_fresh",
        "class_ii_fresh",
        "mfa_consideration_missing",
        "class_unrecorded",
    ];
    let rows = || TABLE.iter().chain(super::objects::TABLE);
    for rule in RULES {
        assert!(
            own.contains(&rule.id) || rows().any(|(id, ..)| *id == rule.id),
            "{}",
            rule.id
        );
    }
}

// 7-2-(2)-2ア, 7-2-(2)-2イ, 3-6-(1)-イ-1a: two different categories, not two factors.
#[test]
fn two_categories_means_two_different_ones() {
    for (kinds, outcome) in [
        (&[][..], Outcome::StepUp),
        (&[Password], Outcome::StepUp),
        (&[Totp], Outcome::StepUp),
        (&[Password, Password], Outcome::StepUp),
        (&[Password, RecoveryCode], Outcome::StepUp),
        (&[Password, Totp], Outcome::Allow),
        (&[Passkey], Outcome::Allow),
        (&[IcCard], Outcome::Allow),
    ] {
        let decision = given(|w| {
            sensitive_cloud(w);
            w.factors(kinds);
        })
        .decide();
        assert_eq!(decision.outcome, outcome, "{kinds:?}");
    }
}

// 7-2-(9)-1 and 4-4-4 hold for every system, path and action.
#[test]
fn who_left_and_whose_card_is_lost_gets_in_nowhere() {
    for point in ["office", "telework", "public"] {
        for action in Action::ALL {
            for change in [(|w: &mut World| w.disabled = true) as fn(&mut World), |w| {
                w.lost = vec!["passkey-1"]
            }] {
                let decision = given(|w| {
                    administering(w);
                    w.request.action = action;
                    w.from(point);
                    w.relax(exception("E-1", &["4-4-4", "7-2-(9)-1", "7-2-(4)-2a"]));
                    change(w);
                })
                .decide();
                assert_eq!(decision.outcome, Outcome::Deny, "{point} {action}");
                assert!(decision.relaxed_by.is_empty());
            }
        }
    }
}
