//! The rules of incidents (セキュリティ障害, clause 8-3), pure: no IO, no clock, no randomness.
//!
//! [`incident`] holds the one aggregate with its reporting chain; [`office`] says who holds
//! which role for a section, and the standard's table of actions what falls to them.

pub mod clauses;
mod facts;
#[cfg(test)]
mod fixture;
pub mod incident;
pub mod office;
mod served;

pub use facts::{Facts, System};
pub use incident::Incident;
pub use office::Office;
pub use served::served;
