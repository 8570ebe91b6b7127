//! Clause ids: how every rule, refusal and duty points at the obligation it serves.

use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

/// `section-item-bullet` as in the pack, for example `7-2-(2)-2ア`.
///
/// Whether a clause exists is the pack's business; each domain has a test that its own do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClauseId(Cow<'static, str>);

impl ClauseId {
    /// A clause named in code.
    pub const fn known(id: &'static str) -> Self {
        Self(Cow::Borrowed(id))
    }

    /// A clause named in data.
    pub fn new(id: impl Into<String>) -> Self {
        Self(Cow::Owned(id.into()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClauseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
