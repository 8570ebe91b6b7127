//! What may be asked of a permit.

use std::collections::BTreeMap;

use kernel::{PermitId, PersonId};

use super::{Application, Hindrance, Verdict};

/// A command. Who asks, and when, is in the context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Apply, as the applicant.
    Apply {
        /// The new permit's id.
        id: PermitId,
        /// What is applied for.
        application: Box<Application>,
    },
    /// Decide the step whose turn it is.
    DecideStep {
        /// Which, from 0: so that deciding twice by mistake does not decide the next one.
        step: usize,
        /// Yes or no.
        verdict: Verdict,
        /// Reason or conditions; a no needs one.
        reason: String,
        /// The witness asked for, when nobody stands above the concerned.
        witness: Option<PersonId>,
    },
    /// Confirm, as the witness, the decision that waits at a step.
    Witness {
        /// Which, from 0.
        step: usize,
    },
    /// Withdraw the application, as the applicant.
    Withdraw {
        /// Why; may be empty.
        reason: String,
    },
    /// Revoke the permit granted.
    Revoke {
        /// Why.
        reason: String,
    },
    /// Record that what it permits was done: what was taken out is back, the medium is destroyed.
    Complete {
        /// The fields the kind asks for, by id.
        content: BTreeMap<String, String>,
    },
    /// Record that its end has come.
    Expire,
    /// Record that what it brings about was refused where it was to come about.
    Hinder(Hindrance),
    /// Look anew who decides at the steps still open: somebody changed posts.
    Reroute,
}
