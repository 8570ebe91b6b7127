//! A random city: its facts, and random requests on them.

mod relaxations;

use identity_domain::{
    account::{CredentialId, Verified},
    decision::{
        Action, Authority, Device, Disabled, EnforcementPoint, Epoch, Fact, FactChange, Facts,
        Grant, Holders, Lost, MfaConsideration, Network, Object, Person, Policy, Relaxation,
        Request, RestrictedItem, Session, SharedIdUse, Suspension, System,
    },
    grant::{GrantKind, Ground},
    restricted_item::ItemKind,
};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    AbsenceId, DeviceId, EnforcementPointId, IncidentId, NetworkId, PersonId, PostId,
    RestrictedItemId, SectionId, SessionId, SharedId, Spell, SystemId,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{AccessPath, FactorKind, InformationClass, NetworkClass, Pack};

const PEOPLE: usize = 500;
const SYSTEMS: usize = 100;
const DEVICES: usize = 500;
/// Entitlements; with them the facts are worth about a thousand rules.
const GRANTS: usize = 1_000;
const PRIVILEGES: usize = 200;
const SECTIONS: usize = 8;
const POSTS: usize = 20;
const NETWORKS: usize = 10;
/// Restricted items, each of a system of its own.
const ITEMS: usize = 40;

/// The facts, in our form and one by one for whoever wants them in another.
pub(crate) struct City {
    pub(crate) policy: Policy,
    pub(crate) pack: Pack,
    pub(crate) facts: Facts,
    pub(crate) all: Vec<Fact>,
    pub(crate) now: Timestamp,
    seed: u64,
}

