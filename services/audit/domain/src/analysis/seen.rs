//! What a record says, as far as rules ask.

use jiff::Timestamp;
use standard::AccessPath;

/// A record of the log, as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// Place in the log, from 0.
    pub index: u64,
    /// Source, for example `identity`.
    pub source: String,
    /// When it happened, by its source's clock.
    pub at: Timestamp,
    /// When it was taken into the log, by the log's clock.
    pub logged_at: Timestamp,
    /// What it says.
    pub what: What,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// An access was judged.
    Access(Box<Access>),
    /// Somebody signed in.
    SignedIn {
        /// Staff number.
        person: String,
    },
    /// Somebody tried to sign in to an account that is stopped, for lying unused or for good.
    StoppedIdTried {
        /// Staff number of its owner.
        person: String,
    },
    /// An account was found unused.
    FoundUnused {
        /// Staff number.
        person: String,
    },
    /// A stopped account was let go on, by somebody's decision.
    Enabled {
        /// Staff number.
        person: String,
    },
    /// Somebody checked a shared ID out.
    CheckedOut {
        /// The shared ID.
        shared_id: String,
        /// Others had it at that instant, so several may.
        beside_others: bool,
    },
    /// Somebody has a shared ID no longer.
    CheckedIn {
        /// The shared ID.
        shared_id: String,
        /// Staff number.
        person: String,
    },
    /// Records of a source stay away.
    Overdue {
        /// The source.
        source: String,
    },
    /// Something no rule asks for beyond when it happened.
    Other,
}

/// An access decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// Staff number; empty when the token was not good.
    pub person: String,
    /// The system asked for.
    pub system: String,
    /// What was to be done there.
    pub conduct: Conduct,
    /// What came of it.
    pub outcome: Outcome,
    /// Path of the enforcement point; none when a later version has others.
    pub path: Option<AccessPath>,
    /// Enforcement point that asked.
    pub point: String,
    /// Device named; empty when none.
    pub device: String,
    /// The shared ID under which the person acted; empty = their own.
    pub shared_id: String,
    /// A robot asked.
    pub automated: bool,
}

/// What an access is for, as far as rules tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conduct {
    /// Taking information out.
    Export,
    /// Administering a system, or changing a network or the protection of a device.
    Privileged,
    /// Ordinary use.
    Ordinary,
}

/// What came of an access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Allowed, by the rules or by an exception.
    Allowed,
    /// Refused.
    Denied,
    /// More authentication was asked for.
    Neither,
}

impl Seen {
    /// The person it is about; empty for none.
    pub fn person(&self) -> &str {
        match &self.what {
            What::Access(access) => &access.person,
            What::SignedIn { person }
            | What::StoppedIdTried { person }
            | What::FoundUnused { person }
            | What::Enabled { person }
            | What::CheckedIn { person, .. } => person,
            What::CheckedOut { .. } | What::Overdue { .. } | What::Other => "",
        }
    }

    /// The system it is about; empty for none.
    pub fn system(&self) -> &str {
        match &self.what {
            What::Access(access) => &access.system,
            _ => "",
        }
    }
}
