use standard::Role;

use super::*;
use crate::{
    allowance::Term,
    clauses,
    fixture::{at, caller, code, given, manager, now, person, platform},
};

fn id() -> DeviceId {
    DeviceId::try_new("dev-1").expect("an id")
}

fn net(id: &str) -> NetworkId {
    NetworkId::try_new(id).expect("an id")
}

fn entry(kind: Kind) -> Entry {
    Entry {
        kind,
        section: SectionId::try_new("sec-1").expect("an id"),
        internet_mobile: false,
        person: None,
    }
}

fn register(ownership: Ownership) -> Command {
    Command::Register {
        id: id(),
        entry: entry(Kind::Laptop),
        ownership,
    }
}

fn permit() -> Permit {
    Permit {
        id: PermitId::try_new("per-1").expect("an id"),
        system: None,
        network: Some(net("net-1")),
        device: Some(id()),
        satisfies: vec![clauses::DEVICE_PERMITTED],
        term: Term {
            starts_at: at("2026-04-01T00:00:00Z"),
            ends_at: Some(at("2027-04-01T00:00:00Z")),
        },
    }
}

fn facts(caller: Caller, permits: Vec<Permit>) -> Facts {
    Facts {
        caller,
        section_known: true,
        network: Some(NetworkSide {
            id: net("net-1"),
            class: NetworkClass::Internet,
            external: false,
        }),
        permits,
    }
}

fn registered() -> Vec<Event> {
    vec![Event::Registered {
        id: id(),
        entry: entry(Kind::Laptop),
    }]
}

fn bind() -> Command {
    Command::Bind {
        network: net("net-1"),
    }
}

#[test]
fn a_personal_device_is_never_registered_4_1_9() {
    let facts = facts(manager(), vec![]);
    for history in [vec![], registered()] {
        assert_eq!(
            given::<Device>(
                &history,
                &register(Ownership::Personal),
                &facts,
                &person(now())
            ),
            Err(Refusal::Personal)
        );
        assert!(
            given::<Device>(&history, &register(Ownership::City), &facts, &person(now())).is_ok()
        );
    }
}

#[test]
fn a_device_is_bound_by_a_permit_in_force_for_it_and_the_network_7_2_7_1() {
    type Change = fn(&mut Permit);
    let cases: [(&str, Change, bool); 7] = [
        ("good", |_| (), true),
        (
            "ends now",
            |permit| permit.term.ends_at = Some(now()),
            false,
        ),
        ("no device", |permit| permit.device = None, false),
        ("no network", |permit| permit.network = None, false),
        (
            "another device",
            |permit| permit.device = DeviceId::try_new("dev-2").ok(),
            false,
        ),
        (
            "another network",
            |permit| permit.network = NetworkId::try_new("net-2").ok(),
            false,
        ),
        (
            "another kind of permit",
            |permit| permit.satisfies = vec![clauses::TAKEOUT_RECORD],
            false,
        ),
    ];
    for (why, change, binds) in cases {
        let mut permit = permit();
        change(&mut permit);
        let facts = facts(manager(), vec![permit]);
        let judged = given::<Device>(&registered(), &bind(), &facts, &person(now()));
        if binds {
            let events = judged.expect("bound");
            let [Event::Bound(binding)] = events.as_slice() else {
                panic!("one binding, not {events:?}")
            };
            assert_eq!(binding.permit, PermitId::try_new("per-1").ok());
            assert_eq!(binding.ends_at, Some(at("2027-04-01T00:00:00Z")));
        } else {
            assert_eq!(judged, Err(Refusal::NoPermit(net("net-1"))), "{why}");
        }
    }
}

fn bound() -> Vec<Event> {
    let facts = facts(Caller::default(), vec![permit()]);
    let mut history = registered();
    history.extend(
        given::<Device>(&history, &bind(), &facts, &platform(now())).expect("the permit binds it"),
    );
    history
}

#[test]
fn a_binding_ends_with_its_permit_told_or_not() {
    let device: Device = kernel::replay(&bound());
    let last = at("2027-03-31T23:59:59Z");
    assert!(device.binding_at(last).is_some());
    assert!(device.internet_mobile(device.binding_at(last)));
    let end = at("2027-04-01T00:00:00Z");
    assert_eq!(device.binding_at(end), None);
    assert!(!device.internet_mobile(device.binding_at(end)));
}

