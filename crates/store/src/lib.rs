//! Where a service keeps what it knows, and the only way to change it.
//!
//! [`Store::execute`] is the write path: load the aggregate, decide, evolve, and commit its state
//! row, its journal rows and the idempotency key in ONE transaction. [`Store::carry_out`] is the
//! same path when facts are gathered or several aggregates change in that transaction, a [`Unit`].
//! Everything else here serves what comes after: the relay stamps the journal ([`stamp`]), consumers
//! keep [`watermark`]s, and [`facts`] hold what other services have said.
//!
//! The same code runs on PostgreSQL and on SQLite.

mod aggregate;
mod appender;
pub mod backup;
mod batch;
mod carry_out;
mod database;
mod execute;
pub mod facts;
mod failure;
pub mod fault;
mod idempotency;
mod journal;
mod lease;
pub mod quarantine;
pub mod query;
mod rehearsal;
pub mod schema;
mod stamp;
mod unit;
pub mod watermark;

pub use aggregate::{Aggregate, Column, Done};
pub use appender::Appender;
pub use batch::Batch;
pub use carry_out::{Outcome, Worked};
pub use database::{Backend, Database, Options, Unopened};
pub use execute::Store;
pub use failure::Failure;
pub use idempotency::{Key, Request};
pub use journal::{Entry, Head};
pub use lease::Lease;
pub use sea_orm::DatabaseTransaction as Tx;
pub use stamp::Stamped;
pub use unit::Unit;

/// An instant as the databases keep it: microseconds since 1970.
pub fn micros(at: jiff::Timestamp) -> i64 {
    at.as_microsecond()
}

/// An instant back from the database.
pub fn from_micros(at: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}
