//! An ID is used that nobody had used for long, or that was stopped.

use serde::{Deserialize, Serialize};

use super::{Seen, seen::What};

/// Whether a record says something of an ID's use.
pub(super) fn concerns(seen: &Seen) -> bool {
    match &seen.what {
        // A robot's ID is no person's: its owner may have been away.
        What::Access(access) => !access.automated,
        What::SignedIn { .. }
        | What::StoppedIdTried { .. }
        | What::FoundUnused { .. }
        | What::Enabled { .. } => true,
        _ => false,
    }
}

/// The leaf that says that an ID was found unused; none for one in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Dormant {
    unused: Option<u64>,
}

impl Dormant {
    /// Takes one more in; the leaves when an unused or stopped ID is used. Once used it is in use.
    pub(super) fn see(&mut self, seen: &Seen) -> Option<Vec<u64>> {
        match &seen.what {
            What::FoundUnused { .. } => {
                self.unused = Some(seen.index);
                None
            }
            What::Enabled { .. } => {
                self.unused = None;
                None
            }
            What::Access(_) | What::SignedIn { .. } => {
                let unused = self.unused.take()?;
                Some(vec![unused, seen.index])
            }
            What::StoppedIdTried { .. } => {
                Some(self.unused.into_iter().chain([seen.index]).collect())
            }
            _ => None,
        }
    }
}
