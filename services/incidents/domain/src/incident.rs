//! A security incident (セキュリティ障害, clause 8-3), from its report to its closure.
//!
//! Staff report what they or a citizen noticed; a lost card or a suspicion opens one by itself. The
//! information manager, and the system manager when the system is important, are told and
//! investigate: three findings, reported to the bureau manager **and** the CSIRT manager. The CSIRT
//! manager passes it on to the CSIRT chief, or records the judgement that it is minor; the bureau
//! manager reports to the CISO when outside harm may be grave; the CSIRT chief reports outside.
//! Meanwhile systems may be stopped, which is reported to the CSIRT chief, and access records put
//! on hold, until the CSIRT chief or the CISO releases them. Recovery is recorded once every system is resumed, the bureau manager prevents
//! recurrence, and the incident is closed when no step of its chain is open. Each step has a clock;
//! one that runs out is recorded once. While
//! a manager is absent, a deputy acts as was planned beforehand. Whoever acts on an incident has been told of it.

mod command;
mod decide;
mod event;
mod refusal;
mod state;
mod step;
mod suspicion;

pub use command::{Command, Origin, Report, Target};
pub use event::{Deputised, Event, Link, What};
pub use refusal::Refusal;
pub use state::{
    Authority, Duty, Findings, Hold, Incident, OutsideReport, Phase, Remark, Suspension,
};
pub use step::Step;
pub use suspicion::{Suspicion, Suspicions};

#[cfg(test)]
mod tests;
