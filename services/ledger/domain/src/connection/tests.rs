mod exceptions;

use kernel::{ExceptionId, Kind, PermitId, Refusal as _};
use standard::{InformationClass, NetworkClass, Role};

use super::*;
use crate::{
    allowance::{AllowedBy, Exception, Permit, Term},
    clauses,
    fixture::{at, caller, code, given, manager, now, person, platform},
};

use NetworkClass::{Independent, Internet, Lgwan, MyNumber};

fn system(network_class: NetworkClass, personal_information: bool) -> SystemSide {
    SystemSide {
        id: SystemId::try_new("sys-1").expect("an id"),
        network_class,
        personal_information,
        highest_class: Some(InformationClass::I),
    }
}

fn network(class: NetworkClass, external: bool) -> NetworkSide {
    NetworkSide {
        id: NetworkId::try_new("net-1").expect("an id"),
        class,
        external,
    }
}

fn term(starts: &str, ends: Option<&str>) -> Term {
    Term {
        starts_at: at(starts),
        ends_at: ends.map(at),
    }
}

fn in_force() -> Term {
    term("2026-04-01T00:00:00Z", Some("2027-04-01T00:00:00Z"))
}

fn permit(id: &str, satisfies: &[ClauseId]) -> Permit {
    Permit {
        id: PermitId::try_new(id).expect("an id"),
        system: Some(SystemId::try_new("sys-1").expect("an id")),
        network: Some(NetworkId::try_new("net-1").expect("an id")),
        device: None,
        satisfies: satisfies.to_vec(),
        term: in_force(),
    }
}

fn exception(clauses: &[ClauseId]) -> Exception {
    Exception {
        id: ExceptionId::try_new("exc-1").expect("an id"),
        systems: vec![SystemId::try_new("sys-1").expect("an id")],
        clauses: clauses.to_vec(),
        class_ceiling: Some(InformationClass::I),
        term: in_force(),
    }
}

fn with_permits(permits: Vec<Permit>) -> Allowances {
    Allowances {
        permits,
        exceptions: Vec::new(),
    }
}

fn facts(system: SystemSide, network: NetworkSide, allowances: Allowances) -> Facts {
    Facts {
        caller: manager(),
        owner_section: SectionId::try_new("sec-1").expect("an id"),
        system: Some(system),
        network: Some(network),
        allowances,
    }
}

fn register() -> Command {
    Command::Register {
        id: ConnectionId::try_new("con-1").expect("an id"),
        system: SystemId::try_new("sys-1").expect("an id"),
        network: NetworkId::try_new("net-1").expect("an id"),
    }
}

#[test]
fn each_rule_stands_against_exactly_its_connections() {
    let closed = clauses::MY_NUMBER_CLOSED;
    let apart = clauses::LGWAN_APART;
    let personal = clauses::PERSONAL_INFORMATION_CLOSED;
    let outside = clauses::EXTERNAL_PERMITTED;
    #[rustfmt::skip]
    let table: &[(NetworkClass, bool, NetworkClass, bool, &[&ClauseId])] = &[
        // system on, personal information, network, external, clauses against it
        (MyNumber,    true,  MyNumber,    false, &[]),
        (MyNumber,    false, Independent, false, &[&closed]),
        (MyNumber,    false, Lgwan,       false, &[&closed]),
        (MyNumber,    false, Internet,    false, &[&closed]),
        (MyNumber,    false, MyNumber,    true,  &[&closed, &outside]),
        (MyNumber,    true,  Internet,    true,  &[&closed, &personal, &outside]),
        (Lgwan,       false, MyNumber,    false, &[&closed]),
        (Lgwan,       true,  Lgwan,       false, &[]),
        (Lgwan,       false, Internet,    false, &[&apart]),
        (Internet,    false, Lgwan,       false, &[&apart]),
        (Lgwan,       false, Internet,    true,  &[&apart, &outside]),
        (Lgwan,       false, Lgwan,       true,  &[&outside]),
        (Lgwan,       false, Independent, false, &[]),
        (Internet,    true,  Internet,    false, &[]),
        (Internet,    true,  Internet,    true,  &[&personal, &outside]),
        (Internet,    false, Internet,    true,  &[&outside]),
        (Independent, false, Internet,    false, &[]),
        (Independent, true,  Independent, false, &[]),
    ];
    for (on, handles_personal, to, external, expected) in table {
        let judgement = judge(
            &system(*on, *handles_personal),
            &network(*to, *external),
            &Allowances::default(),
            now(),
        );
        let forbidden: Vec<&ClauseId> = judgement.forbidden.iter().collect();
        assert_eq!(
            forbidden, *expected,
            "{on} (personal: {handles_personal}) to {to} (external: {external})"
        );
        assert!(judgement.relaxations.is_empty());
    }
}

