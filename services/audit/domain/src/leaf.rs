//! From a record's bytes to a leaf of the tree.
//!
//! A tile's entry has a two-byte length, so a long record stands in the log by its digest. The two
//! forms cannot be mistaken for each other: a literal entry never begins with a zero byte, a digest
//! entry always does. (A protobuf message cannot begin with one, since field number 0 does not
//! exist; raw bytes that do, quarantined by a consumer, are logged by digest whatever their length.)

use std::borrow::Cow;

use sha2::{Digest, Sha256};

use crate::Hash;

/// Longest record that stands in the log literally, in bytes.
pub const LONGEST_LITERAL: usize = 65_535;

/// First two bytes of a digest entry: the impossible protobuf tag, and the form's version.
const DIGEST_MARK: [u8; 2] = [0x00, 0x01];

/// What is hashed into the tree for one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf<'a> {
    /// The record itself.
    Literal(&'a [u8]),
    /// The record's length in bytes and its SHA-256 hash.
    Digest {
        /// Bytes in the record.
        length: u64,
        /// SHA-256 over the record.
        sha256: Hash,
    },
}

impl<'a> Leaf<'a> {
    /// The leaf of a record; every record has exactly one.
    pub fn of(record: &'a [u8]) -> Self {
        if record.len() <= LONGEST_LITERAL && record.first() != Some(&DIGEST_MARK[0]) {
            return Self::Literal(record);
        }
        Self::Digest {
            length: record.len() as u64,
            sha256: record_hash(record),
        }
    }

    /// The entry as tiles carry it: the record, or `00 01`, the length (8 bytes, big-endian) and
    /// the digest (32 bytes).
    pub fn entry(&self) -> Cow<'a, [u8]> {
        match self {
            Self::Literal(record) => Cow::Borrowed(record),
            Self::Digest { length, sha256 } => {
                Cow::Owned([&DIGEST_MARK[..], &length.to_be_bytes(), sha256].concat())
            }
        }
    }

    /// RFC 6962 leaf hash: SHA-256 over a zero byte and the entry.
    pub fn hash(&self) -> Hash {
        tlog_tiles::record_hash(&self.entry()).0
    }
}

/// SHA-256 over the whole record: the link of a source's chain (`prevhash` of the next record).
pub fn record_hash(record: &[u8]) -> Hash {
    Sha256::digest(record).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_up_to_the_limit_is_its_own_entry_and_a_longer_one_its_digest() {
        let longest = vec![b'x'; LONGEST_LITERAL];
        assert_eq!(Leaf::of(&longest), Leaf::Literal(&longest));

        let longer = vec![b'x'; LONGEST_LITERAL + 1];
        let entry = Leaf::of(&longer).entry().into_owned();
        assert_eq!(entry[..2], [0x00, 0x01]);
        assert_eq!(entry[2..10], 65_536_u64.to_be_bytes());
        assert_eq!(entry[10..], record_hash(&longer));
    }

    #[test]
    fn a_record_that_looks_like_a_digest_entry_is_not_taken_for_one() {
        let long = vec![b'x'; LONGEST_LITERAL + 1];
        let disguised = Leaf::of(&long).entry().into_owned();
        let leaf = Leaf::of(&disguised);
        assert!(matches!(leaf, Leaf::Digest { length: 42, .. }), "{leaf:?}");
        assert_ne!(leaf.hash(), Leaf::of(&long).hash());
    }

    #[test]
    fn the_leaf_hash_is_that_of_rfc_6962() {
        let empty = hex::encode(Leaf::of(b"").hash());
        assert_eq!(
            empty,
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
        );
        let two = hex::encode(Leaf::of(&[0x20, 0x21]).hash());
        assert_eq!(
            two,
            "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7"
        );
    }
}
