//! An information system (情報システム, clause 7-1-(1)-1).
//!
//! The information manager of the section that owns it registers a system, with the class of the
//! network it stands on, and changes its facts as they change. The shell tells it of every entry
//! of information it gains or loses; from these counts it knows its strictest class. Whether it is
//! an **important** system (3-2) is never typed in: it follows from who uses it, from class S, and
//! from two judgements recorded with their reasons, and is derived anew whenever one of these
//! changes. For systems of class S or I the consideration of multi-factor authentication is
//! recorded (7-2-(2)-1). A system leaves service when it handles no information and has no
//! connection any more; its number is not used again.

mod decide;
mod handled;
mod importance;
mod refusal;

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::{SectionId, SystemId};
use serde::{Deserialize, Serialize};
use standard::NetworkClass;

use crate::{connection::SystemSide, keeper::Caller};

pub use handled::{Handled, Held};
pub use importance::ImportanceGround;
pub use refusal::Refusal;

/// A system as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct System {
    /// The ledger's own number; empty until registered.
    pub id: SystemId,
    /// What its owner entered; none until registered.
    pub entry: Option<Entry>,
    /// The information it handles.
    pub handled: Handled,
    /// Why it is important; empty = it is not.
    pub importance: Vec<ImportanceGround>,
    /// What was decided about multi-factor authentication.
    pub mfa: Option<MfaConsideration>,
    /// Out of service.
    pub retired: bool,
}

/// What the owner says of a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Name, at most 200 characters.
    pub name: String,
    /// Section that owns it.
    pub owner_section: SectionId,
    /// Class of the network it stands on.
    pub network_class: NetworkClass,
    /// Built or procured for cloud use.
    pub cloud: bool,
    /// Offered over telework.
    pub telework: bool,
    /// Handles personal information, as its owner declares; the information it handles may say
    /// so too.
    pub personal_information: bool,
    /// Sections whose work uses it; the owner's need not be named.
    pub used_by: BTreeSet<SectionId>,
    /// The judgement that a week's outage gravely harms administration: its reason.
    pub outage_impact: Option<String>,
    /// The manager's discretion to call it important: its reason.
    pub discretion: Option<String>,
}

impl Entry {
    /// With the owner among those who use it.
    fn completed(&self) -> Self {
        let mut entry = self.clone();
        entry.used_by.insert(entry.owner_section.clone());
        entry
    }
}

/// What was decided about multi-factor authentication (7-2-(2)-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MfaConsideration {
    /// Whether it was introduced.
    pub introduced: bool,
    /// Reason; empty only when it was introduced, or taken over from an existing ledger without.
    pub reason: String,
    /// When the consideration was recorded.
    pub recorded_at: Timestamp,
}

impl System {
    /// Whether it handles personal information, by its owner's word or by its information.
    pub fn personal_information(&self) -> bool {
        let declared = self.entry.as_ref().is_some_and(|e| e.personal_information);
        declared || self.handled.personal > 0
    }

    /// What the rule for connections must know; none unless it is in service.
    pub fn side(&self) -> Option<SystemSide> {
        let entry = self.entry.as_ref().filter(|_| !self.retired)?;
        Some(SystemSide {
            id: self.id.clone(),
            network_class: entry.network_class,
            personal_information: self.personal_information(),
            highest_class: self.handled.highest(),
        })
    }
}

/// What is asked of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Enter it.
    Register {
        /// The ledger's own number.
        id: SystemId,
        /// What its owner says.
        entry: Entry,
    },
    /// Enter other facts, all of them.
    Change {
        /// What its owner says now.
        entry: Entry,
    },
    /// Record what was decided about multi-factor authentication.
    RecordMfaConsideration {
        /// Whether it was introduced.
        introduced: bool,
        /// Reason.
        reason: String,
        /// When it was decided, if an existing ledger says so; none = now.
        recorded_at: Option<Timestamp>,
    },
    /// Take note of information it now handles, or no longer does. Sent by the shell in the
    /// transaction that classifies, moves or removes the information.
    Handle {
        /// What it gains.
        gained: Option<Held>,
        /// What it loses.
        lost: Option<Held>,
    },
    /// Take it out of service.
    Retire {
        /// Why.
        reason: String,
    },
}

/// What happened to a system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was entered.
    Registered {
        /// The ledger's own number.
        id: SystemId,
        /// What its owner says.
        entry: Entry,
    },
    /// Other facts were entered.
    Changed {
        /// What its owner says now.
        entry: Entry,
    },
    /// The grounds of its importance are others now.
    ImportanceChanged {
        /// The grounds; empty = it is not important.
        grounds: Vec<ImportanceGround>,
    },
    /// The information it handles changed.
    HandledChanged {
        /// The counts now.
        handled: Handled,
    },
    /// The consideration of multi-factor authentication was recorded.
    MfaConsidered {
        /// What was decided.
        consideration: MfaConsideration,
    },
    /// It left service.
    Retired {
        /// Why.
        reason: String,
    },
}

/// What the decision must know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// The caller's posts.
    pub caller: Caller,
    /// How many connections of the system the ledger has.
    pub connections: u64,
    /// Of the sections the command names, those the city does not have.
    pub unknown_sections: BTreeSet<SectionId>,
    /// The facts come from a table; who may take over an existing ledger is a rule of [`keeper`].
    ///
    /// [`keeper`]: crate::keeper
    pub existing_ledger: bool,
}

#[cfg(test)]
mod tests;
