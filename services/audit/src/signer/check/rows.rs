//! What the row of a leaf says beside its record: the source, the position, when it was taken in, and of a
//! pruned one the hash. No hash covers these columns. The records say where they are, those of a source
//! come one after the other, a successor names the hash of the one before it, and the log takes in one after
//! the other.

use std::collections::BTreeMap;

use audit_domain::Hash;
use jiff::Timestamp;
use proto::record::source_uri;

use super::Unsound;
use crate::{ingest::Place, store::leaf::Leaf};

/// What was seen of the rows so far.
#[derive(Debug)]
pub(super) struct Rows {
    /// All of the log is seen, so that each source begins with its first record.
    whole: bool,
    last: BTreeMap<String, Last>,
    logged_at: Option<Timestamp>,
    other: Option<u64>,
}

/// The last row of a source.
#[derive(Debug)]
struct Last {
    position: u64,
    /// Its place in the log and its hash, where that is all that is left of it.
    pruned: Option<(u64, Hash)>,
}

impl Rows {
    /// Of the rows from a place in the log on.
    pub(super) fn from(first: u64) -> Self {
        Self {
            whole: first == 0,
            last: BTreeMap::new(),
            logged_at: None,
            other: None,
        }
    }

    /// Takes in the next row.
    pub(super) fn see(&mut self, leaf: &Leaf) {
        // One with no place of its own is where the bus had it.
        let place = match leaf.pruned {
            Some(_) => None,
            None => Place::read(&leaf.record),
        };
        let elsewhere = place.as_ref().is_some_and(|place| {
            place.source != source_uri(&leaf.source) || place.position != leaf.position
        });
        let last = self.last.get(&leaf.source);
        let next = match last {
            Some(last) => last.position.checked_add(1),
            None if self.whole => Some(1),
            None => Some(leaf.position),
        };
        let earlier = self.logged_at.is_some_and(|before| leaf.logged_at < before);
        let predecessor = last.and_then(|last| last.pruned);
        let other = match (predecessor, &place) {
            (Some((index, hash)), Some(place)) if place.previous != hash => Some(index),
            _ if elsewhere || earlier || next != Some(leaf.position) => Some(leaf.index),
            _ => None,
        };
        self.other = self.other.or(other);
        self.logged_at = Some(leaf.logged_at);
        let last = Last {
            position: leaf.position,
            pruned: leaf.pruned.map(|hash| (leaf.index, hash)),
        };
        self.last.insert(leaf.source.clone(), last);
    }

    /// Whether all rows say what their records do.
    ///
    /// # Errors
    /// [`Unsound::OtherRow`] with the first of which it showed that it does not.
    pub(super) fn judge(self) -> Result<(), Unsound> {
        match self.other {
            Some(leaf) => Err(Unsound::OtherRow(leaf)),
            None => Ok(()),
        }
    }
}
