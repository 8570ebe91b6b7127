//! The store's guarantees, on SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "suite/batch.rs"]
mod batch;
#[path = "suite/carry_out.rs"]
mod carry_out;
#[path = "suite/counter.rs"]
mod counter;
#[path = "suite/execute.rs"]
mod execute;
#[path = "suite/facts.rs"]
mod facts;
#[path = "suite/journal.rs"]
mod journal;
#[path = "suite/lease.rs"]
mod lease;
#[path = "suite/open.rs"]
mod open;
