//! A network (clause 3-3-0).
//!
//! The network manager enters each network that systems connect to, with its class and whether it
//! lies outside the city's own networks, and may enter its facts anew. What the rules for
//! connections and devices go by, its class and its place, stays as it is while anything is
//! connected to it: otherwise connections judged lawful would cease to be so unseen.

use kernel::{ClauseId, Context, Decider, Kind, NetworkId};
use serde::{Deserialize, Serialize};
use standard::NetworkClass;

use crate::{
    clauses,
    connection::NetworkSide,
    keeper::{Caller, NotYours},
};

/// A network as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// The ledger's own number; empty until registered.
    pub id: NetworkId,
    /// What was entered; none until registered.
    pub entry: Option<Entry>,
}

/// What the network manager says of a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Name, at most 200 characters.
    pub name: String,
    /// Its class.
    pub class: NetworkClass,
    /// Takes part in the prefectural security cloud (3-6-(3)-ア-1).
    pub prefectural_security_cloud: bool,
    /// Outside the city's own networks.
    pub external: bool,
}

impl Network {
    /// What the rule for connections must know; none until registered.
    pub fn side(&self) -> Option<NetworkSide> {
        self.entry.as_ref().map(|entry| NetworkSide {
            id: self.id.clone(),
            class: entry.class,
            external: entry.external,
        })
    }
}

/// What is asked of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Enter it, or enter all its facts anew.
    Register {
        /// The ledger's own number.
        id: NetworkId,
        /// What the network manager says.
        entry: Entry,
    },
}

/// What happened to a network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was entered or entered anew.
    Registered {
        /// The ledger's own number.
        id: NetworkId,
        /// What the network manager says.
        entry: Entry,
    },
}

/// What the decision must know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The caller's posts.
    pub caller: Caller,
    /// Whether systems are connected or devices bound to it.
    pub in_use: bool,
}

/// Why something asked of a network was not done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not the caller's to write.
    #[error(transparent)]
    NotYours(#[from] NotYours),
    /// Its class or place cannot change now.
    #[error("network {0} is in use: remove what is connected before changing its class or place")]
    InUse(NetworkId),
    /// No such network.
    #[error("the ledger has no such network")]
    NotFound,
}

impl Decider for Network {
    type Command = Command;
    type Event = Event;
    type Facts = Facts;
    type Refusal = Refusal;

    fn decide(
        &self,
        Command::Register { id, entry }: &Command,
        facts: &Facts,
        context: &Context,
    ) -> Result<Vec<Event>, Refusal> {
        facts.caller.must_keep_networks(context)?;
        if let Some(known) = &self.entry {
            if known == entry {
                return Ok(vec![]);
            }
            let moves = known.class != entry.class || known.external != entry.external;
            if moves && facts.in_use {
                return Err(Refusal::InUse(self.id.clone()));
            }
        }
        Ok(vec![Event::Registered {
            id: id.clone(),
            entry: entry.clone(),
        }])
    }

    fn evolve(&mut self, Event::Registered { id, entry }: &Event) {
        self.id = id.clone();
        self.entry = Some(entry.clone());
    }
}

impl kernel::Refusal for Refusal {
    fn kind(&self) -> Kind {
        match self {
            Self::NotYours(inner) => inner.kind(),
            Self::InUse(_) => Kind::Precondition,
            Self::NotFound => Kind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotYours(inner) => inner.code(),
            Self::InUse(_) => "network_in_use",
            Self::NotFound => "network_not_found",
        }
    }

    fn clauses(&self) -> Vec<ClauseId> {
        match self {
            Self::NotYours(inner) => inner.clauses(),
            Self::InUse(_) | Self::NotFound => vec![clauses::NETWORK_CLASS],
        }
    }

    fn field(&self) -> Option<String> {
        match self {
            Self::InUse(_) => Some("network_class".to_owned()),
            Self::NotYours(_) => Some("network_id".to_owned()),
            Self::NotFound => None,
        }
    }

    fn message_ja(&self) -> String {
        match self {
            Self::NotYours(inner) => inner.message_ja(),
            Self::InUse(id) => format!(
                "ネットワーク{id}には接続中のシステム又は端末があるため、分類と庁外の別は変更できません。"
            ),
            Self::NotFound => "このネットワークは台帳にありません。".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests;
