//! Exceptions and permits of a random city: wide enough that requests meet them, and each bounded in some
//! way now and then.

use std::collections::BTreeSet;

use identity_domain::decision::{Fact, Relaxation, RelaxationId, Scope};
use jiff::Timestamp;
use kernel::{ClauseId, ExceptionId, PermitId};
use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{AccessPath, Pack, pack::Ruled};

use super::{
    DEVICES, NETWORKS, PEOPLE, SECTIONS, SYSTEMS, Said,
    draw::{class, edge, seconds, some},
    ids::{device_id, network_id, person_id, post_id, section_id, system_id},
    organisation::POSTS,
};

const RELAXATIONS: usize = 30;

pub(super) fn say(random: &mut StdRng, pack: &Pack, now: Timestamp, said: &mut Said) {
    let rules = pack.rules().filter(|(ruled, _)| *ruled == Ruled::Access);
    let mut clauses: Vec<ClauseId> = rules.flat_map(|(_, clauses)| clauses.clone()).collect();
    // Naming what is never relaxed changes nothing.
    clauses.extend(pack.never_relaxed().cloned());
    for n in 0..RELAXATIONS {
        let permit = random.random_bool(0.3);
        let ends = !permit || random.random_bool(0.7);
        let relaxation = Relaxation {
            id: if permit {
                RelaxationId::Permit(PermitId::try_new(format!("P-{n}")).expect("an id"))
            } else {
                RelaxationId::Exception(ExceptionId::try_new(format!("E-{n}")).expect("an id"))
            },
            clauses: some(random, 0.4, clauses.len())
                .into_iter()
                .map(|at| clauses[at].clone())
                .collect(),
            scope: scope(random),
            starts_at: match random.random_bool(0.8) {
                true => now - seconds(7_200),
                false => edge(random, now),
            },
            ends_at: ends.then(|| match random.random_bool(0.8) {
                true => now + seconds(7_200),
                false => edge(random, now),
            }),
        };
        said.say_or_take_back(random, 0.1, Fact::Relaxation(relaxation));
    }
}

fn scope(random: &mut StdRng) -> Scope {
    let paths = [
        AccessPath::Office,
        AccessPath::Telework,
        AccessPath::PublicLine,
    ];
    let sections = random.random_range(0..4);
    Scope {
        people: some(random, 0.1, PEOPLE)
            .into_iter()
            .map(person_id)
            .collect(),
        posts: some(random, 0.2, POSTS).into_iter().map(post_id).collect(),
        sections: (0..sections)
            .map(|_| section_id(random.random_range(0..SECTIONS)))
            .collect(),
        systems: some(random, 0.5, SYSTEMS)
            .into_iter()
            .map(system_id)
            .collect(),
        devices: match random.random_bool(0.2) {
            true => some(random, 0.5, DEVICES)
                .into_iter()
                .map(device_id)
                .collect(),
            false => BTreeSet::new(),
        },
        networks: match random.random_bool(0.3) {
            true => some(random, 0.5, NETWORKS)
                .into_iter()
                .map(network_id)
                .collect(),
            false => BTreeSet::new(),
        },
        paths: match random.random_bool(0.3) {
            true => paths.choose(random).copied().into_iter().collect(),
            false => Vec::new(),
        },
        ceiling: random.random_bool(0.9).then(|| class(random)),
    }
}
