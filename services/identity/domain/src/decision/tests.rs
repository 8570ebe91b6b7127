//! A small world in which everything is in order; each test changes what it is about.

mod duties;
mod explain;
mod facts;
mod join;
mod objects;
mod pack;
mod properties;
mod relaxing;
mod rules;
mod time;
mod what_if;

use jiff::{SignedDuration, Timestamp};
use kernel::{
    ClauseId, DeviceId, EnforcementPointId, ExceptionId, PermitId, PersonId, PostId, SectionId,
    SessionId, SharedId, Spell, SystemId, Timeline,
};
use standard::{AccessPath, FactorKind, InformationClass, NetworkClass};

use super::*;
use crate::{
    account::{CredentialId, Verified},
    grant::{GrantKind, Ground},
    restricted_item::ItemKind,
};

/// The instant every test decides at unless it says otherwise.
fn noon() -> Timestamp {
    "2026-06-01T12:00:00+09:00".parse().expect("an instant")
}

fn before(seconds: i64) -> Timestamp {
    noon() - SignedDuration::from_secs(seconds)
}

fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

fn since<T>(value: T, since: Timestamp) -> Timeline<T> {
    let until = None;
    let spell = Spell {
        value,
        since,
        until,
    };
    [spell].into_iter().collect()
}

fn person_id() -> PersonId {
    PersonId::try_new("S0001").expect("an id")
}

fn system_id() -> SystemId {
    SystemId::try_new("SYS-1").expect("an id")
}

fn verified(kind: FactorKind, at: Timestamp) -> Verified {
    let credential = CredentialId::new(format!("{kind}-1"));
    Verified {
        kind,
        credential,
        at,
        beside_only: false,
    }
}

/// All that one decision looks at. Everything is public to the tests.
#[derive(Debug, Clone)]
struct World {
    points: Vec<EnforcementPoint>,
    system: Option<System>,
    suspensions: Vec<Suspension>,
    device: Option<Device>,
    networks: Vec<Network>,
    items: Vec<RestrictedItem>,
    person: Option<Person>,
    disabled: bool,
    epoch: Option<u64>,
    lost: Vec<&'static str>,
    session: Option<Session>,
    holders: Holders,
    grants: Vec<Grant>,
    shared_ids: Vec<SharedIdUse>,
    relaxations: Vec<Relaxation>,
    request: Request,
}

/// From the office, with a registered device, a password entered a minute ago: an ordinary system
/// of class II that is neither cloud nor telework. Nothing stands in the way.
fn world() -> World {
    let point = |id: &str, path| EnforcementPoint {
        id: EnforcementPointId::try_new(id).expect("an id"),
        workload: id.to_owned(),
        path,
    };
    let session = SessionId::try_new("session-1").expect("an id");
    let device = DeviceId::try_new("D-1").expect("an id");
    World {
        points: vec![
            point("office", AccessPath::Office),
            point("telework", AccessPath::Telework),
            point("public", AccessPath::PublicLine),
        ],
        system: Some(System {
            id: system_id(),
            cloud: false,
            telework: false,
            highest_class: Some(InformationClass::II),
            network_class: NetworkClass::Lgwan,
            important: false,
            mfa: MfaConsideration::NotRecorded,
            retired: false,
        }),
        suspensions: Vec::new(),
        device: Some(Device {
            id: device.clone(),
            section: SectionId::try_new("tax").ok(),
            network: None,
            network_class: Some(NetworkClass::Lgwan),
            internet_mobile: false,
            retired: false,
        }),
        networks: Vec::new(),
        items: Vec::new(),
        person: Some(Person {
            id: person_id(),
            memberships: since(SectionId::try_new("tax").expect("an id"), before(86_400)),
            robot: None,
        }),
        disabled: false,
        epoch: Some(7),
        lost: Vec::new(),
        session: Some(Session {
            id: session.clone(),
            person: person_id(),
            factors: vec![verified(FactorKind::Password, before(60))],
            ends_at: after(3600),
        }),
        holders: Holders {
            post: PostId::try_new("clerk").expect("an id"),
            holders: since(person_id(), before(86_400)),
        },
        grants: vec![grant(GrantKind::Use, None)],
        shared_ids: Vec::new(),
        relaxations: Vec::new(),
        request: Request {
            person: person_id(),
            session,
            epoch: 7,
            system: system_id(),
            action: Action::Use,
            object: None,
            authority: Authority::None,
            workload: "office".to_owned(),
            device: Some(device),
            class: None,
            automated: false,
            shared_id: None,
            as_of: Some(before(1)),
            now: noon(),
        },
    }
}

/// The world with something changed.
fn given(change: impl FnOnce(&mut World)) -> World {
    let mut world = world();
    change(&mut world);
    world
}

