//! A device in the register (clauses 4-1-9, 7-2-(7)).
//!
//! The register is the list of what may be used at all: a section's information manager enters the
//! city's own devices, and a personal one is refused. A device is bound to one network by a
//! granted permit to connect it, for as long as the permit is in force, or when a ledger that
//! existed before is imported by the platform or the network manager. When the permit ends the
//! binding ends at that instant, whether or not anybody was told. A device leaves the register by
//! being retired; its number is not used again.

mod decide;
mod refusal;

use jiff::Timestamp;
use kernel::{DeviceId, NetworkId, PermitId, PersonId, SectionId};
use serde::{Deserialize, Serialize};
use standard::NetworkClass;

use crate::{allowance::Permit, connection::NetworkSide, keeper::Caller};

pub use refusal::Refusal;

/// A device as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The ledger's own number; empty until registered.
    pub id: DeviceId,
    /// What its section entered; none until registered.
    pub entry: Option<Entry>,
    /// The network it is bound to.
    pub binding: Option<Binding>,
    /// Out of the register.
    pub retired: bool,
}

/// What the section says of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// Section in charge.
    pub section: SectionId,
    /// Has its own way to the Internet (a mobile line), whatever network it is bound to.
    pub internet_mobile: bool,
    /// Who uses it; none = shared.
    pub person: Option<PersonId>,
}

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Stays on a desk.
    Desktop,
    /// Carried.
    Laptop,
    /// Carried.
    Tablet,
    /// Carried.
    Smartphone,
}

impl Kind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[Self::Desktop, Self::Laptop, Self::Tablet, Self::Smartphone];

    /// The one spelling used in data and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Laptop => "laptop",
            Self::Tablet => "tablet",
            Self::Smartphone => "smartphone",
        }
    }

    /// The kind of that spelling.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.as_str() == text)
    }

    const fn is_mobile(self) -> bool {
        !matches!(self, Self::Desktop)
    }
}

/// Whose a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// Owned or leased by the city.
    City,
    /// Somebody's own (私物).
    Personal,
}

/// A device's network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    /// The network.
    pub network: NetworkId,
    /// Its class.
    pub class: NetworkClass,
    /// Permit it rests on; none when it came with an import.
    pub permit: Option<PermitId>,
    /// When it ends by itself; none = until changed.
    pub ends_at: Option<Timestamp>,
}

impl Device {
    /// The binding in force at an instant.
    pub fn binding_at(&self, now: Timestamp) -> Option<&Binding> {
        let binding = self.binding.as_ref()?;
        binding
            .ends_at
            .is_none_or(|end| now < end)
            .then_some(binding)
    }

    /// Whether it is a mobile device connected to the Internet (3-4-(1)-6a) while so bound: by a
    /// line of its own, or by that network.
    pub fn internet_mobile(&self, bound: Option<&Binding>) -> bool {
        let on_internet = bound.is_some_and(|b| b.class == NetworkClass::Internet);
        self.entry
            .as_ref()
            .is_some_and(|entry| entry.internet_mobile || (entry.kind.is_mobile() && on_internet))
    }
}

/// What is asked of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Enter it, or enter all its facts anew.
    Register {
        /// The ledger's own number.
        id: DeviceId,
        /// What its section says.
        entry: Entry,
        /// Whose it is.
        ownership: Ownership,
    },
    /// Bind it to a network, by a permit in force.
    Bind {
        /// The network.
        network: NetworkId,
    },
    /// Bind it to the network an existing ledger says it is on.
    BindAtImport {
        /// The network.
        network: NetworkId,
    },
    /// A permit to connect it was revoked or ended.
    Release {
        /// The permit.
        permit: PermitId,
    },
    /// Take it out of the register.
    Retire {
        /// Why.
        reason: String,
    },
}

/// What happened to a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was entered or entered anew.
    Registered {
        /// The ledger's own number.
        id: DeviceId,
        /// What its section says.
        entry: Entry,
    },
    /// It is bound to a network.
    Bound(Binding),
    /// It is bound to no network any more.
    Released,
    /// It left the register.
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
    /// Whether the city has the section the command names.
    pub section_known: bool,
    /// The network it is to be bound to; none if the ledger has it not.
    pub network: Option<NetworkSide>,
    /// Granted permits that name this device.
    pub permits: Vec<Permit>,
}

#[cfg(test)]
mod tests;
