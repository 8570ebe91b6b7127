//! What may be asked of an exception.

use jiff::Timestamp;
use kernel::{BureauId, ClauseId, ExceptionId, PersonId};

use super::Scope;

/// A command. Who asks, and when, is in the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Apply, as a bureau manager (8-4-(1)-1).
    Apply {
        /// The new exception's id.
        id: ExceptionId,
        /// What is applied for.
        terms: Box<Terms>,
    },
    /// Invoke in an emergency, as a bureau manager (8-4-(2)-1).
    Invoke {
        /// The new exception's id.
        id: ExceptionId,
        /// What it is for; its start is now whatever it says.
        terms: Box<Terms>,
    },
    /// Grant, as the CISO.
    Grant {
        /// Conditions or reason.
        reason: String,
        /// The witness asked for, when the CISO's own bureau or person is concerned.
        witness: Option<PersonId>,
    },
    /// Refuse, as the CISO.
    Refuse {
        /// Why.
        reason: String,
        /// As for granting.
        witness: Option<PersonId>,
    },
    /// Report an emergency to the CISO (8-4-(2)-2).
    Report {
        /// What was done and why.
        text: String,
    },
    /// Endorse a reported emergency, as the CISO.
    Endorse {
        /// Conditions or reason.
        reason: String,
        /// As for granting.
        witness: Option<PersonId>,
    },
    /// Move the end, as the CISO.
    Extend {
        /// The new hard end.
        ends_at: Timestamp,
        /// Why.
        reason: String,
        /// As for granting.
        witness: Option<PersonId>,
    },
    /// Confirm, as the witness, the decision that waits.
    Witness,
    /// Revoke, as the CISO. Needs no witness: it only restores the standard.
    Revoke {
        /// Why.
        reason: String,
    },
    /// Close after its end, with a review.
    Close {
        /// What was learned, and whether the standard is met again.
        review: String,
    },
    /// Record that its end has come.
    Expire,
    /// Record that the report of an emergency did not come in time.
    MarkOverdue,
}

/// What an exception is to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The bureau for which it is; may be none if the manager has only one.
    pub bureau: Option<BureauId>,
    /// The clauses deviated from.
    pub clauses: Vec<ClauseId>,
    /// Whom and what it covers.
    pub scope: Scope,
    /// The rational ground (合理的な理由); in an emergency, why it cannot wait.
    pub ground: String,
    /// What is done instead; may be empty in an emergency.
    pub substitute_measure: String,
    /// Start; none = now. A past start means now.
    pub starts_at: Option<Timestamp>,
    /// Hard end; in an emergency none = the longest the pack allows.
    pub ends_at: Option<Timestamp>,
}
