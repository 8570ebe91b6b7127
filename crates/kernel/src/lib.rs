//! The words every domain of Sekisho is written in.
//!
//! Nothing here does IO, reads a clock or draws a random number: a domain built on this crate
//! decides the same way every time it is given the same state, facts, command and context.

mod actor;
mod blank;
mod clause;
mod clock;
mod decider;
mod id;
mod refusal;
mod timeline;

pub use actor::{Actor, ActorSyntax};
pub use blank::is_blank;
pub use clause::ClauseId;
pub use clock::{Clock, ManualClock};
pub use decider::{Context, Decider, replay};
pub use id::{
    AbsenceId, AccessReviewId, BureauId, ConnectionId, DecisionId, DeviceId, EmergencyAccessId,
    EnforcementPointId, ExceptionId, IdSyntax, IncidentId, InformationId, NetworkId, PermitId,
    PersonId, PostId, RestrictedItemId, SectionId, SessionId, SharedId, SystemId,
};
pub use refusal::{Challenge, Fault, Kind, Refusal};
pub use timeline::{Spell, Timeline};
