//! What every service stands in.
//!
//! A process is one [`Platform`]: its surroundings, whose tokens it trusts, its broker connection
//! and its ports. Each service it runs opens one [`Shell`]: its store with the relay behind it,
//! and from there its consumers and snapshots. [`main`] is the whole of a service's own binary.

mod arguments;
mod broker;
mod error;
mod journal;
mod past;
mod platform;
mod process;
mod quarantine;
mod reachable;
mod recorder;
mod service;

pub use arguments::{Arguments, service_at};
pub use broker::follow_broker;
pub use error::StartError;
pub use platform::{Platform, private_dir, take_data_dir};
pub use process::{Serving, Start, USAGE, block_on, explain, main, serve, serve_endpoints};
pub use service::{Shell, forget_revocations};