impl World {
    fn system(&mut self) -> &mut System {
        self.system.as_mut().expect("a system")
    }

    fn device(&mut self) -> &mut Device {
        self.device.as_mut().expect("a device")
    }

    fn session(&mut self) -> &mut Session {
        self.session.as_mut().expect("a session")
    }

    fn from(&mut self, point: &str) {
        self.request.workload = point.to_owned();
    }

    fn factors(&mut self, kinds: &[FactorKind]) {
        self.session().factors = (kinds.iter())
            .map(|kind| verified(*kind, before(60)))
            .collect();
    }

    fn privileged_until(&mut self, until: Timestamp) {
        self.grants.push(grant(GrantKind::Privileged, Some(until)));
    }

    /// Acts under the shared ID; `held` is what is known of it.
    fn under_shared_id(&mut self, held: Option<SharedIdUse>) {
        self.request.shared_id = Some(shared_id_use().shared_id);
        self.shared_ids.extend(held);
    }

    fn relax(&mut self, relaxation: Relaxation) {
        self.relaxations.push(relaxation);
    }

    fn facts(&self) -> Facts {
        let person = person_id;
        let set = [
            self.system.clone().map(Fact::System),
            self.device.clone().map(Fact::Device),
            self.person.clone().map(Fact::Person),
            self.session.clone().map(Fact::Session),
            self.disabled
                .then(|| Fact::Disabled(Disabled { person: person() })),
            self.epoch.map(|epoch| {
                let person = person();
                Fact::Epoch(Epoch { person, epoch })
            }),
            Some(Fact::Holders(self.holders.clone())),
        ];
        let lost = self.lost.iter().map(|credential| {
            Fact::Lost(Lost {
                person: person(),
                credential: CredentialId::new(*credential),
            })
        });
        let many = (self.points.iter().cloned().map(Fact::EnforcementPoint))
            .chain(self.suspensions.iter().cloned().map(Fact::Suspension))
            .chain(self.networks.iter().cloned().map(Fact::Network))
            .chain(self.items.iter().cloned().map(Fact::RestrictedItem))
            .chain(self.grants.iter().cloned().map(Fact::Grant))
            .chain(self.shared_ids.iter().cloned().map(Fact::SharedIdUse))
            .chain(self.relaxations.iter().cloned().map(Fact::Relaxation))
            .chain(lost);
        let mut facts = Facts::default();
        for fact in set.into_iter().flatten().chain(many) {
            facts.apply(FactChange::Set(fact));
        }
        facts
    }

    fn decide(&self) -> Decision {
        decide(&self.facts(), pack::policy(), &self.request)
    }
}

/// A grant of an hour ago; without an end, until it is ended.
fn grant(kind: GrantKind, ends_at: Option<Timestamp>) -> Grant {
    Grant {
        person: person_id(),
        system: system_id(),
        item: None,
        ground: Ground {
            kind,
            permit: None,
            starts_at: before(3600),
            ends_at,
        },
        review_due: None,
    }
}

/// A shared ID of the world's system that the world's person has for an hour more.
fn shared_id_use() -> SharedIdUse {
    SharedIdUse {
        shared_id: SharedId::try_new("desk").expect("an id"),
        system: system_id(),
        person: person_id(),
        session: SessionId::try_new("session-1").expect("an id"),
        ends_at: after(3600),
    }
}

/// An exception for the world's person and system, on every path, up to class S, from an hour ago
/// to an hour from now.
fn exception(id: &str, clauses: &[&'static str]) -> Relaxation {
    Relaxation {
        id: RelaxationId::Exception(ExceptionId::try_new(id).expect("an id")),
        clauses: clauses.iter().map(|id| ClauseId::known(id)).collect(),
        scope: Scope {
            people: [person_id()].into(),
            systems: [system_id()].into(),
            ceiling: Some(InformationClass::S),
            ..Scope::default()
        },
        starts_at: before(3600),
        ends_at: Some(after(3600)),
    }
}

fn permit(id: &str, clauses: &[&'static str]) -> Relaxation {
    Relaxation {
        id: RelaxationId::Permit(PermitId::try_new(id).expect("an id")),
        ends_at: None,
        ..exception(id, clauses)
    }
}

fn codes(reasons: &[Reason]) -> Vec<&'static str> {
    reasons.iter().map(|reason| reason.rule.id).collect()
}

fn rule_ids(decision: &Decision) -> Vec<&'static str> {
    decision.rules().map(|rule| rule.id).collect()
}

fn clause_ids(clauses: &[ClauseId]) -> Vec<&str> {
    clauses.iter().map(ClauseId::as_str).collect()
}
