//! Sendai's pack says what the standard says.

use std::collections::{BTreeMap, BTreeSet};

use kernel::ClauseId;

use crate::{
    Channel, ClassificationGround, InformationClass, Mode, Pack, Role, ServiceName, ServiceType,
    pack::{Obliged, Verdict},
};

fn pack() -> Pack {
    Pack::sendai().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn all_333_obligations_are_there_once_and_in_order() {
    let pack = pack();
    assert_eq!(pack.clauses().len(), 333);
    let ids: BTreeSet<_> = pack.clauses().iter().map(|clause| &clause.id).collect();
    assert_eq!(ids.len(), 333);
    assert_eq!(pack.clauses()[0].id, ClauseId::known("1-1-1"));
    assert_eq!(pack.clauses()[332].id, ClauseId::known("10-3-1b"));
    for clause in pack.clauses() {
        assert_eq!(pack.clause(&clause.id), Some(clause));
    }
    assert_eq!(pack.clause(&ClauseId::known("7-9-99")), None);
}

#[test]
fn every_obligation_has_the_service_and_mode_it_was_judged_to_need() {
    use Mode::{Attest, Enforce, Record, Schedule, Workflow};
    use ServiceName::{Approvals, Audit, Identity, Incidents, Ledger};
    let expected = BTreeMap::from([
        ((Identity, Enforce), 29),
        ((Identity, Workflow), 4),
        ((Identity, Record), 13),
        ((Identity, Schedule), 2),
        ((Ledger, Enforce), 25),
        ((Ledger, Record), 30),
        ((Ledger, Schedule), 4),
        ((Ledger, Attest), 9),
        ((Approvals, Enforce), 10),
        ((Approvals, Workflow), 37),
        ((Approvals, Schedule), 5),
        ((Approvals, Attest), 6),
        ((Incidents, Enforce), 1),
        ((Incidents, Workflow), 28),
        ((Incidents, Record), 5),
        ((Incidents, Schedule), 1),
        ((Incidents, Attest), 1),
        ((Audit, Enforce), 5),
        ((Audit, Workflow), 13),
        ((Audit, Record), 6),
        ((Audit, Schedule), 21),
        ((Audit, Attest), 78),
    ]);
    let mut counted = BTreeMap::new();
    for clause in pack().clauses() {
        *counted.entry((clause.service, clause.mode)).or_insert(0) += 1;
    }
    assert_eq!(counted, expected);
}

#[test]
fn a_row_is_read_whole() {
    let pack = pack();
    let clause = pack.clause(&ClauseId::known("2-3-4b")).expect("there");
    assert_eq!(clause.title_ja, "不在時緊急対応の事前決定");
    assert_eq!(
        clause.obliged,
        Obliged::Roles(vec![Role::InformationManager])
    );
    assert_eq!(
        (clause.service, clause.mode),
        (ServiceName::Identity, Mode::Record)
    );
    assert_eq!(clause.also, [Mode::Schedule]);
    let setup = pack.clause(&ClauseId::known("1-1-1")).expect("there");
    assert_eq!(setup.obliged, Obliged::City);
}

#[test]
fn every_ground_of_classification_names_a_clause_of_the_pack() {
    let pack = pack();
    for ground in ClassificationGround::ALL {
        for class in InformationClass::ALL {
            if let Some(clause) = ground.clause(*class) {
                assert!(pack.clause(&clause).is_some(), "{clause}");
                assert!(pack.class(*class).clauses.contains(&clause), "{clause}");
            }
        }
    }
}

#[test]
fn a_role_collision_climbs_until_the_ciso_whom_the_auditor_witnesses() {
    let pack = pack();
    for (role, up) in [
        (Role::InformationManager, Some(Role::BureauManager)),
        (Role::SystemManager, Some(Role::BureauManager)),
        (Role::BureauManager, Some(Role::Ciso)),
        (Role::NetworkManager, Some(Role::Ciso)),
        (Role::Ciso, None),
    ] {
        assert_eq!(pack.role(role).up, up, "{role}");
    }
    assert_eq!(pack.role(Role::Ciso).witness, Some(Role::Auditor));
    for role in Role::ALL {
        let mut at = *role;
        let climbed = (0..Role::ALL.len()).any(|_| match pack.role(at).up {
            Some(up) => {
                at = up;
                false
            }
            None => true,
        });
        assert!(climbed && at == Role::Ciso, "{role} never reaches the CISO");
    }
}

#[test]
fn what_may_go_where_follows_class_and_service_type() {
    let pack = pack();
    for (service, sensitive, verdict_iii, clause) in [
        (
            ServiceType::TermsOnly,
            Verdict::Refused,
            Verdict::Allowed,
            "3-4-(6)-1",
        ),
        (
            ServiceType::Negotiated,
            Verdict::Needs,
            Verdict::Allowed,
            "3-4-(7)-1",
        ),
        (
            ServiceType::Government,
            Verdict::Needs,
            Verdict::Allowed,
            "3-4-(8)-1",
        ),
        (
            ServiceType::Outsourcing,
            Verdict::Needs,
            Verdict::Allowed,
            "4-2-(1)-1a",
        ),
    ] {
        for class in InformationClass::ALL {
            let cell = pack.matrix(service, *class);
            let expected = if class.is_sensitive() {
                sensitive
            } else {
                verdict_iii
            };
            assert_eq!(cell.verdict, expected, "{service} {class}");
            assert_eq!(cell.allowed(), expected != Verdict::Refused);
            assert_eq!(cell.fields.is_empty(), expected != Verdict::Needs);
            if class.is_sensitive() {
                assert_eq!(cell.clause, ClauseId::known(clause));
            }
        }
    }
}

#[test]
fn what_may_go_by_which_channel_follows_class() {
    let pack = pack();
    for (channel, sensitive, clause) in [
        (Channel::MailAttachment, Verdict::Needs, "7-1-(7)-6"),
        (Channel::Webform, Verdict::Needs, "7-1-(7)-2b"),
        (Channel::Social, Verdict::Refused, "7-10-3"),
    ] {
        for class in InformationClass::ALL {
            let cell = pack.channel(channel, *class);
            if class.is_sensitive() {
                assert_eq!(cell.verdict, sensitive, "{channel} {class}");
                assert_eq!(cell.clause, ClauseId::known(clause));
            } else {
                assert_eq!(cell.verdict, Verdict::Allowed, "{channel} {class}");
            }
        }
    }
}

#[test]
fn lost_cards_leavers_records_and_the_limits_of_exceptions_are_never_relaxed() {
    let pack = pack();
    for never in [
        "3-4-(1)-1",
        "4-4-4",
        "7-2-(9)-1",
        "7-1-(4)-1",
        "8-4-(1)-1",
        "8-4-(2)-2",
    ] {
        assert!(!pack.may_relax(&ClauseId::known(never)), "{never}");
    }
    assert!(pack.may_relax(&ClauseId::known("7-2-(4)-2a")));
    assert!(!pack.may_relax(&ClauseId::known("no such clause")));
}

#[test]
fn the_cloud_checklist_has_a_version_and_a_dozen_different_questions() {
    let pack = pack();
    let list = pack.checklist("cloud_criteria").expect("there");
    assert_eq!(list.clause, ClauseId::known("3-4-(9)-1"));
    assert!(!list.version.is_empty());
    let ids: BTreeSet<_> = list.items.iter().map(|item| &item.id).collect();
    assert_eq!(ids.len(), 12);
}
