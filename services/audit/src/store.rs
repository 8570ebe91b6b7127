//! The log in the database. Leaves, nodes and watermarks of a batch share its transaction; what is
//! in the log is never updated.

pub(crate) mod analysis;
mod append_only;
pub(crate) mod aside;
pub(crate) mod checkpoint;
pub(crate) mod cosignature;
pub(crate) mod digest;
pub(crate) mod hand_over;
pub(crate) mod index;
pub(crate) mod leaf;
mod migrations;
pub(crate) mod prune;
pub(crate) mod search;
pub(crate) mod source;
pub(crate) mod sql;
pub(crate) mod tree;

pub use migrations::Migrator;
