//! Looking through the log for misuse, behind its back (7-1-(4)-4): what rules see follows from the records
//! alone, so nothing of it is in the way of taking them in.
//!
//! [`Looker`] shows the rules what has entered the log, from its own watermark on, and keeps what they
//! remember and raise in the same transaction; [`digest`] sums a day up; [`replay`] shows the rules a part
//! of the past and raises nothing. What rules are is the pack's, how they judge is `audit_domain::analysis`.

pub(crate) mod digest;
mod look;
mod metrics;
mod observe;
mod publish;
mod replay;
mod rpc;
#[cfg(test)]
mod tests;

pub(crate) use look::Looker;
pub(crate) use rpc::{Analysis, service};
