//! From a service's journal to the handlers of the others, exactly once and in order.
//!
//! The [`Relay`] stamps a source's journal and publishes it to JetStream. A [`Consumer`] hands the
//! records of one source to a [`Handler`], whose effects share a transaction with the watermark.
//! JetStream is transport and wake-up: whatever it loses, repeats, reorders or forges is dropped or
//! fetched again from the source ([`Upstream`]), and without it the consumers pull.

mod consumer;
mod contradiction;
mod delivery;
mod handler;
mod learn;
mod nats;
mod relay;
mod retry;
mod tenure;
mod topology;
mod upstream;

pub use consumer::Consumer;
pub use contradiction::Contradiction;
pub use delivery::Delivery;
pub use handler::{Each, Handler, RecordHandler, Trouble, readable, turn_to};
pub use learn::Learn;
pub use nats::{BrokerError, Nats};
pub use relay::Relay;
pub use retry::{Retry, StillAside};
pub use topology::Topology;
pub use upstream::{Peer, SourceHead, Unreachable, Upstream};