#[test]
fn a_revoked_permit_releases_only_what_rests_on_it() {
    let release = |permit: &str| Command::Release {
        permit: PermitId::try_new(permit).expect("an id"),
    };
    let facts = Facts::default();
    let context = platform(now());
    assert_eq!(
        given::<Device>(&bound(), &release("per-2"), &facts, &context),
        Ok(vec![])
    );
    assert_eq!(
        given::<Device>(&bound(), &release("per-1"), &facts, &context),
        Ok(vec![Event::Released])
    );
    assert_eq!(
        given::<Device>(&[], &release("per-1"), &facts, &context),
        Ok(vec![]),
        "a device nobody registered"
    );
}

#[test]
fn an_import_binds_for_the_platform_and_the_network_manager_only() {
    let import = Command::BindAtImport {
        network: net("net-1"),
    };
    let network_manager = facts(caller("sec-9", Role::NetworkManager), vec![]);
    let bound = given::<Device>(&registered(), &import, &network_manager, &person(now()));
    assert!(matches!(bound.as_deref(), Ok([Event::Bound(binding)]) if binding.permit.is_none()));

    let nobody = facts(Caller::default(), vec![]);
    assert!(given::<Device>(&registered(), &import, &nobody, &platform(now())).is_ok());

    let section_head = facts(manager(), vec![]);
    assert_eq!(
        given::<Device>(&registered(), &import, &section_head, &person(now())),
        Err(Refusal::NoPermit(net("net-1")))
    );
    let history = [registered(), bound.expect("bound")].concat();
    assert_eq!(
        given::<Device>(&history, &import, &section_head, &person(now())),
        Ok(vec![]),
        "a file that says what is so already"
    );
}

#[test]
fn a_carried_device_on_the_internet_network_is_an_internet_mobile_3_4_1_6a() {
    let binding = |class| Binding {
        network: net("net-1"),
        class,
        permit: None,
        ends_at: None,
    };
    for (kind, own_line, class, expected) in [
        (Kind::Desktop, false, NetworkClass::Internet, false),
        (Kind::Laptop, false, NetworkClass::Internet, true),
        (Kind::Tablet, false, NetworkClass::Internet, true),
        (Kind::Smartphone, false, NetworkClass::Internet, true),
        (Kind::Laptop, false, NetworkClass::Lgwan, false),
        (Kind::Laptop, true, NetworkClass::Lgwan, true),
    ] {
        let device = Device {
            id: id(),
            entry: Some(Entry {
                internet_mobile: own_line,
                ..entry(kind)
            }),
            binding: Some(binding(class)),
            retired: false,
        };
        assert_eq!(
            device.internet_mobile(device.binding_at(now())),
            expected,
            "{} on {class}",
            kind.as_str()
        );
    }
}

#[test]
fn only_the_sections_keeper_writes_a_device() {
    let stranger = facts(caller("sec-2", Role::InformationManager), vec![permit()]);
    let retire = Command::Retire {
        reason: "廃棄".to_owned(),
    };
    for (history, command) in [
        (vec![], register(Ownership::City)),
        (registered(), register(Ownership::City)),
        (registered(), bind()),
        (registered(), retire),
    ] {
        assert_eq!(
            code(given::<Device>(
                &history,
                &command,
                &stranger,
                &person(now())
            )),
            "not_own_section",
            "{command:?}"
        );
    }
}

#[test]
fn a_retired_device_is_bound_to_nothing_and_its_number_is_not_used_again() {
    let facts = facts(manager(), vec![permit()]);
    let retire = Command::Retire {
        reason: "廃棄".to_owned(),
    };
    let context = person(now());
    assert_eq!(
        code(given::<Device>(&[], &retire, &facts, &context)),
        "device_not_found"
    );
    let mut history = bound();
    history.extend(given::<Device>(&history, &retire, &facts, &context).expect("retired"));
    let device: Device = kernel::replay(&history);
    assert_eq!(device.binding_at(now()), None);
    assert_eq!(
        given::<Device>(&history, &retire, &facts, &context),
        Ok(vec![])
    );
    for command in [register(Ownership::City), bind()] {
        assert_eq!(
            given::<Device>(&history, &command, &facts, &context),
            Err(Refusal::Retired(id())),
            "{command:?}"
        );
    }
}

#[test]
fn kinds_are_read_as_they_are_written() {
    for kind in Kind::ALL {
        assert_eq!(Kind::parse(kind.as_str()), Some(*kind));
    }
    assert_eq!(Kind::parse("server"), None);
}

#[test]
fn the_city_must_have_the_section_in_charge() {
    let unknown = Facts {
        section_known: false,
        ..facts(manager(), vec![])
    };
    assert_eq!(
        code(given::<Device>(
            &[],
            &register(Ownership::City),
            &unknown,
            &person(now())
        )),
        "device_section_unknown"
    );
    assert!(
        given::<Device>(
            &registered(),
            &register(Ownership::City),
            &unknown,
            &person(now())
        )
        .is_ok()
    );
}
