//! Each source's records: positions without gaps, each naming the one before.

use std::collections::{BTreeMap, HashMap};

use crate::{Failure, Hash, merkle::sha256, record::Placed};

/// What the log holds of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceReport {
    /// Position of its last record.
    pub position: u64,
    /// Leaf of that record.
    pub leaf: u64,
    /// SHA-256 of that record.
    pub hash: Hash,
}

/// Follows every source's chain through the log.
///
/// A record without a readable place (raw bytes, quarantined by whoever could not read them) leaves
/// a hole in its source's positions. The record after the hole names it by hash, and so it is found.
#[derive(Debug, Default)]
pub(crate) struct Chains {
    sources: BTreeMap<String, SourceReport>,
    /// Leaves without a place: by hash, for the record that names one; and all of them.
    nameable: HashMap<Hash, u64>,
    unplaced: Vec<u64>,
    /// Leaves whose records were dropped, and whose positions no record has shown to be missing yet.
    dropped: u64,
}

impl Chains {
    /// A leaf has no record: some source will be found to miss a position.
    pub(crate) fn drop_one(&mut self) {
        self.dropped += 1;
    }

    pub(crate) fn follow(&mut self, leaf: u64, record: &[u8]) -> Result<(), Failure> {
        let hash = sha256(&[record]);
        let Ok(placed) = Placed::read(record) else {
            self.unplaced.push(leaf);
            self.nameable.insert(hash, leaf);
            return Ok(());
        };
        let before = self.sources.get(&placed.source);
        let (mut after, mut held, mut previous_leaf) = match before {
            Some(before) => (before.position, before.hash, Some(before.leaf)),
            None => (0, Hash::default(), None),
        };
        let Placed {
            source,
            position: found,
            prev_hash: named,
        } = placed;
        if found <= after {
            return Err(Failure::Repeated {
                leaf,
                source_name: source,
                after,
                found,
            });
        }
        if found - after == 2
            && let Some(hole) = self.nameable.remove(&named)
        {
            (after, held, previous_leaf) = (after + 1, named, Some(hole));
        }
        let missing = found - after - 1;
        if (1..=self.dropped).contains(&missing) {
            // What the record names is gone; the tree has its hash.
            self.dropped -= missing;
            (after, held, previous_leaf) = (found - 1, named, None);
        }
        if found > after + 1 {
            let since = previous_leaf.map_or(0, |previous| previous + 1);
            return Err(Failure::Gap {
                leaf,
                source_name: source,
                after,
                found,
                unread: self.unnamed(since),
            });
        }
        if named != held {
            return Err(Failure::ChainBroken {
                leaf,
                source_name: source,
                position: found,
                named,
                previous_leaf,
                held,
            });
        }
        let report = SourceReport {
            position: found,
            leaf,
            hash,
        };
        self.sources.insert(source, report);
        Ok(())
    }

    /// The last record of each source, and what no record has named since it could not be read.
    pub(crate) fn last(&self) -> Vec<u64> {
        let mut last = self.unnamed(0);
        last.extend(self.sources.values().map(|source| source.leaf));
        last.sort_unstable();
        last
    }

    /// Leaves from there on that cannot be read, and that no record has named.
    fn unnamed(&self, from: u64) -> Vec<u64> {
        let leaves = self.nameable.values().copied();
        let mut unnamed: Vec<_> = leaves.filter(|leaf| *leaf >= from).collect();
        unnamed.sort_unstable();
        unnamed
    }

    pub(crate) fn into_parts(self) -> (BTreeMap<String, SourceReport>, Vec<u64>) {
        (self.sources, self.unplaced)
    }
}
