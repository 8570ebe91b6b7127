//! The information a system handles, counted.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use standard::InformationClass;

/// How many entries of information of each class a system handles.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handled {
    /// Entries per class; a class without entries is not in it.
    pub classes: BTreeMap<InformationClass, u64>,
    /// Entries of personal information.
    pub personal: u64,
}

/// What counts of one entry of information.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Its class.
    pub class: InformationClass,
    /// Whether it is personal information.
    pub personal: bool,
}

impl Handled {
    /// The strictest class; none if no information is recorded.
    pub fn highest(&self) -> Option<InformationClass> {
        self.classes.keys().max().copied()
    }

    /// Entries of all classes.
    pub fn total(&self) -> u64 {
        self.classes.values().sum()
    }

    /// With one entry more and one less. What is not there is not taken away.
    pub(super) fn with(&self, gained: Option<Held>, lost: Option<Held>) -> Self {
        let mut handled = self.clone();
        if let Some(held) = gained {
            *handled.classes.entry(held.class).or_default() += 1;
            handled.personal += u64::from(held.personal);
        }
        if let Some(held) = lost {
            if let Some(count) = handled.classes.get_mut(&held.class) {
                *count -= 1;
            }
            handled.classes.retain(|_, count| *count > 0);
            handled.personal = handled.personal.saturating_sub(u64::from(held.personal));
        }
        handled
    }
}
