//! A random city: its facts, and random requests on them.

mod draw;
mod ids;
mod organisation;
mod people;
mod relaxations;
mod requests;
mod things;

use directory::kind;
use identity::decision::AccessFacts;
use identity_domain::decision::{Fact, Person, Policy, Relaxation, System};
use jiff::Timestamp;
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde::Serialize;
use standard::Pack;
use store::facts::{Change, FactSet as _};

use organisation::OFFICIALS;

pub(crate) use organisation::Organisation;

const PEOPLE: usize = 500;
const SYSTEMS: usize = 100;
const DEVICES: usize = 500;
/// Entitlements; with them the facts are worth about a thousand rules.
const GRANTS: usize = 1_000;
/// Those of them that are officials'.
const OFFICIAL_GRANTS: usize = 16 * OFFICIALS;
const PRIVILEGES: usize = 200;
const SECTIONS: usize = 8;
const NETWORKS: usize = 10;
/// Restricted items, each of a system of its own.
const ITEMS: usize = 40;

/// The facts, in our form and one by one for whoever wants them in another.
pub(crate) struct City {
    pub(crate) policy: Policy,
    pub(crate) pack: Pack,
    pub(crate) facts: AccessFacts,
    /// What was said and not taken back.
    pub(crate) all: Vec<Fact>,
    pub(crate) organisation: Organisation,
    pub(crate) now: Timestamp,
    seed: u64,
}

/// What a city's services said.
#[derive(Default)]
struct Said {
    all: Vec<Fact>,
    /// Said, and taken back later: revoked, ended, lifted.
    gone: Vec<Fact>,
}

impl Said {
    fn say_or_take_back(&mut self, random: &mut StdRng, probability: f64, fact: Fact) {
        match random.random_bool(probability) {
            true => self.gone.push(fact),
            false => self.all.push(fact),
        }
    }
}

impl City {
    /// Always the same for a seed.
    pub(crate) fn random(seed: u64) -> Self {
        let now: Timestamp = "2026-06-01T03:00:00Z".parse().expect("an instant");
        let mut random = StdRng::seed_from_u64(seed);
        let pack = Pack::sendai().expect("the built-in clause pack");
        let mut said = Said::default();
        things::say(&mut random, &mut said);
        people::say(&mut random, now, &mut said);
        let organisation = Organisation::say(&mut random, now, &mut said);
        relaxations::say(&mut random, &pack, now, &mut said);
        Self {
            policy: Policy::try_new(&pack).expect("exact periods"),
            facts: taken_in(&said, &organisation),
            pack,
            all: said.all,
            organisation,
            now,
            seed,
        }
    }

    /// Its exceptions and permits.
    pub(crate) fn relaxations(&self) -> impl Iterator<Item = &Relaxation> {
        self.all.iter().filter_map(|fact| match fact {
            Fact::Relaxation(relaxation) => Some(relaxation),
            _ => None,
        })
    }
}

/// Whose the n-th entitlement or privilege is, and on which system; no two of a kind are alike, and who
/// has a privilege is entitled as well.
fn granted(n: usize) -> (usize, usize) {
    let n = n.checked_sub(GRANTS).map_or(n, |nth| OFFICIAL_GRANTS + nth);
    if n >= OFFICIAL_GRANTS {
        let person = OFFICIALS + n / 2 % (PEOPLE - OFFICIALS);
        return (person, (n * 7 + n / 2) % SYSTEMS);
    }
    // Mostly on systems of the official's own section.
    let (person, nth) = (n % OFFICIALS, n / OFFICIALS);
    let system = match nth.checked_sub(SYSTEMS / SECTIONS) {
        None => person % SECTIONS + SECTIONS * nth,
        Some(nth) => (person + 1) % SECTIONS + SECTIONS * nth,
    };
    (person, system)
}

/// The facts as the store keeps them, taken in one by one.
fn taken_in(said: &Said, organisation: &Organisation) -> AccessFacts {
    let mut facts = AccessFacts::default();
    for (id, section) in &organisation.sections {
        tell(&mut facts, known(kind::SECTION, id.as_str(), section));
    }
    for (id, post) in &organisation.posts {
        tell(&mut facts, known(kind::POST, id.as_str(), post));
    }
    for (id, delegation) in &organisation.delegations {
        tell(&mut facts, known(kind::DELEGATION, id.as_str(), delegation));
    }
    for fact in said.gone.iter().chain(&said.all) {
        let key = fact.key();
        tell(&mut facts, known(key.kind.as_str(), &key.id, fact));
        match fact {
            Fact::Person(one) => {
                let person = of_staff(one);
                tell(&mut facts, known(kind::PERSON, one.id.as_str(), &person));
            }
            Fact::Holders(one) => {
                let change = known(kind::HOLDERS, one.post.as_str(), &one.holders);
                tell(&mut facts, change);
            }
            Fact::System(one) => {
                let system = of_ledger(one, organisation);
                tell(&mut facts, known(kind::SYSTEM, one.id.as_str(), &system));
            }
            _ => {}
        }
    }
    for fact in &said.gone {
        let key = fact.key();
        tell(&mut facts, Change::gone(key.kind.as_str(), key.id));
    }
    facts
}

fn known(kind: &'static str, id: &str, body: &impl Serialize) -> Change {
    Change::known(kind, id, body)
}

fn tell(facts: &mut AccessFacts, change: Change) {
    facts.apply(&store::facts::Fact {
        kind: change.kind.to_owned(),
        id: change.id,
        body: change.body,
        position: 1,
    });
}

fn of_staff(one: &Person) -> directory::Person {
    directory::Person {
        name: one.id.to_string(),
        memberships: one.memberships.clone(),
        non_regular: false,
        robot: one.robot,
        emergency: false,
    }
}

fn of_ledger(one: &System, organisation: &Organisation) -> directory::System {
    directory::System {
        name: one.id.to_string(),
        owner: organisation.owners[&one.id].clone(),
        used_by: Vec::new(),
        network: one.network_class,
        cloud: one.cloud,
        telework: one.telework,
        personal_information: false,
        highest_class: one.highest_class,
        important: one.important,
        mfa_introduced: None,
        retired: one.retired,
    }
}
