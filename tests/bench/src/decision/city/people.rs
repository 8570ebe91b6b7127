//! People with their sessions, and what they may use.

use identity_domain::{
    account::{CredentialId, Verified},
    decision::{Disabled, Epoch, Fact, Grant, Lost, Person, Session, SharedIdUse},
    grant::{GrantKind, Ground},
};
use jiff::Timestamp;
use kernel::{PermitId, RestrictedItemId};
use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{AccessPath, FactorKind};

use super::{
    GRANTS, PEOPLE, PRIVILEGES, SECTIONS, Said,
    draw::{edge, seconds, spells},
    granted,
    ids::{item_id, item_of, person_id, section_id, session_id, shared_id, system_id},
    organisation::is_official,
};

pub(super) fn say(random: &mut StdRng, now: Timestamp, said: &mut Said) {
    for n in 0..PEOPLE {
        person(random, n, now, said);
        session(random, n, now, said);
    }
    for n in 0..GRANTS + PRIVILEGES {
        let kind = match n < GRANTS {
            true => GrantKind::Use,
            false => GrantKind::Privileged,
        };
        let grant = grant(random, n, (kind, None), now);
        said.say_or_take_back(random, 0.05, grant);
    }
    for n in 0..GRANTS {
        let (person, system) = granted(n);
        // About half of those who use a system that keeps an item are admitted to it.
        if let Some(item) = item_of(system).filter(|_| random.random_bool(0.6)) {
            let admission = grant(random, n, (GrantKind::Use, Some(item_id(item))), now);
            said.say_or_take_back(random, 0.05, admission);
        }
        // Of many the shared ID of a system they use.
        if random.random_bool(0.4) {
            let held = Fact::SharedIdUse(SharedIdUse {
                shared_id: shared_id(n),
                system: system_id(system),
                person: person_id(person),
                session: session_id(person),
                ends_at: mostly_later(random, now),
            });
            said.say_or_take_back(random, 0.05, held);
        }
    }
}

fn person(random: &mut StdRng, n: usize, now: Timestamp, said: &mut Said) {
    let id = person_id(n);
    said.all.push(Fact::Person(Person {
        id: id.clone(),
        memberships: spells(random, now, 0.85, |random| match is_official(n) {
            true if random.random_bool(0.9) => section_id(n % SECTIONS),
            _ => section_id(random.random_range(0..SECTIONS)),
        }),
        robot: (random.random_bool(0.1)).then_some(match random.random_bool(0.7) {
            true => AccessPath::Office,
            false => AccessPath::Telework,
        }),
    }));
    if random.random_bool(0.06) {
        let disabled = Fact::Disabled(Disabled { person: id.clone() });
        said.say_or_take_back(random, 0.5, disabled);
    }
    if random.random_bool(0.5) {
        said.all.push(Fact::Epoch(Epoch {
            person: id.clone(),
            epoch: random.random_range(0..4),
        }));
    }
    if random.random_bool(0.03) {
        let kind = *FactorKind::ALL.choose(random).expect("a factor");
        said.all.push(Fact::Lost(Lost {
            person: id,
            credential: credential(n, kind, 0),
        }));
    }
}

fn session(random: &mut StdRng, n: usize, now: Timestamp, said: &mut Said) {
    let mut factors: Vec<Verified> = Vec::new();
    for kind in FactorKind::ALL {
        // Two of a kind now and then: they prove no more than one.
        for which in 0..2 {
            if random.random_bool(if which == 0 { 0.4 } else { 0.1 }) {
                factors.push(Verified {
                    kind: *kind,
                    credential: credential(n, *kind, which),
                    at: verified(random, now),
                    beside_only: false,
                });
            }
        }
    }
    let session = Fact::Session(Session {
        id: session_id(n),
        person: person_id(n),
        factors,
        ends_at: mostly_later(random, now),
    });
    said.say_or_take_back(random, 0.03, session);
}

/// Mostly lately, now and then in a future that clocks apart cannot explain.
fn verified(random: &mut StdRng, now: Timestamp) -> Timestamp {
    let age = match random.random_bool(0.1) {
        true => random.random_range(-12..12),
        // Across the shortest age that is asked for, and across the longest.
        false if random.random_bool(0.5) => random.random_range(0..1_800),
        false => random.random_range(0..36_000),
    };
    now - seconds(age)
}

fn grant(
    random: &mut StdRng,
    n: usize,
    (kind, item): (GrantKind, Option<RestrictedItemId>),
    now: Timestamp,
) -> Fact {
    let (person, system) = granted(n);
    let permit = || PermitId::try_new(format!("G-{n}")).expect("an id");
    let begun = random.random_bool(0.9);
    Fact::Grant(Grant {
        person: person_id(person),
        system: system_id(system),
        item,
        ground: Ground {
            kind,
            permit: random.random_bool(0.5).then(permit),
            starts_at: if begun {
                now - seconds(3_600)
            } else {
                edge(random, now)
            },
            ends_at: (random.random_bool(0.5)).then(|| mostly_later(random, now)),
        },
        review_due: random.random_bool(0.1).then(|| edge(random, now)),
    })
}

fn mostly_later(random: &mut StdRng, now: Timestamp) -> Timestamp {
    match random.random_bool(0.85) {
        true => now + seconds(3_600),
        false => edge(random, now),
    }
}

fn credential(n: usize, kind: FactorKind, which: usize) -> CredentialId {
    CredentialId::new(format!("{kind}-{n}-{which}"))
}
