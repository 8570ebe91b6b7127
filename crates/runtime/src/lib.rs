//! What every process stands on: configuration, telemetry, tasks and shutdown, the real clock and
//! random source, TLS set-up and the operations port.
//!
//! Everything a service may take from its surroundings comes from here, so that a test can replace
//! it and a reader can find it.

mod clock;
mod clock_watch;
pub mod config;
pub mod crypto;
pub mod files;
pub mod http;
pub mod open_files;
mod random;
mod readiness;
mod secret;
pub mod shutdown;
mod surroundings;
mod tasks;
pub mod telemetry;
mod ticks;

pub use clock::SystemClock;
pub use clock_watch::watch_clock;
pub use config::{Config, ConfigError};
pub use random::{new_id, random_bytes};
pub use readiness::{Readiness, Requirement};
pub use secret::{Secret, SecretError};
pub use surroundings::{Runtime, StartError};
pub use tasks::{Failure, Stage, Tasks};
pub use telemetry::{metrics, trace};
pub use ticks::Ticks;
/// What [`Tasks::shutdown_token`] gives.
pub use tokio_util::sync::CancellationToken;
