//! What tests stand on: real servers on free ports, a fresh database for every test, and waiting
//! for events instead of sleeping. A development dependency only.

mod database;
mod nats;
mod postgres;
mod server;
mod wait;

pub use database::{TestDatabase, on_both, postgres_database, sqlite_database};
pub use nats::{NatsServer, shared_nats};
pub use postgres::shared_postgres;
pub use wait::{eventually, eventually_ok};
