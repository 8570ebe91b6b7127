//! What every service knows of the city, from the events of identity and ledger: bureaus, sections,
//! posts and their holders, people, and information systems.
//!
//! [`organisation_changes`] and [`system_changes`] turn records into facts; [`Directory`] folds
//! facts; the questions a route or a rule asks are its methods. Roles belong to posts: a person has
//! the roles of the posts they hold, those that follow from them, and what the head of the section
//! named them. Who acts for somebody absent is derived too ([`Directory::deputies`]).

mod changes;
mod delegation;
mod deputies;
mod facts;
mod oversight;
mod questions;
mod said;
mod seats;
mod who_may;

pub use changes::{organisation_changes, system_changes};
pub use delegation::{Absence, Delegation, Nomination, Plan};
pub use deputies::{Charge, Deputy, Named};
pub use facts::{Bureau, Directory, Epoch, Person, Post, Revoked, Section, System, kind};
pub use oversight::{Collision, Missing, Shortfall};
pub use said::{holders_said, person_said};
pub use who_may::{Answer, NoAnswer, Question, Step};

#[cfg(test)]
mod tests;
