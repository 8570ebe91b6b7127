//! Looking through the records for misuse, as they come (不正の点検・分析, 7-1-(4)-4).
//!
//! What a record says is [`Seen`]; each rule of the pack keeps a [`Watch`] on each subject it concerns, a
//! person, a shared ID or a source, and an [`Analyst`] shows every record to every rule in the order of the
//! log. What follows is a function of the records alone: whether they are looked at as they come, after a
//! restart, or years later in a replay, the same is [`Raised`].

mod analyst;
mod burst;
mod clock;
mod detect;
mod dormant;
mod off_hours;
mod seen;
mod shared_id;
mod two_places;
mod watch;
mod words;

pub use analyst::{Analyst, Key, Raised, Rules};
pub use seen::{Access, Conduct, Outcome, Seen, What};
pub use watch::Watch;

/// Most log indexes a suspicion names.
pub const EVIDENCE: usize = 100;

#[cfg(test)]
mod tests;
