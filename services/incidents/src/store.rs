//! How incidents are kept.

mod incidents;
mod migrations;
pub(crate) mod query;

pub(crate) use incidents::Incidents;
pub use migrations::Migrator;
