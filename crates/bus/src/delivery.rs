//! One record on its way to a handler.

use bytes::Bytes;
use kernel::{Actor, Context};
use proto::record::{Hash, Place, Record, Stamp, Unreadable};
use sha2::{Digest as _, Sha256};
use store::watermark::Mark;

/// A record with its place. The place comes from the transport, so that a record that cannot be
/// read still has one.
#[derive(Debug)]
pub struct Delivery {
    /// Position in its source's order.
    pub position: u64,
    /// The record's bytes, as the source finished them.
    pub bytes: Bytes,
    /// SHA-256 of the bytes.
    pub hash: Hash,
    /// The record read, or why it cannot be.
    pub record: Result<Record, Unreadable>,
}

impl Delivery {
    /// Reads the bytes.
    pub fn new(position: u64, bytes: Bytes) -> Self {
        Self {
            position,
            record: Record::decode(&bytes),
            hash: Sha256::digest(&bytes).into(),
            bytes,
        }
    }

    /// Where a consumer stands that has handled it.
    pub fn mark(&self) -> Mark {
        Mark {
            position: self.position,
            hash: self.hash,
        }
    }

    /// Whether it says of itself that it is the source's record after that one. Of one that cannot
    /// be read the relay's stamp says so; what has none follows nothing.
    pub(crate) fn follows(&self, source: &str, mark: &Mark) -> bool {
        let place = match &self.record {
            Ok(record) => Ok(record.place()),
            Err(_) => Place::read(&self.bytes),
        };
        let goes_on = |position: u64, previous: &Hash| {
            position == self.position && position == mark.position + 1 && *previous == mark.hash
        };
        match place {
            Ok(place) => place.source == source && goes_on(place.position, &place.previous),
            Err(_) => Stamp::read(&self.bytes)
                .is_some_and(|stamp| goes_on(stamp.position, &stamp.previous)),
        }
    }

    /// The trace it is part of.
    pub(crate) fn traceparent(&self) -> Option<&str> {
        self.record.as_ref().ok()?.traceparent.as_deref()
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
