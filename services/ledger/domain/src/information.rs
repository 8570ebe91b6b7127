//! An entry of administrative information (行政情報, clause 3-1-0).
//!
//! The information manager of the section that holds it enters it with its class and the ground
//! for the class; there is no entry without a class. The ground must give that class: ordinance
//! and operational secrets give I, other items of the ordinance II, the manager's discretion
//! either, with a reason; III is what remains, decided explicitly. S lies within I: it names the
//! ground that makes it class I (which stands already when the entry was class I before), and why
//! it could hardly be restored. Classifying it again keeps
//! the class it had before on the event. It may be handled by a system, and move to another. When
//! it is erased or handed over it leaves the ledger with a reason, and its number with it.

mod decide;
mod refusal;

use jiff::civil::Date;
use kernel::{InformationId, SectionId, SystemId};
use serde::{Deserialize, Serialize};
use standard::{ClassificationGround, InformationClass};

use crate::{keeper::Caller, system::Held};

pub use refusal::Refusal;

/// An entry as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Information {
    /// The ledger's own number; empty until classified.
    pub id: InformationId,
    /// What its holder entered; none until classified.
    pub entry: Option<Entry>,
    /// Erased or handed over.
    pub removed: bool,
}

/// What the holder says of the information.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Name, at most 200 characters.
    pub name: String,
    /// Section that holds it.
    pub section: SectionId,
    /// Its class, and why.
    pub classification: Classification,
    /// System that handles it; none = paper, or none.
    pub system: Option<SystemId>,
    /// Personal information.
    pub personal: bool,
    /// Erase after this day in JST (3-4-(1)-11).
    pub retention_until: Option<Date>,
}

/// A class with its ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// The class.
    pub class: InformationClass,
    /// What gives it that class.
    pub ground: ClassificationGround,
    /// For class S, and only there: the ground that makes it class I. Missing only where an
    /// existing ledger did not name it.
    pub class_i_ground: Option<ClassificationGround>,
    /// The reason; must be given where the ground asks for one.
    pub reason: Option<String>,
}

impl Entry {
    /// What counts of it for the system that handles it.
    pub fn held(&self) -> Held {
        Held {
            class: self.classification.class,
            personal: self.personal,
        }
    }
}

impl Information {
    /// The entry while it is in the ledger.
    pub fn live(&self) -> Option<&Entry> {
        self.entry.as_ref().filter(|_| !self.removed)
    }
}

/// What is asked of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Enter it with its class, or enter all its facts anew.
    Classify {
        /// The ledger's own number.
        id: InformationId,
        /// What its holder says.
        entry: Entry,
    },
    /// It was erased or handed over.
    Remove {
        /// Why.
        reason: String,
    },
}

/// What happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was entered or entered anew.
    Classified {
        /// The ledger's own number.
        id: InformationId,
        /// What its holder says.
        entry: Entry,
        /// The class it had before; none for a new entry.
        previous_class: Option<InformationClass>,
    },
    /// It left the ledger.
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
    /// Whether the system it names is in service; not asked when it names none.
    pub system_in_service: bool,
    /// Whether the city has the section it names.
    pub section_known: bool,
    /// The entry comes from a table; who may take over an existing ledger is a rule of [`keeper`].
    ///
    /// [`keeper`]: crate::keeper
    pub existing_ledger: bool,
}

#[cfg(test)]
mod tests;
