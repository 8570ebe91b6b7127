//! A connection of a system with a network (clauses 3-6, 7-2-(6)).
//!
//! A section's information manager, or the network manager, enters a connection. [`judge`] holds
//! it against every rule: the My Number network is closed, LGWAN and the Internet stay apart,
//! systems with personal information stay inside, and whatever leaves the city's networks has the
//! CISO's permit. A rule that stands against it refuses it, unless a permit or an exception in
//! force names that clause and this system; the connection then records which. When what it rests
//! on ends, or the system changes (more information, another network class), the shell has it
//! judged again: it stays on record, since a ledger that hides the cable is no ledger, but as
//! forbidden, and its clauses say why. It leaves the ledger by being removed, for good.

mod decide;
mod judge;
mod refusal;

use kernel::{ClauseId, ConnectionId, NetworkId, SectionId, SystemId};
use serde::{Deserialize, Serialize};

use jiff::Timestamp;

use crate::{allowance::Allowances, keeper::Caller};

pub use judge::{NetworkSide, Relaxation, SystemSide, judge};
pub use refusal::Refusal;

/// A connection as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// The ledger's own number; empty until registered.
    pub id: ConnectionId,
    /// System.
    pub system: SystemId,
    /// Network.
    pub network: NetworkId,
    /// What relaxes the rules that would stand against it, each rule once.
    pub relaxations: Vec<Relaxation>,
    /// Rules that stood against it when it was last judged.
    pub forbidden: Vec<ClauseId>,
    /// Where its life is.
    pub life: Life,
}

/// Where a connection's life is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Life {
    /// Never registered.
    #[default]
    Absent,
    /// In the ledger.
    Live,
    /// Removed.
    Removed,
}

impl Connection {
    /// The clauses that stand against it at an instant: those of the last judgement and those
    /// whose relaxation has ended since, whether or not anybody was told.
    pub fn forbidden_at(&self, now: Timestamp) -> Vec<ClauseId> {
        let ended = self
            .relaxations
            .iter()
            .filter(|relaxation| !relaxation.term.holds(now))
            .map(|relaxation| relaxation.clause.clone());
        self.forbidden.iter().cloned().chain(ended).collect()
    }
}

/// What is asked of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Enter it.
    Register {
        /// The ledger's own number.
        id: ConnectionId,
        /// System.
        system: SystemId,
        /// Network.
        network: NetworkId,
    },
    /// Judge it again: the system, a permit or an exception changed.
    Rejudge,
    /// Take it out of the ledger.
    Remove {
        /// Why.
        reason: String,
    },
}

/// What happened to a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was entered.
    Registered {
        /// The ledger's own number.
        id: ConnectionId,
        /// System.
        system: SystemId,
        /// Network.
        network: NetworkId,
        /// What relaxes the rules that would stand against it.
        relaxations: Vec<Relaxation>,
    },
    /// A new judgement came out differently.
    Rejudged {
        /// What relaxes rules now.
        relaxations: Vec<Relaxation>,
        /// Rules that stand against it now.
        forbidden: Vec<ClauseId>,
    },
    /// It was taken out of the ledger.
    Removed {
        /// Why.
        reason: String,
    },
}

/// What the decision must know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The caller's posts.
    pub caller: Caller,
    /// Section that owns the system.
    pub owner_section: SectionId,
    /// The system; none if the ledger has it not, or not any more.
    pub system: Option<SystemSide>,
    /// The network; none if the ledger has it not.
    pub network: Option<NetworkSide>,
    /// What may relax the rules.
    pub allowances: Allowances,
}

#[cfg(test)]
mod tests;
