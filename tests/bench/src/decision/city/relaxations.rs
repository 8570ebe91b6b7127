//! Exceptions and permits of a random city: wide enough that requests meet them, and each bounded in some
//! way now and then.

use std::collections::BTreeSet;

use identity_domain::decision::{Fact, Relaxation, RelaxationId, Scope};
use jiff::Timestamp;
use kernel::{ClauseId, ExceptionId, PermitId};
use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{AccessPath, Pack, pack::Ruled};

use super::{
    DEVICES, NETWORKS, PEOPLE, POSTS, SYSTEMS, class, device_id, network_id, person_id, post_id,
    seconds, section_id, system_id,
};

const RELAXATIONS: usize = 30;

pub(super) fn add(random: &mut StdRng, pack: &Pack, now: Timestamp, all: &mut Vec<Fact>) {
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
            starts_at: now + seconds(random.random_range(-7_200..600)),
            ends_at: ends.then(|| now + seconds(random.random_range(-600..7_200))),
        };
        all.push(Fact::Relaxation(relaxation));
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
        sections: (0..sections).map(|_| section_id(random)).collect(),
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

/// Some of so many, each with that probability.
fn some(random: &mut StdRng, probability: f64, count: usize) -> Vec<usize> {
    (0..count)
        .filter(|_| random.random_bool(probability))
        .collect()
}
