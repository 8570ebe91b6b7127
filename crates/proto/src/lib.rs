//! Every contract of Sekisho as Rust types: the only place where proto becomes code.

pub mod codec;
mod convert;
pub mod paths;
pub mod record;
pub mod wire;
mod words;
mod contracts {
    #![allow(missing_docs, clippy::all)]
    include!(concat!(env!("OUT_DIR"), "/contracts.rs"));
}

pub use contracts::{io, sekisho};
pub use convert::{instant, timestamp};
pub use prost::DecodeError;
pub use sekisho::{approvals, audit, common, identity, incidents, journal, ledger};

/// The descriptor set of all contracts with their comments, for reflection and for tests.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

/// A proto event: what a service publishes. The type name is the CloudEvents `type`.
pub trait Event: prost::Message + prost::Name {}

impl<T: prost::Message + prost::Name> Event for T {}
