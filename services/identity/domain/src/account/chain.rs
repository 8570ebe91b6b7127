//! How a registered client (an application or the command line) refreshes its session: by a chain
//! of tokens, each good once (RFC 9700, 4.14.2).
//!
//! Every token of a chain carries the family's secret and one of its own. With the family's secret
//! and any but the newest of the others, it is one that was used before: either its owner or a thief
//! has the newest, and nobody can tell which. So the session ends.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// What binds a session to a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Whose session it is beside its person's.
    pub client: ClientId,
    /// Digest of what all tokens of the chain have in common.
    pub family: Digest,
}

/// The name of a registered client (`client_id`).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(String);

impl ClientId {
    /// Takes over a configured name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is presented to go on with a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presented {
    /// The handle of one that belongs to its person alone.
    Handle(Digest),
    /// A token of a client's chain.
    Link {
        /// The chain it claims to be of.
        chain: Chain,
        /// Digest of its own secret.
        secret: Digest,
        /// Digest of the one that is to follow it.
        next: Digest,
    },
}
