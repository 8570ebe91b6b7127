//! How long the audit log keeps what records say (7-1-(4)-1, 7-1-(5)-1).

use jiff::Timestamp;
use kernel::ClauseId;

use super::{Pack, Period};

/// For how long records of one kind are kept. What no line names is kept for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Full name of the event, or its beginning up to a dot.
    pub records: String,
    /// The clause that asks for them.
    pub clause: ClauseId,
    /// For how long, unless all systems it names handle nothing above class II.
    pub important: Period,
    /// For how long in that case.
    pub other: Period,
}

impl Kept {
    /// Whether it speaks of events of that full name.
    pub fn is_of(&self, event: &str) -> bool {
        match self.records.ends_with('.') {
            true => event.starts_with(&self.records),
            false => event == self.records,
        }
    }
}

impl Pack {
    /// For how long which records are kept, in the order of the pack.
    pub fn kept(&self) -> &[Kept] {
        &self.kept
    }

    /// Until when a record of that time is kept.
    pub fn kept_until(&self, kept: &Kept, important: bool, recorded: Timestamp) -> Timestamp {
        let period = if important {
            kept.important
        } else {
            kept.other
        };
        self.period(period).end(recorded, self.calendar())
    }
}
