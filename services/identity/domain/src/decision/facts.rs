//! The snapshot decisions are made on.

mod fact;
mod ledger;
mod person;
mod sessions;
mod table;
mod used;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use kernel::{
    DeviceId, EnforcementPointId, NetworkId, PersonId, PostId, RestrictedItemId, SessionId,
    SharedId, SystemId,
};
use standard::AccessPath;

use super::relaxation::{Relaxation, RelaxationId};
use crate::account::CredentialId;
use sessions::Sessions;
use table::Table;

pub use fact::{EnforcementPoint, Fact, FactChange, FactKey, FactKind, UnknownFactKind};
pub use ledger::{Device, MfaConsideration, Network, Suspension, System};
pub use person::{
    Disabled, Epoch, Grant, Holders, Lost, Person, RestrictedItem, Session, SharedIdUse,
};
pub use used::Used;

/// Everything a decision must know, as of one moment.
///
/// Cloning shares all entries; applying a change to a clone copies only the shard it touches. A
/// reader may therefore keep one snapshot while the next is built.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    systems: Table<SystemFacts>,
    devices: Table<Device>,
    networks: Table<Network>,
    people: Table<PersonFacts>,
    sessions: Sessions,
    holders: Table<Holders>,
    shared_ids: Table<SharedIdUse>,
    items: Table<RestrictedItem>,
    relaxations: Table<Relaxation>,
    relaxations_by_system: Table<Vec<Arc<Relaxation>>>,
    points: Table<EnforcementPoint>,
    points_by_workload: Arc<BTreeMap<String, EnforcementPoint>>,
}

/// What is known of one system, from the ledger and from incidents.
#[derive(Debug, Clone, Default)]
pub(super) struct SystemFacts {
    pub(super) system: Option<System>,
    pub(super) suspensions: Vec<Suspension>,
}

/// What is known of one person, from several events of identity.
#[derive(Debug, Clone, Default)]
pub(super) struct PersonFacts {
    pub(super) person: Option<Person>,
    pub(super) disabled: bool,
    pub(super) epoch: u64,
    pub(super) lost: BTreeSet<CredentialId>,
    pub(super) grants: BTreeMap<SystemId, Vec<Grant>>,
}

impl Grant {
    fn is(&self, key: &FactKey) -> bool {
        let ground = &self.ground;
        FactKey::grant(
            &self.person,
            (&self.system, self.item.as_ref()),
            ground.kind,
            ground.permit.as_ref(),
        ) == *key
    }
}

impl Facts {
    /// Takes in one change. Total: a change to something unknown is simply recorded.
    pub fn apply(&mut self, change: FactChange) {
        match change {
            FactChange::Set(fact) => self.set(fact),
            FactChange::Removed(key) => self.remove(&key),
        }
    }

    /// A session that was neither ended nor revoked; it may be past its end.
    pub fn session(&self, id: &SessionId) -> Option<&Session> {
        self.sessions.get(id.as_str())
    }

    /// The enforcement point that asks with this workload subject.
    ///
    /// The registry keeps subjects unique; should two points ever share one, the path least
    /// trusted counts.
    pub fn point_of(&self, workload: &str) -> Option<&EnforcementPoint> {
        self.points_by_workload.get(workload)
    }

    /// An enforcement point by its id.
    pub fn point(&self, id: &EnforcementPointId) -> Option<&EnforcementPoint> {
        self.points.get(id.as_str())
    }

    /// What the ledger says of a system.
    pub fn system_of_ledger(&self, id: &SystemId) -> Option<&System> {
        self.system(id)?.system.as_ref()
    }

    /// An exception or permit that relaxes something.
    pub fn relaxation(&self, id: &RelaxationId) -> Option<&Relaxation> {
        self.relaxations.get(&id.to_string())
    }

    pub(super) fn system(&self, id: &SystemId) -> Option<&SystemFacts> {
        self.systems.get(id.as_str())
    }

    pub(super) fn device(&self, id: &DeviceId) -> Option<&Device> {
        self.devices.get(id.as_str())
    }

    pub(super) fn network(&self, id: &NetworkId) -> Option<&Network> {
        self.networks.get(id.as_str())
    }

    pub(super) fn item(&self, id: &RestrictedItemId) -> Option<&RestrictedItem> {
        self.items.get(id.as_str())
    }

    pub(super) fn person(&self, id: &PersonId) -> Option<&PersonFacts> {
        self.people.get(id.as_str())
    }

    pub(super) fn holders(&self, post: &PostId) -> Option<&Holders> {
        self.holders.get(post.as_str())
    }

    /// A person's use of a shared ID, if they have it checked out.
    pub(super) fn shared_id(&self, id: &SharedId, person: &PersonId) -> Option<&SharedIdUse> {
        let key = FactKey::two(FactKind::SharedIdUse, id, person);
        self.shared_ids.get(&key.id)
    }

    pub(super) fn relaxations(&self, system: &SystemId) -> &[Arc<Relaxation>] {
        self.relaxations_by_system
            .get(system.as_str())
            .map_or(&[], Vec::as_slice)
    }

