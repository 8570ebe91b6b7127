//! What is asked.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use kernel::{DeviceId, PersonId, SessionId, SharedId, SystemId};
use standard::InformationClass;

use super::{Authority, Object};

/// What a person wants to do on a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Ordinary use.
    Use,
    /// Work with privileges (7-2-(8)).
    Administer,
    /// Take information out of the system.
    Export,
    /// Store information on the device.
    Record,
    /// Change the system, or what is managed by means of it: its configuration, development, operation.
    Change,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 5] = [
        Self::Use,
        Self::Administer,
        Self::Export,
        Self::Record,
        Self::Change,
    ];

    /// The spelling on records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Use => "use",
            Self::Administer => "administer",
            Self::Export => "export",
            Self::Record => "record",
            Self::Change => "change",
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text is not an action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown action {0:?}, expected one of: use, administer, export, record, change")]
pub struct UnknownAction(String);

impl FromStr for Action {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, UnknownAction> {
        Self::ALL
            .into_iter()
            .find(|action| action.as_str() == text)
            .ok_or_else(|| UnknownAction(text.to_owned()))
    }
}

/// One access asked for. Nothing the caller says in it can make the decision laxer: person, session and
/// epoch come from a verified token, the path follows from which workload asks, authority from posts and
/// absences, the class can only be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who, by the subject of a verified access token.
    pub person: PersonId,
    /// Session of that token; its factors are looked up, never taken from the token.
    pub session: SessionId,
    /// Epoch of that token.
    pub epoch: u64,
    /// System asked for.
    pub system: SystemId,
    /// What for.
    pub action: Action,
    /// What it is about, beside the system.
    pub object: Option<Object>,
    /// The person's authority over what [`Request::over`] says.
    pub authority: Authority,
    /// Id of the workload that asks, from its own token, without the leading `workload/`.
    pub workload: String,
    /// Device named.
    pub device: Option<DeviceId>,
    /// Class the caller knows the information to have, where stricter than the system's.
    pub class: Option<InformationClass>,
    /// A software robot asks (7-8-3).
    pub automated: bool,
    /// Shared ID under which the person acts; none = under their own (4-3-2).
    pub shared_id: Option<SharedId>,
    /// Until when the facts of every source are known to be complete; `None` = not known at all.
    pub as_of: Option<Timestamp>,
    /// The decision's own clock.
    pub now: Timestamp,
}
