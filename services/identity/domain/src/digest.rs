//! What is kept of a secret handle: its SHA-256, never the handle.

use serde::{Deserialize, Serialize};

/// SHA-256 of a random handle (one-time code, session handle), made by the shell.
///
/// Good only for handles of at least 100 random bits; passwords have a slow hash of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Takes over a finished SHA-256.
    pub const fn new(sha256: [u8; 32]) -> Self {
        Self(sha256)
    }
}
