//! What identity and ledger have said, folded in memory: the material of every decision here.

use std::{
    collections::{BTreeMap, BTreeSet},
    str::FromStr,
    sync::Arc,
};

use approvals_domain::{Information, Organisation, Place, Post, Section, System};
use directory::{Directory, kind};
use jiff::Timestamp;
use kernel::{DeviceId, InformationId, NetworkId, PersonId, SectionId, SystemId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use standard::{InformationClass, Role};
use store::facts::{Fact, FactSet};

pub(crate) const INFORMATION: &str = "information";
pub(crate) const DEVICE: &str = "device";
pub(crate) const NETWORK: &str = "network";

/// The city and the ledger as known here.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Organisation, people and systems.
    pub directory: Directory,
    sections: Arc<BTreeMap<SectionId, directory::Section>>,
    information: Arc<BTreeMap<InformationId, Classified>>,
    devices: Arc<BTreeSet<DeviceId>>,
    networks: Arc<BTreeSet<NetworkId>>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Classified {
    pub(crate) class: InformationClass,
    pub(crate) personal: bool,
}

impl FactSet for Known {
    fn apply(&mut self, fact: &Fact) {
        match fact.kind.as_str() {
            INFORMATION => entry(&mut self.information, fact),
            DEVICE => member(&mut self.devices, fact),
            NETWORK => member(&mut self.networks, fact),
            kind::SECTION => {
                entry(&mut self.sections, fact);
                self.directory.apply(fact);
            }
            _ => self.directory.apply(fact),
        }
    }
}

fn entry<K, V>(map: &mut Arc<BTreeMap<K, V>>, fact: &Fact)
where
    K: FromStr + Ord + Clone,
    V: DeserializeOwned + Clone,
{
    let Ok(id) = fact.id.parse::<K>() else { return };
    let map = Arc::make_mut(map);
    match fact.read() {
        Some(value) => map.insert(id, value),
        None => map.remove(&id),
    };
}

fn member<K: FromStr + Ord + Clone>(set: &mut Arc<BTreeSet<K>>, fact: &Fact) {
    let Ok(id) = fact.id.parse::<K>() else { return };
    let set = Arc::make_mut(set);
    if fact.read::<bool>() == Some(true) {
        set.insert(id);
    } else {
        set.remove(&id);
    }
}

impl Known {
    /// The organisation at that instant, with these people in it.
    pub fn organisation<'a>(
        &self,
        people: impl IntoIterator<Item = &'a PersonId>,
        now: Timestamp,
    ) -> Organisation {
        let directory = &self.directory;
        let posts = directory.posts(now).map(|(id, post, holder)| {
            let post = Post {
                roles: post.roles.clone(),
                bureau: post.bureau.clone(),
                section: post.section.clone(),
                holder: holder.cloned(),
            };
            (id.clone(), post)
        });
        let sections = self.sections.iter().map(|(id, section)| {
            let section = Section {
                bureau: section.bureau.clone(),
                parent: section.parent.clone(),
            };
            (id.clone(), section)
        });
        let named = people.into_iter();
        let named = named.filter_map(|id| Some((id, directory.person(id)?)));
        let (mut people, mut nobodys) = (BTreeMap::new(), BTreeSet::new());
        for (id, person) in named {
            if let Some(section) = person.section(now) {
                people.insert(id.clone(), section.clone());
            }
            if !person.is_staff() {
                nobodys.insert(id.clone());
            }
        }
        Organisation {
            posts: posts.collect(),
            sections: sections.collect(),
            people,
            nobodys,
            deputies: directory.deputies_on_routes(now),
        }
    }

    /// Every system.
    pub fn systems(&self) -> BTreeMap<SystemId, System> {
        let systems = self.directory.systems().map(|(id, system)| {
            let system = System {
                owner: system.owner.clone(),
                important: system.important,
                retired: system.retired,
            };
            (id.clone(), system)
        });
        systems.collect()
    }

    /// An entry of administrative information.
    pub fn information(&self, id: &InformationId) -> Option<Information> {
        self.information.get(id).map(|entry| Information {
            class: entry.class,
            personal: entry.personal,
        })
    }

    /// Whether a device is in the register.
    pub fn has_device(&self, id: &DeviceId) -> bool {
        self.devices.contains(id)
    }

    /// Whether a network is in the ledger.
    pub fn has_network(&self, id: &NetworkId) -> bool {
        self.networks.contains(id)
    }

    /// Where a person belongs at that instant; nowhere, if nobody has told of them.
    pub fn place(&self, person: &PersonId, now: Timestamp) -> Place {
        self.organisation([person], now)
            .person(person)
            .unwrap_or_default()
    }

    /// Whether the person may see everything: the CISO and those who audit.
    pub fn sees_all(&self, person: &PersonId, now: Timestamp) -> bool {
        let roles = self.directory.roles_of(person, now);
        roles.contains(&Role::Ciso) || roles.contains(&Role::Auditor)
    }
}
