//! What happened to a permit.

use jiff::Timestamp;
use kernel::{ClauseId, PermitId, PersonId};
use serde::{Deserialize, Serialize};
use standard::pack::Effect;

use super::{Application, Completion, Ending, Hindrance, Proposal, Ruling, Step};
use crate::{Place, route::Deciders};

/// An event of a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// It was applied for and met every rule.
    Applied(Box<Applied>),
    /// Someone else now decides at a step.
    Rerouted {
        /// Which step.
        step: usize,
        /// Who decides there.
        deciders: Deciders,
    },
    /// A decision waits for its witness.
    WitnessAsked {
        /// Which step.
        step: usize,
        /// The decision that waits.
        proposal: Proposal,
    },
    /// A step was decided.
    StepDecided {
        /// Which step.
        step: usize,
        /// Who could decide there.
        deciders: Deciders,
        /// What was decided.
        ruling: Ruling,
    },
    /// The last step was permitted.
    Granted {
        /// When.
        at: Timestamp,
    },
    /// What it brings about was refused where it was to come about.
    Hindered(Hindrance),
    /// A step was refused.
    Refused(Ending),
    /// The applicant withdrew it.
    Withdrawn(Ending),
    /// It was revoked.
    Revoked(Ending),
    /// What it permits was done.
    Completed(Completion),
    /// Its end came.
    Expired,
}

/// The application as it was accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    /// The permit.
    pub id: PermitId,
    /// Who applied.
    pub applicant: PersonId,
    /// Where they belonged.
    pub place: Place,
    /// What was applied for, as judged.
    pub application: Application,
    /// The clauses it serves.
    pub clauses: Vec<ClauseId>,
    /// The clauses it relaxes while in force.
    pub relaxes: Vec<ClauseId>,
    /// What granting it brings about elsewhere.
    pub effect: Option<Effect>,
    /// When it is to be completed.
    #[serde(default)]
    pub completion_due_at: Option<Timestamp>,
    /// The route, with who decides.
    pub steps: Vec<Step>,
    /// When.
    pub at: Timestamp,
    /// `<pack id>/<version>` it was judged by.
    pub pack_version: String,
}
