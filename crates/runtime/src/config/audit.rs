//! Settings of the audit service.

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

/// The audit section.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditSection {
    /// The key that signs checkpoints (mode 0600), the same for all of audit's replicas; none =
    /// `audit-log.key` in the data directory, made at first start.
    pub log_key_file: Option<PathBuf>,
    /// When refusals are so many that they look like misuse (clause 7-1-(4)-4b).
    pub denied_burst: DeniedBurst,
}

/// More refused accesses of one person within the window than are tolerated raise a suspicion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeniedBurst {
    /// So many are still nothing unusual, 1 to 99.
    pub tolerated: usize,
    /// Length of the window in minutes, 1 to 1,440.
    pub window_minutes: u32,
}

impl Default for DeniedBurst {
    fn default() -> Self {
        Self {
            tolerated: 10,
            window_minutes: 5,
        }
    }
}

impl DeniedBurst {
    /// Length of the window.
    pub const fn window(&self) -> SignedDuration {
        SignedDuration::from_mins(self.window_minutes as i64)
    }
}

impl AuditSection {
    /// Where the log's key is.
    pub fn log_key_path(&self, data_dir: &Path) -> PathBuf {
        self.log_key_file
            .clone()
            .unwrap_or_else(|| data_dir.join("audit-log.key"))
    }

    pub(crate) fn check(&self, problem: &mut impl FnMut(&str, String)) {
        let DeniedBurst {
            tolerated,
            window_minutes,
        } = self.denied_burst;
        // A suspicion names the records it rests on, at most a hundred.
        if !(1..=99).contains(&tolerated) {
            problem(
                "audit.denied_burst.tolerated",
                format!("{tolerated} is not within 1 to 99"),
            );
        }
        if !(1..=1440).contains(&window_minutes) {
            problem(
                "audit.denied_burst.window_minutes",
                format!("{window_minutes} is not within 1 to 1440"),
            );
        }
    }
}
