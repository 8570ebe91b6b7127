//! What every service knows of the city, from the events of identity and ledger: bureaus, sections,
//! posts and their holders, people, and information systems.
//!
//! [`organisation_changes`] and [`system_changes`] turn records into facts; [`Directory`] folds
//! facts; the questions a route or a rule asks are its methods. Roles belong to posts: a person has
//! the roles of the posts they hold, and nothing else.

mod changes;
mod facts;
mod questions;
mod said;

pub use changes::{organisation_changes, system_changes};
pub use facts::{Bureau, Directory, Person, Post, Revoked, Section, System, kind};
pub use said::{holders_said, person_said};
