//! What the analysis of records raised (7-1-(4)-4b). One incident takes in all that a rule says of the same
//! person, shared ID or source while it is open.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A suspicion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspicion {
    /// Id of the record that raised it.
    pub record: String,
    /// The rule, for example `denied_burst`.
    pub rule: String,
    /// Of whom or what: `person/S0001`, `shared_id/front-desk` or `source/ledger`.
    pub subject: String,
    /// What was seen.
    pub description: String,
    /// Log indexes of the records it rests on.
    pub log_indexes: Vec<u64>,
    /// When the last of them says that it happened.
    pub seen_at: Timestamp,
}

/// The suspicions of one incident.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspicions {
    /// How many there were.
    pub count: u64,
    /// The latest of them, at most [`Suspicions::MOST`], oldest first. All are on record.
    pub latest: Vec<Suspicion>,
}

impl Suspicions {
    /// Most suspicions an incident carries along.
    pub const MOST: usize = 20;

    pub(super) fn add(&mut self, suspicion: &Suspicion) {
        self.count += 1;
        if self.latest.len() == Self::MOST {
            self.latest.remove(0);
        }
        self.latest.push(suspicion.clone());
    }
}
