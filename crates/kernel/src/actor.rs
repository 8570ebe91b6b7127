//! Who did it: on every command, event and log leaf.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{PersonId, SessionId};

/// The one on whose behalf something is done.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Actor {
    /// A member of staff with a live session.
    Person {
        /// Staff number.
        id: PersonId,
        /// The session the request came in.
        session: SessionId,
    },
    /// A registered machine: an enforcement point, an integrating system.
    Workload(String),
    /// A service of the platform itself, answering an event or a due date.
    Service(String),
    /// Nobody known yet (sign-in, health).
    Anonymous,
}

impl Actor {
    /// The person, if it is one.
    pub fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person { id, .. } => Some(id),
            _ => None,
        }
    }
}

/// The form on records: `person/S0001`, `workload/vdi-gateway`, `service/approvals`, `anonymous`.
/// The session is left out: it is a secret-like handle and has its own field where it matters.
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { id, .. } => write!(f, "person/{id}"),
            Self::Workload(id) => write!(f, "workload/{id}"),
            Self::Service(name) => write!(f, "service/{name}"),
            Self::Anonymous => f.write_str("anonymous"),
        }
    }
}

/// The text is not in an actor's form.
#[derive(Debug, thiserror::Error)]
#[error("not an actor: {0:?}")]
pub struct ActorSyntax(String);

/// Reads the form on records; a person read back has an empty session.
impl FromStr for Actor {
    type Err = ActorSyntax;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || ActorSyntax(text.to_owned());
        if text == "anonymous" {
            return Ok(Self::Anonymous);
        }
        let (kind, id) = text.split_once('/').ok_or_else(bad)?;
        match kind {
            "person" => Ok(Self::Person {
                id: PersonId::try_new(id).map_err(|_| bad())?,
                session: SessionId::default(),
            }),
            "workload" => Ok(Self::Workload(id.to_owned())),
            "service" => Ok(Self::Service(id.to_owned())),
            _ => Err(bad()),
        }
    }
}
