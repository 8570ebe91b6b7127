//! Enforcement points, systems, devices, networks and restricted items.

use identity_domain::{
    decision::{
        Device, EnforcementPoint, Fact, MfaConsideration, Network, RestrictedItem, Suspension,
        System,
    },
    restricted_item::ItemKind,
};
use kernel::{EnforcementPointId, IncidentId};
use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::AccessPath;

use super::{
    DEVICES, ITEMS, NETWORKS, SECTIONS, SYSTEMS, Said,
    draw::{class, network},
    ids::{device_id, item_id, network_id, section_id, system_id},
};

pub(super) fn say(random: &mut StdRng, said: &mut Said) {
    for (name, path) in [
        ("office", AccessPath::Office),
        ("telework", AccessPath::Telework),
        ("public", AccessPath::PublicLine),
    ] {
        said.all.push(Fact::EnforcementPoint(EnforcementPoint {
            id: EnforcementPointId::try_new(name).expect("an id"),
            workload: name.to_owned(),
            path,
        }));
    }
    for n in 0..SYSTEMS {
        said.all.push(Fact::System(system(random, n)));
        if random.random_bool(0.05) {
            let suspension = Fact::Suspension(Suspension {
                system: system_id(n),
                incident: IncidentId::try_new("I-1").expect("an id"),
            });
            said.say_or_take_back(random, 0.4, suspension);
        }
    }
    for n in 0..DEVICES {
        let section = random.random_range(0..SECTIONS);
        said.all.push(Fact::Device(Device {
            id: device_id(n),
            section: random.random_bool(0.9).then(|| section_id(section)),
            network: None,
            network_class: random.random_bool(0.8).then(|| network(random)),
            internet_mobile: random.random_bool(0.2),
            retired: random.random_bool(0.05),
        }));
    }
    for n in 0..NETWORKS {
        said.all.push(Fact::Network(Network {
            id: network_id(n),
            external: random.random_bool(0.2),
        }));
    }
    let kinds = [
        ItemKind::Specification,
        ItemKind::Folder,
        ItemKind::Equipment,
        ItemKind::Medium,
    ];
    for n in 0..ITEMS {
        said.all.push(Fact::RestrictedItem(RestrictedItem {
            id: item_id(n),
            kind: kinds[n % kinds.len()],
            system: system_id(n * 2),
        }));
    }
}

fn system(random: &mut StdRng, n: usize) -> System {
    let mfa = [
        MfaConsideration::NotRecorded,
        MfaConsideration::Introduced,
        MfaConsideration::NotIntroduced,
    ];
    System {
        id: system_id(n),
        cloud: random.random_bool(0.3),
        telework: random.random_bool(0.2),
        highest_class: random.random_bool(0.9).then(|| class(random)),
        network_class: network(random),
        important: random.random_bool(0.3),
        mfa: *mfa.choose(random).expect("one of them"),
        retired: random.random_bool(0.03),
    }
}
