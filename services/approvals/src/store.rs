//! Permits and exceptions in the database.

mod exceptions;
mod finders;
mod keep;
mod marks;
mod migrations;
mod permits;
mod rows;

pub use exceptions::Exceptions;
pub use finders::{ExceptionFilter, PermitFilter, PermitScope, Viewer};
pub use keep::{Kept, carry_out};
pub use marks::Mark;
pub use migrations::Migrator;
pub use permits::Permits;

pub(crate) use permits::phase;

pub(crate) use finders::{
    count_exceptions, count_permits, count_without_decider, due_exceptions, due_permits, exception,
    exceptions, open_permits, overdue_exceptions, permit, permits, unreported,
};
