//! One record on its way to a handler.

use bytes::Bytes;
use kernel::{Actor, Context};
use proto::record::{Record, Unreadable};

/// A record with its place. The place comes from the transport, so that a record that cannot be
/// read still has one.
#[derive(Debug)]
pub struct Delivery {
    /// Position in its source's order.
    pub position: u64,
    /// The record's bytes, as the source finished them.
    pub bytes: Bytes,
    /// The record read, or why it cannot be.
    pub record: Result<Record, Unreadable>,
}

impl Delivery {
    /// Reads the bytes.
    pub fn new(position: u64, bytes: Bytes) -> Self {
        Self {
            position,
            record: Record::decode(&bytes),
            bytes,
        }
    }

    /// The context of what a handler does about a record: the platform's own service acts, in the
    /// same request and trace, because of this event.
    pub fn context(record: &Record, service: &str, now: jiff::Timestamp) -> Context {
        Context {
            actor: Actor::Service(service.to_owned()),
            now,
            correlation: record.correlation.clone(),
            causation: Some(record.id.clone()),
            traceparent: record.traceparent.clone(),
        }
    }
}