#[test]
fn a_forbidden_connection_is_refused_with_all_its_clauses_and_leaves_nothing() {
    let facts = facts(
        system(MyNumber, true),
        network(Internet, true),
        Allowances::default(),
    );
    let refusal =
        given::<Connection>(&[], &register(), &facts, &person(now())).expect_err("a refusal");
    assert_eq!(refusal.kind(), Kind::Precondition);
    assert_eq!(
        refusal.clauses(),
        [
            clauses::MY_NUMBER_CLOSED,
            clauses::PERSONAL_INFORMATION_CLOSED,
            clauses::EXTERNAL_PERMITTED
        ]
    );
}

#[test]
fn a_permit_in_force_for_this_system_and_network_relaxes_its_clause_and_is_on_record() {
    let granted = permit("per-1", &[clauses::MY_NUMBER_CLOSED]);
    let facts = facts(
        system(MyNumber, false),
        network(Lgwan, false),
        with_permits(vec![granted.clone()]),
    );
    let events =
        given::<Connection>(&[], &register(), &facts, &person(now())).expect("a connection");
    let [Event::Registered { relaxations, .. }] = events.as_slice() else {
        panic!("one registration, not {events:?}")
    };
    assert_eq!(
        relaxations.as_slice(),
        [Relaxation {
            clause: clauses::MY_NUMBER_CLOSED,
            by: AllowedBy::Permit(granted.id),
            term: in_force(),
        }]
    );
}

#[test]
fn every_clause_needs_its_own_permit() {
    let personal = permit("per-1", &[clauses::PERSONAL_INFORMATION_CLOSED]);
    let external = permit("per-2", &[clauses::EXTERNAL_PERMITTED]);
    for (permits, forbidden) in [
        (vec![personal.clone()], vec![clauses::EXTERNAL_PERMITTED]),
        (
            vec![external.clone()],
            vec![clauses::PERSONAL_INFORMATION_CLOSED],
        ),
        (vec![personal, external], vec![]),
    ] {
        let judgement = judge(
            &system(Internet, true),
            &network(Internet, true),
            &with_permits(permits),
            now(),
        );
        assert_eq!(judgement.forbidden, forbidden);
    }
}

#[test]
fn a_permit_relaxes_nothing_outside_its_term_its_system_or_its_network() {
    let good = permit("per-1", &[clauses::EXTERNAL_PERMITTED]);
    let other_system = SystemId::try_new("sys-2").expect("an id");
    let other_network = NetworkId::try_new("net-2").expect("an id");
    let with_term = |starts, ends| Permit {
        term: term(starts, ends),
        ..good.clone()
    };
    for (why, bad) in [
        (
            "ends now",
            with_term("2026-04-01T00:00:00Z", Some("2026-06-01T00:00:00Z")),
        ),
        (
            "not begun",
            with_term("2026-06-01T00:00:00.000000001Z", None),
        ),
        (
            "another system",
            Permit {
                system: Some(other_system),
                ..good.clone()
            },
        ),
        (
            "no system",
            Permit {
                system: None,
                ..good.clone()
            },
        ),
        (
            "another network",
            Permit {
                network: Some(other_network),
                ..good.clone()
            },
        ),
        (
            "no network",
            Permit {
                network: None,
                ..good.clone()
            },
        ),
        (
            "another clause",
            permit("per-2", &[clauses::MY_NUMBER_CLOSED]),
        ),
    ] {
        let facts = facts(
            system(Internet, false),
            network(Internet, true),
            with_permits(vec![bad]),
        );
        assert_eq!(
            given::<Connection>(&[], &register(), &facts, &person(now())),
            Err(Refusal::Forbidden(vec![clauses::EXTERNAL_PERMITTED])),
            "{why}"
        );
    }
    let begins_now = with_term("2026-06-01T00:00:00Z", None);
    let facts = facts(
        system(Internet, false),
        network(Internet, true),
        with_permits(vec![begins_now]),
    );
    assert!(given::<Connection>(&[], &register(), &facts, &person(now())).is_ok());
}

fn connected() -> Vec<Event> {
    let facts = facts(
        system(Internet, false),
        network(Internet, true),
        with_permits(vec![permit("per-1", &[clauses::EXTERNAL_PERMITTED])]),
    );
    given::<Connection>(&[], &register(), &facts, &person(now())).expect("a connection")
}

#[test]
fn when_the_permit_ends_the_connection_is_forbidden_without_anyone_being_told() {
    let connection: Connection = kernel::replay(&connected());
    assert_eq!(connection.forbidden_at(now()), []);
    assert_eq!(
        connection.forbidden_at(at("2027-03-31T23:59:59Z")),
        [],
        "the last second is inside"
    );
    assert_eq!(
        connection.forbidden_at(at("2027-04-01T00:00:00Z")),
        [clauses::EXTERNAL_PERMITTED]
    );
}

