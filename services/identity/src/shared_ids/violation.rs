//! What can be wrong with a shared ID.

use identity_domain::shared_id::State;
use jiff::Timestamp;
use kernel::ClauseId;

/// Something about a shared ID is not as the standard wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    /// The secret should have been changed.
    SecretChangeOverdue,
    /// Whoever answered for it has moved or left.
    OwnerMissing,
}

impl Violation {
    /// Everything that can be wrong.
    pub(crate) const ALL: [Self; 2] = [Self::SecretChangeOverdue, Self::OwnerMissing];

    /// The one spelling in answers and metrics.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::SecretChangeOverdue => "secret_change_overdue",
            Self::OwnerMissing => "owner_missing",
        }
    }

    /// The clause that asks for it.
    pub(crate) const fn clause(self) -> ClauseId {
        match self {
            Self::SecretChangeOverdue => ClauseId::known("4-3-3"),
            Self::OwnerMissing => ClauseId::known("4-3-2"),
        }
    }

    /// Whether it is so at that instant.
    pub(crate) fn is_of(self, state: &State, now: Timestamp) -> bool {
        match self {
            Self::SecretChangeOverdue => state.duty.as_ref().is_some_and(|duty| duty.due_at <= now),
            Self::OwnerMissing => state.is_without_owner(),
        }
    }
}