    fn set(&mut self, fact: Fact) {
        let key = fact.key();
        match fact {
            Fact::System(system) => {
                self.systems.entry(&key.id).system = Some(system);
            }
            Fact::Suspension(suspension) => {
                let known = &mut self.systems.entry(suspension.system.as_str()).suspensions;
                known.retain(|one| one.incident != suspension.incident);
                known.push(suspension);
            }
            Fact::Device(device) => {
                self.devices.insert(&key.id, device);
            }
            Fact::Network(network) => {
                self.networks.insert(&key.id, network);
            }
            Fact::RestrictedItem(item) => {
                self.items.insert(&key.id, item);
            }
            Fact::Person(person) => self.people.entry(&key.id).person = Some(person),
            Fact::Disabled(_) => self.people.entry(&key.id).disabled = true,
            Fact::Epoch(fact) => {
                let known = &mut self.people.entry(&key.id).epoch;
                *known = fact.epoch.max(*known);
            }
            Fact::Lost(fact) => {
                let person = self.people.entry(fact.person.as_str());
                person.lost.insert(fact.credential);
            }
            Fact::Session(session) => self.sessions.insert(session),
            Fact::Holders(holders) => {
                self.holders.insert(&key.id, holders);
            }
            Fact::Grant(grant) => {
                let person = self.people.entry(grant.person.as_str());
                let grants = person.grants.entry(grant.system.clone()).or_default();
                grants.retain(|one| !one.is(&key));
                grants.push(grant);
            }
            Fact::SharedIdUse(shared) => {
                self.shared_ids.insert(&key.id, shared);
            }
            Fact::Relaxation(relaxation) => self.set_relaxation(&key.id, relaxation),
            Fact::EnforcementPoint(point) => {
                self.points.insert(&key.id, point);
                self.index_points();
            }
        }
    }

    fn remove(&mut self, key: &FactKey) {
        let id = key.id.as_str();
        match key.kind {
            FactKind::System => {
                if let Some(known) = self.systems.change(id) {
                    known.system = None;
                }
            }
            FactKind::Suspension => {
                let (system, incident) = key.pair();
                if let Some(known) = self.systems.change(system) {
                    known
                        .suspensions
                        .retain(|one| one.incident.as_str() != incident);
                }
            }
            FactKind::Device => {
                self.devices.remove(id);
            }
            FactKind::Network => {
                self.networks.remove(id);
            }
            FactKind::RestrictedItem => {
                self.items.remove(id);
            }
            FactKind::Person => {
                if let Some(known) = self.people.change(id) {
                    known.person = None;
                }
            }
            FactKind::Disabled => {
                if let Some(known) = self.people.change(id) {
                    known.disabled = false;
                }
            }
            // An epoch only rises and a lost credential stays lost, whatever anybody says.
            FactKind::Epoch | FactKind::Lost => {}
            FactKind::Session => self.sessions.remove(id),
            FactKind::Holders => {
                self.holders.remove(id);
            }
            FactKind::Grant => {
                let (person, system) = key.pair();
                if let Some(known) = self.people.change(person)
                    && let Ok(system) = system.parse::<SystemId>()
                    && let Some(grants) = known.grants.get_mut(&system)
                {
                    grants.retain(|one| !one.is(key));
                }
            }
            FactKind::SharedIdUse => {
                self.shared_ids.remove(id);
            }
            FactKind::Relaxation => self.remove_relaxation(id),
            FactKind::EnforcementPoint => {
                self.points.remove(id);
                self.index_points();
            }
        }
    }

    fn set_relaxation(&mut self, id: &str, relaxation: Relaxation) {
        self.remove_relaxation(id);
        let shared = Arc::new(relaxation.clone());
        for system in &relaxation.scope.systems {
            let listed = self.relaxations_by_system.entry(system.as_str());
            listed.push(Arc::clone(&shared));
            // Permits before exceptions, then by id: the order in which they are relied on.
            listed.sort_by(|a, b| a.id.cmp(&b.id));
        }
        self.relaxations.insert(id, relaxation);
    }

    fn remove_relaxation(&mut self, id: &str) {
        let Some(before) = self.relaxations.get(id).cloned() else {
            return;
        };
        for system in &before.scope.systems {
            if let Some(listed) = self.relaxations_by_system.change(system.as_str()) {
                listed.retain(|one| one.id != before.id);
            }
        }
        self.relaxations.remove(id);
    }

    fn index_points(&mut self) {
        let mut index: BTreeMap<String, EnforcementPoint> = BTreeMap::new();
        for point in self.points.values() {
            index
                .entry(point.workload.clone())
                .and_modify(|known| {
                    if least_trusted(point.path) > least_trusted(known.path) {
                        *known = point.clone();
                    }
                })
                .or_insert_with(|| point.clone());
        }
        self.points_by_workload = Arc::new(index);
    }
}

const fn least_trusted(path: AccessPath) -> u8 {
    match path {
        AccessPath::Office => 0,
        AccessPath::Telework => 1,
        AccessPath::PublicLine => 2,
    }
}
