//! The rules of incidents (セキュリティ障害, clause 8-3), pure: no IO, no clock, no randomness.
//!
//! [`incident`] holds the one aggregate with its reporting chain; [`office`] says who is in charge
//! of a duty when posts change hands or stand empty.

pub mod clauses;
mod facts;
#[cfg(test)]
mod fixture;
pub mod incident;
pub mod office;
mod served;

pub use facts::{Deputy, Facts, System, pack_version};
pub use incident::Incident;
pub use office::Office;
pub use served::served;