#[test]
fn a_connection_judged_again_stays_on_record_with_what_stands_against_it() {
    let revoked = facts(
        system(Internet, true),
        network(Internet, true),
        Allowances::default(),
    );
    let mut history = connected();
    let events = given::<Connection>(&history, &Command::Rejudge, &revoked, &platform(now()))
        .expect("a judgement");
    assert_eq!(
        events,
        [Event::Rejudged {
            relaxations: vec![],
            forbidden: vec![
                clauses::PERSONAL_INFORMATION_CLOSED,
                clauses::EXTERNAL_PERMITTED
            ],
        }]
    );
    history.extend(events);
    let again = given::<Connection>(&history, &Command::Rejudge, &revoked, &platform(now()));
    assert_eq!(again, Ok(vec![]), "nothing changed since");
    let connection: Connection = kernel::replay(&history);
    assert_eq!(connection.life, Life::Live);
    assert_eq!(connection.forbidden_at(now()).len(), 2);
}

#[test]
fn the_owner_section_and_the_network_manager_write_connections_nobody_else() {
    let base = facts(
        system(Lgwan, false),
        network(Lgwan, false),
        Allowances::default(),
    );
    for (who, may) in [
        (manager(), true),
        (caller("sec-9", Role::NetworkManager), true),
        (caller("sec-2", Role::InformationManager), false),
        (caller("sec-1", Role::Staff), false),
    ] {
        let facts = Facts {
            caller: who.clone(),
            ..base.clone()
        };
        let entered = given::<Connection>(&[], &register(), &facts, &person(now()));
        assert_eq!(entered.is_ok(), may, "{who:?}");
        let removed = given::<Connection>(
            &connected(),
            &Command::Remove {
                reason: "線を撤去".to_owned(),
            },
            &facts,
            &person(now()),
        );
        assert_eq!(removed.is_ok(), may, "{who:?}");
    }
}

#[test]
fn what_the_ledger_does_not_know_cannot_be_connected() {
    let base = facts(
        system(Lgwan, false),
        network(Lgwan, false),
        Allowances::default(),
    );
    let no_system = Facts {
        system: None,
        ..base.clone()
    };
    let no_network = Facts {
        network: None,
        ..base
    };
    let context = person(now());
    assert_eq!(
        code(given::<Connection>(&[], &register(), &no_system, &context)),
        "connection_system_unknown"
    );
    assert_eq!(
        code(given::<Connection>(&[], &register(), &no_network, &context)),
        "connection_network_unknown"
    );
}

#[test]
fn a_repeat_changes_nothing_and_a_number_keeps_its_ends() {
    let facts = facts(
        system(Internet, false),
        network(Internet, true),
        with_permits(vec![permit("per-1", &[clauses::EXTERNAL_PERMITTED])]),
    );
    let mut history = connected();
    let context = person(now());
    assert_eq!(
        given::<Connection>(&history, &register(), &facts, &context),
        Ok(vec![])
    );
    let elsewhere = Command::Register {
        id: ConnectionId::try_new("con-1").expect("an id"),
        system: SystemId::try_new("sys-1").expect("an id"),
        network: NetworkId::try_new("net-2").expect("an id"),
    };
    assert_eq!(
        code(given::<Connection>(&history, &elsewhere, &facts, &context)),
        "connection_exists"
    );
    let remove = Command::Remove {
        reason: "廃止".to_owned(),
    };
    assert_eq!(
        code(given::<Connection>(&[], &remove, &facts, &context)),
        "connection_not_found"
    );
    history.extend(given::<Connection>(&history, &remove, &facts, &context).expect("removed"));
    assert_eq!(
        given::<Connection>(&history, &remove, &facts, &context),
        Ok(vec![])
    );
    assert_eq!(
        code(given::<Connection>(&history, &register(), &facts, &context)),
        "connection_removed"
    );
}

/// By this an application for an exception is judged (8-4-(1)-1).
#[test]
fn the_pack_lists_exactly_the_rules_of_connections() {
    use std::collections::BTreeSet;
    let pack = standard::Pack::sendai().expect("the built-in pack");
    let listed: BTreeSet<&ClauseId> = pack
        .rules()
        .filter(|(ruled, _)| *ruled == standard::pack::Ruled::Connection)
        .flat_map(|(_, clauses)| clauses)
        .collect();
    let rules: BTreeSet<&ClauseId> = super::judge::clauses().collect();
    assert_eq!(listed, rules);
}
