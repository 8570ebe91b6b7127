//! What a writer was told: one line for each command that was answered.

use std::{fmt, str::FromStr};

use standard::ServiceName;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Information was classified.
    Classify,
    /// A permit was applied for.
    Apply,
    /// It was granted.
    Decide,
    /// An incident was reported.
    Report,
    /// An access was decided.
    Evaluate,
    /// A card was registered.
    RegisterCard,
    /// It was reported lost.
    LoseCard,
}

impl Kind {
    pub(crate) const ALL: [Self; 7] = [
        Self::Classify,
        Self::Apply,
        Self::Decide,
        Self::Report,
        Self::Evaluate,
        Self::RegisterCard,
        Self::LoseCard,
    ];

    /// Which service answered.
    pub(crate) fn source(self) -> ServiceName {
        match self {
            Self::Classify => ServiceName::Ledger,
            Self::Apply | Self::Decide => ServiceName::Approvals,
            Self::Report => ServiceName::Incidents,
            Self::Evaluate | Self::RegisterCard | Self::LoseCard => ServiceName::Identity,
        }
    }

    /// The event that says so.
    pub(crate) fn event(self) -> &'static str {
        match self {
            Self::Classify => "sekisho.ledger.v1.InformationClassified",
            Self::Apply => "sekisho.approvals.v1.PermitApplied",
            Self::Decide => "sekisho.approvals.v1.PermitGranted",
            Self::Report => "sekisho.incidents.v1.IncidentReported",
            Self::Evaluate => "sekisho.identity.v1.AccessEvaluated",
            Self::RegisterCard => "sekisho.identity.v1.FactorEnrolled",
            Self::LoseCard => "sekisho.identity.v1.CredentialReportedLost",
        }
    }

    /// The table whose row holds what came of it; a decision has none but its record.
    pub(crate) fn table(self) -> Option<&'static str> {
        match self {
            Self::Classify => Some("information"),
            Self::Apply | Self::Decide => Some("permit"),
            Self::Report => Some("incident"),
            Self::Evaluate => None,
            Self::RegisterCard | Self::LoseCard => Some("account"),
        }
    }
}

/// A command and what its answer named: `Apply w3-17-apply 0190...`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// What was done.
    pub(crate) kind: Kind,
    /// The idempotency key; `-` for a decision, which has none.
    pub(crate) key: String,
    /// The permit, the incident, the credential ... that the answer named.
    pub(crate) id: String,
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} {}", self.kind, self.key, self.id)
    }
}

impl FromStr for Acknowledged {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, String> {
        let mut words = line.split(' ');
        let mut word = || words.next().map(str::to_owned).ok_or(line.to_owned());
        let name = word()?;
        let kind = Kind::ALL
            .into_iter()
            .find(|kind| format!("{kind:?}") == name);
        Ok(Self {
            kind: kind.ok_or(line.to_owned())?,
            key: word()?,
            id: word()?,
        })
    }
}