impl City {
    /// Always the same for a seed.
    pub(crate) fn random(seed: u64) -> Self {
        let now: Timestamp = "2026-06-01T03:00:00Z".parse().expect("an instant");
        let mut random = StdRng::seed_from_u64(seed);
        let mut all = Vec::new();
        for (name, path) in [
            ("office", AccessPath::Office),
            ("telework", AccessPath::Telework),
            ("public", AccessPath::PublicLine),
        ] {
            all.push(Fact::EnforcementPoint(EnforcementPoint {
                id: EnforcementPointId::try_new(name).expect("an id"),
                workload: name.to_owned(),
                path,
            }));
        }
        for n in 0..SYSTEMS {
            system(&mut random, n, &mut all);
        }
        for n in 0..DEVICES {
            all.push(Fact::Device(Device {
                id: device_id(n),
                section: random.random_bool(0.9).then(|| section_id(&mut random)),
                network: None,
                network_class: random.random_bool(0.8).then(|| network(&mut random)),
                internet_mobile: random.random_bool(0.2),
                retired: random.random_bool(0.05),
            }));
        }
        for n in 0..NETWORKS {
            all.push(Fact::Network(Network {
                id: network_id(n),
                external: random.random_bool(0.2),
            }));
        }
        for n in 0..ITEMS {
            let kinds = [
                ItemKind::Specification,
                ItemKind::Folder,
                ItemKind::Equipment,
                ItemKind::Medium,
            ];
            all.push(Fact::RestrictedItem(RestrictedItem {
                id: item_id(n),
                kind: kinds[n % kinds.len()],
                system: system_id(n * 2),
            }));
        }
        for n in 0..PEOPLE {
            person(&mut random, n, now, &mut all);
        }
        for n in 0..POSTS {
            all.push(Fact::Holders(holders(&mut random, n, now)));
        }
        for n in 0..GRANTS + PRIVILEGES {
            let kind = if n < GRANTS {
                GrantKind::Use
            } else {
                GrantKind::Privileged
            };
            // Several to one person, so that random requests often meet one.
            let person = person_id(n / 2 % PEOPLE);
            let begun = random.random_bool(0.95);
            all.push(Fact::Grant(Grant {
                person,
                system: system_id((n * 7 + n / 2) % SYSTEMS),
                item: None,
                ground: ground(&mut random, kind, begun, now),
                review_due: (random.random_bool(0.1))
                    .then(|| now + seconds(random.random_range(-600..600))),
            }));
        }
        // About half of those who use a system that keeps an item are admitted to it.
        for n in 0..GRANTS {
            let system = (n * 7 + n / 2) % SYSTEMS;
            let begun = random.random_bool(0.95);
            if let Some(item) = item_of(system).filter(|_| random.random_bool(0.5)) {
                all.push(Fact::Grant(Grant {
                    person: person_id(n / 2 % PEOPLE),
                    system: system_id(system),
                    item: Some(item_id(item)),
                    ground: ground(&mut random, GrantKind::Use, begun, now),
                    review_due: None,
                }));
            }
        }
        // Of most people the shared ID of one system they use.
        for n in 0..GRANTS {
            let person = n / 2 % PEOPLE;
            if random.random_bool(0.4) {
                all.push(Fact::SharedIdUse(SharedIdUse {
                    shared_id: shared_id(n),
                    system: system_id((n * 7 + n / 2) % SYSTEMS),
                    person: person_id(person),
                    session: session_id(person),
                    ends_at: now + seconds(random.random_range(-600..3_600)),
                }));
            }
        }
        let pack = Pack::sendai().expect("the built-in clause pack");
        relaxations::add(&mut random, &pack, now, &mut all);
        let mut facts = Facts::default();
        for fact in &all {
            facts.apply(FactChange::Set(fact.clone()));
        }
        Self {
            policy: Policy::try_new(&pack).expect("exact periods"),
            pack,
            facts,
            all,
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

    /// The n-th request: mostly in order, with anything that may be wrong wrong now and then.
    pub(crate) fn request(&self, n: u64) -> Request {
        let mut random = StdRng::seed_from_u64(self.seed << 32 | n);
        let grant = random.random_range(0..GRANTS + PRIVILEGES);
        let mut person = grant / 2 % PEOPLE;
        let mut system = (grant * 7 + grant / 2) % SYSTEMS;
        if random.random_bool(0.1) {
            system = random.random_range(0..SYSTEMS + 5);
        }
        let session = person;
        if random.random_bool(0.03) {
            person = random.random_range(0..PEOPLE + 5);
        }
        let actions = [
            Action::Use,
            Action::Use,
            Action::Administer,
            Action::Export,
            Action::Record,
            Action::Change,
        ];
        let points = [
            "office", "office", "office", "telework", "public", "nowhere",
        ];
        let pick_device = random.random_bool(0.7);
        let age = match random.random_bool(0.9) {
            true => random.random_range(0..11),
            false => random.random_range(-8..90),
        };
        Request {
            person: person_id(person),
            session: session_id(session),
            epoch: random.random_range(2..6),
            system: system_id(system),
            action: *actions.choose(&mut random).expect("an action"),
            object: object(&mut random, system),
            authority: match random.random_range(0..3) {
                0 => Authority::Own,
                1 => Authority::Acting {
                    principal: person_id(0),
                    absence: AbsenceId::try_new("absence").expect("an id"),
                },
                _ => Authority::None,
            },
            workload: (*points.choose(&mut random).expect("a point")).to_owned(),
            device: pick_device.then(|| device_id(random.random_range(0..DEVICES + 10))),
            class: random.random_bool(0.2).then(|| class(&mut random)),
            automated: random.random_bool(0.1),
            shared_id: random.random_bool(0.2).then(|| shared_id(grant)),
            as_of: random.random_bool(0.97).then(|| self.now - seconds(age)),
            now: self.now,
        }
    }
}

fn system(random: &mut StdRng, n: usize, all: &mut Vec<Fact>) {
    let mfa = [
        MfaConsideration::NotRecorded,
        MfaConsideration::Introduced,
        MfaConsideration::NotIntroduced,
    ];
    all.push(Fact::System(System {
        id: system_id(n),
        cloud: random.random_bool(0.3),
        telework: random.random_bool(0.2),
        highest_class: random.random_bool(0.9).then(|| class(random)),
        network_class: network(random),
        important: random.random_bool(0.2),
        mfa: *mfa.choose(random).expect("one of them"),
        retired: random.random_bool(0.03),
    }));
    if random.random_bool(0.03) {
        all.push(Fact::Suspension(Suspension {
            system: system_id(n),
            incident: IncidentId::try_new("I-1").expect("an id"),
        }));
    }
}

fn person(random: &mut StdRng, n: usize, now: Timestamp, all: &mut Vec<Fact>) {
    let id = person_id(n);
    let leaves = random.random_bool(0.04);
    all.push(Fact::Person(Person {
        id: id.clone(),
        memberships: [Spell {
            value: section_id(random),
            since: now - SignedDuration::from_hours(1_000),
            until: leaves.then(|| now + seconds(random.random_range(-600..600))),
        }]
        .into_iter()
        .collect(),
        robot: (random.random_bool(0.1)).then_some(match random.random_bool(0.7) {
            true => AccessPath::Office,
            false => AccessPath::Telework,
        }),
    }));
    if random.random_bool(0.03) {
        all.push(Fact::Disabled(Disabled { person: id.clone() }));
    }
    if random.random_bool(0.5) {
        all.push(Fact::Epoch(Epoch {
            person: id.clone(),
            epoch: random.random_range(0..4),
        }));
    }
    let mut factors: Vec<Verified> = Vec::new();
    for kind in FactorKind::ALL {
        if random.random_bool(0.5) {
            factors.push(Verified {
                kind: *kind,
                credential: credential(n, *kind),
                at: now - seconds(random.random_range(-5..7_200)),
            });
        }
    }
    if random.random_bool(0.03) {
        let kind = *FactorKind::ALL.choose(random).expect("a factor");
        all.push(Fact::Lost(Lost {
            person: id.clone(),
            credential: credential(n, kind),
        }));
    }
    if random.random_bool(0.97) {
        all.push(Fact::Session(Session {
            id: session_id(n),
            person: id,
            factors,
            ends_at: now + seconds(random.random_range(-200..7_200)),
        }));
    }
}

/// A ground that stands mostly; whether it has begun is the caller's.
fn ground(random: &mut StdRng, kind: GrantKind, begun: bool, now: Timestamp) -> Ground {
    Ground {
        kind,
        permit: None,
        starts_at: now + seconds(if begun { -3_600 } else { 3_600 }),
        ends_at: random
            .random_bool(0.5)
            .then(|| now + seconds(random.random_range(-600..3_600))),
    }
}

/// Two in turn: by now the second holds the post, or the first still does.
fn holders(random: &mut StdRng, n: usize, now: Timestamp) -> Holders {
    let change = now + seconds(random.random_range(-600..600));
    let mut one = |since, until| Spell {
        value: person_id(random.random_range(0..PEOPLE)),
        since,
        until,
    };
    let spells = [
        one(now - SignedDuration::from_hours(100), Some(change)),
        one(change, None),
    ];
    Holders {
        post: post_id(n),
        holders: spells.into_iter().collect(),
    }
}

/// Mostly nothing, else mostly something the system keeps.
fn object(random: &mut StdRng, system: usize) -> Option<Object> {
    match random.random_range(0..10) {
        0 => Some(Object::Network(network_id(
            random.random_range(0..NETWORKS + 2),
        ))),
        1 => Some(Object::Terminal(device_id(
            random.random_range(0..DEVICES + 10),
        ))),
        2 | 3 => {
            let any = random.random_range(0..ITEMS + 3);
            let here = item_of(system).filter(|_| random.random_bool(0.9));
            let item = here.unwrap_or(any);
            Some(Object::Item(item_id(item)))
        }
        _ => None,
    }
}

fn credential(n: usize, kind: FactorKind) -> CredentialId {
    CredentialId::new(format!("{kind}-{n}"))
}

fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

fn class(random: &mut StdRng) -> InformationClass {
    let all = [
        InformationClass::III,
        InformationClass::II,
        InformationClass::I,
        InformationClass::S,
    ];
    *all.choose(random).expect("a class")
}

fn network(random: &mut StdRng) -> NetworkClass {
    let all = [
        NetworkClass::Lgwan,
        NetworkClass::Lgwan,
        NetworkClass::Internet,
        NetworkClass::MyNumber,
    ];
    *all.choose(random).expect("a network")
}

fn person_id(n: usize) -> PersonId {
    PersonId::try_new(format!("S{n:04}")).expect("an id")
}

fn shared_id(n: usize) -> SharedId {
    SharedId::try_new(format!("ID{n:04}")).expect("an id")
}

fn session_id(n: usize) -> SessionId {
    SessionId::try_new(format!("session-{n}")).expect("an id")
}

fn system_id(n: usize) -> SystemId {
    SystemId::try_new(format!("SYS-{n}")).expect("an id")
}

fn device_id(n: usize) -> DeviceId {
    DeviceId::try_new(format!("D-{n}")).expect("an id")
}

/// What a system keeps.
fn item_of(system: usize) -> Option<usize> {
    (system.is_multiple_of(2) && system / 2 < ITEMS).then_some(system / 2)
}

fn network_id(n: usize) -> NetworkId {
    NetworkId::try_new(format!("NET-{n}")).expect("an id")
}

fn item_id(n: usize) -> RestrictedItemId {
    RestrictedItemId::try_new(format!("ITEM-{n}")).expect("an id")
}

fn post_id(n: usize) -> PostId {
    PostId::try_new(format!("post-{n}")).expect("an id")
}

fn section_id(random: &mut StdRng) -> SectionId {
    let n = random.random_range(0..SECTIONS);
    SectionId::try_new(format!("section-{n}")).expect("an id")
}
