//! A random city: its facts, and random requests on them.

use identity_domain::{
    account::{CredentialId, Verified},
    decision::{
        Action, Device, Disabled, EnforcementPoint, Epoch, Fact, FactChange, Facts, Grant, Lost,
        MfaConsideration, Person, Policy, Request, Session, SharedIdUse, Suspension, System,
    },
    grant::{GrantKind, Ground},
};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    DeviceId, EnforcementPointId, IncidentId, PersonId, SectionId, SessionId, SharedId, Spell,
    SystemId,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{AccessPath, FactorKind, InformationClass, NetworkClass, Pack};

const PEOPLE: usize = 500;
const SYSTEMS: usize = 100;
const DEVICES: usize = 500;
/// Entitlements; with them the facts are worth about a thousand rules.
const GRANTS: usize = 1_000;
const PRIVILEGES: usize = 200;

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
                network: None,
                network_class: random.random_bool(0.8).then(|| network(&mut random)),
                internet_mobile: random.random_bool(0.2),
                retired: random.random_bool(0.05),
            }));
        }
        for n in 0..PEOPLE {
            person(&mut random, n, now, &mut all);
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
                ground: Ground {
                    kind,
                    permit: None,
                    starts_at: now + seconds(if begun { -3_600 } else { 3_600 }),
                    ends_at: random
                        .random_bool(0.5)
                        .then(|| now + seconds(random.random_range(-600..3_600))),
                },
                review_due: (random.random_bool(0.1))
                    .then(|| now + seconds(random.random_range(-600..600))),
            }));
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
        let mut facts = Facts::default();
        for fact in &all {
            facts.apply(FactChange::Set(fact.clone()));
        }
        let pack = Pack::sendai().expect("the built-in clause pack");
        Self {
            policy: Policy::try_new(&pack).expect("exact periods"),
            pack,
            facts,
            all,
            now,
            seed,
        }
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
    all.push(Fact::Person(Person {
        id: id.clone(),
        memberships: [Spell {
            value: SectionId::try_new("section").expect("an id"),
            since: now - SignedDuration::from_hours(1_000),
            until: None,
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
