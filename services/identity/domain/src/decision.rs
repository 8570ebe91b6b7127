//! Access decisions: may this person do this on that system, by which clause.
//!
//! There is no aggregate here and no history: a decision is a pure function of what the other
//! aggregates and services have said ([`Facts`]), the clause pack's periods ([`Policy`]) and what
//! is asked ([`Request`]). [`decide`] resolves the three into a [`Case`], holds it against every
//! row of [`RULES`] and joins the rows that apply: a prohibition nothing relaxes refuses;
//! otherwise the strictest requirement asks for more authentication or is met. A row that stands
//! in the way is relaxed only when exceptions or permits in force at that very instant name every
//! one of its clauses and cover the person, the system, the path, the device and the class.
//!
//! [`explain`] tells of the same weighing, rule by rule, what it rested on and what would have been
//! enough; [`WhatIf`] repeats decisions as if a rule, an exception or a system were another.
//!
//! Everything runs on one immutable snapshot: no lock, no IO, and no allocation beyond the ids an
//! answer must name.

mod case;
mod decide;
mod explain;
mod facts;
mod object;
mod outcome;
mod policy;
mod relaxation;
mod request;
mod requirement;
mod rule;
mod rules;
mod served;
mod step_up;
mod what_if;

pub use case::Case;
pub use decide::decide;
pub use explain::{Enough, Explanation, Judged, NearMiss, Standing, explain};
pub use facts::{
    Device, Disabled, EnforcementPoint, Epoch, Fact, FactChange, FactKey, FactKind, Facts, Grant,
    Holders, Lost, MfaConsideration, Network, Person, RestrictedItem, Session, SharedIdUse,
    Suspension, System, UnknownFactKind, Used,
};
pub use object::{Authority, Object, Over};
pub use outcome::{Decision, Outcome, Reason, RelaxedBy};
pub use policy::{NotALimit, NotExact, Policy};
pub use relaxation::{Miss, Relaxation, RelaxationId, Scope};
pub use request::{Action, Request, UnknownAction};
pub use requirement::{Age, CategorySet, Requirement};
pub use rule::{Effect, Rule};
pub use rules::RULES;
pub use served::served;
pub use step_up::{Gap, StepUp};
pub use what_if::{UnknownRule, WhatIf};

#[cfg(test)]
mod tests;
