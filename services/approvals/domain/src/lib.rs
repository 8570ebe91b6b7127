//! The rules of approvals: who decides on what, what must be shown before anyone is asked, and
//! how exceptions to the standard live and end. Pure: no IO, no clock, no randomness.

pub mod exception;
mod facts;
mod organisation;
pub mod permit;
pub mod route;
mod served;
mod violation;

pub use exception::Exception;
pub use facts::{Facts, Information, System, Unreported};
pub use organisation::{Organisation, Place, Post, Section};
pub use permit::Permit;
pub use served::served;
pub use violation::{Problem, Violation};

#[cfg(test)]
mod fixture;
