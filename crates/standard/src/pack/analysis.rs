//! The rules by which records are looked through for misuse (不正の点検・分析, 7-1-(4)-4).

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, civil::Time};
use kernel::ClauseId;

use crate::{AccessPath, UnknownWord};

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnalysisRule {
    /// Lower snake case, unique in its pack; recorded on what it raises.
    pub id: String,
    /// What people read, Japanese.
    pub title_ja: String,
    /// What people read, English.
    pub title_en: String,
    /// The clauses it serves, at least one.
    pub clauses: Vec<ClauseId>,
    /// What follows when it speaks.
    pub severity: Severity,
    /// How long it says nothing more of the same subject once it has spoken.
    pub quiet: SignedDuration,
    /// What it looks for.
    pub detector: Detector,
}

crate::vocabulary::words! {
    /// What follows from a suspicion.
    Severity, "severity" {
        /// It is on record and in the digest.
        Notice = "notice", "注意", "Notice";
        /// An incident opens too.
        Warning = "warning", "警告", "Warning";
        /// Somebody is woken too.
        Alarm = "alarm", "警報", "Alarm";
    }
}

crate::vocabulary::words! {
    /// What a burst counts, per person.
    Counted, "count" {
        DeniedAccess = "denied_access", "アクセスの拒否", "Denied accesses";
        Export = "export", "書き出し", "Exports";
    }
}

/// What a rule looks for. Windows go by the time at which records say that things happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detector {
    /// More of something, by one person, than is tolerated within a window.
    Burst {
        /// What is counted.
        counted: Counted,
        /// So many within the window are still nothing unusual.
        tolerated: usize,
        /// Length of the window.
        window: SignedDuration,
    },
    /// One person at two places sooner than anybody gets from one to the other.
    TwoPlaces {
        /// Pairs of places, at least one.
        apart: Vec<Apart>,
    },
    /// Privileged work on a closed day or outside of these hours of an office day, JST.
    OffHours {
        /// First moment of the day at which it is nothing unusual.
        opens: Time,
        /// First moment after them.
        closes: Time,
    },
    /// An ID is used that was found unused, or was stopped.
    Dormant {
        /// How long it is remembered that an ID was found unused.
        remembered: SignedDuration,
    },
    /// One shared ID at two places at once.
    SharedId {
        /// Two uses this close to each other are at once.
        window: SignedDuration,
    },
    /// The clock of a source is not the log's.
    Clock {
        /// A record is this far ahead of the log's clock.
        ahead: SignedDuration,
        /// Every record is this late ...
        behind: SignedDuration,
        /// ... and has been for so long.
        lasting: SignedDuration,
    },
    /// Records of a source stay away.
    Overdue,
}

impl Detector {
    /// For how long something of the past counts, at most.
    pub fn window(&self) -> SignedDuration {
        match self {
            Self::Burst { window, .. } | Self::SharedId { window } => *window,
            Self::TwoPlaces { apart } => {
                let longest = apart.iter().map(|apart| apart.within).max();
                longest.unwrap_or_default()
            }
            Self::Dormant { remembered } => *remembered,
            Self::Clock { lasting, .. } => *lasting,
            Self::OffHours { .. } | Self::Overdue => SignedDuration::ZERO,
        }
    }
}

/// Two places, and how soon after the one nobody is at the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    /// The places.
    pub between: [Place; 2],
    /// Sooner than this is suspect.
    pub within: SignedDuration,
}

/// Where enforcement points stand, as far as a pack can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Any point on this path: `telework`.
    Path(AccessPath),
    /// One point, by its id: `point:izumi-ward`.
    Point(String),
}

impl FromStr for Place {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        match text.strip_prefix("point:") {
            Some(id) if !id.is_empty() => Ok(Self::Point(id.to_owned())),
            _ => text.parse().map(Self::Path),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => path.fmt(f),
            Self::Point(id) => write!(f, "point:{id}"),
        }
    }
}
