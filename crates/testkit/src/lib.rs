//! What tests stand on: real servers on free ports, a fresh database for every test, whole
//! processes of the platform, and waiting for events instead of sleeping. A development dependency
//! only.

mod any_city;
mod authenticator;
mod caller;
mod database;
mod measured;
mod nats;
mod neighbours;
mod postgres;
mod process;
mod program;
mod replica;
mod said;
mod server;
mod totp;
mod wait;

pub use any_city::{AnyCity, Draw};
pub use authenticator::Authenticator;
pub use caller::{Refused, refused};
pub use database::{
    TestDatabase, expire_lease, on_both, postgres_database, postgres_options, sqlite_database,
};
pub use measured::measured;
pub use nats::{NatsServer, shared_nats};
pub use neighbours::Neighbours;
pub use postgres::{PostgresServer, shared_postgres, sync_postgres};
pub use process::{Engine, TestProcess};
pub use program::Program;
pub use replica::Replica;
pub use said::{assigned, registered};
pub use server::free_port;
pub use totp::one_time_code;
pub use wait::{eventually, eventually_ok};
