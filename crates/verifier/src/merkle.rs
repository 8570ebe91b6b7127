//! The tree of RFC 9162 (the same as RFC 6962's), by the RFC's own iterative algorithms.

use sha2::{Digest, Sha256};

use crate::Hash;

/// Records longer than this, or beginning with a zero byte, are in the tree by their digest.
const LONGEST_LITERAL: usize = 65_535;

/// SHA-256 over all parts in a row.
pub(crate) fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The tree's hash for a record: over its bytes, or, when it is long or begins with a zero byte,
/// over `00 01`, its length (8 bytes, big-endian) and its SHA-256.
pub fn leaf_hash(record: &[u8]) -> Hash {
    if record.len() <= LONGEST_LITERAL && record.first() != Some(&0) {
        return sha256(&[&[0x00], record]);
    }
    let length = (record.len() as u64).to_be_bytes();
    sha256(&[&[0x00], &[0x00, 0x01], &length, &sha256(&[record])])
}

fn parent(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[0x01], left, right])
}

/// The root over a stream of leaves, in memory logarithmic in their number.
#[derive(Debug, Default)]
pub(crate) struct RootStream {
    size: u64,
    /// Roots of complete subtrees with the level of each, largest first.
    peaks: Vec<(u32, Hash)>,
}

impl RootStream {
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn push(&mut self, leaf: Hash) {
        self.push_subtree(0, leaf);
    }

    /// The root of the next 2^`level` leaves, where as many begin.
    pub(crate) fn push_subtree(&mut self, mut level: u32, mut hash: Hash) {
        self.size += 1 << level;
        while let Some((_, left)) = self.peaks.pop_if(|(peak, _)| *peak == level) {
            hash = parent(&left, &hash);
            level += 1;
        }
        self.peaks.push((level, hash));
    }

    pub(crate) fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().map(|(_, hash)| *hash);
        let Some(last) = peaks.next() else {
            return sha256(&[]);
        };
        peaks.fold(last, |right, left| parent(&left, &right))
    }
}

/// RFC 9162, 2.1.3.2: does the proof lead from this leaf, at this index, to the root of the tree?
pub fn verify_inclusion(index: u64, size: u64, leaf: &Hash, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = parent(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = parent(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// RFC 9162, 2.1.4.2: is the tree of `old` leaves the beginning of the tree of `new` leaves?
pub fn verify_consistency(
    old: u64,
    old_root: &Hash,
    new: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return proof.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return proof.is_empty() && *old_root == sha256(&[]);
    }
    // A complete old tree is itself the first node of the path, and is not sent.
    let mut path = proof.iter();
    let first = if old.is_power_of_two() {
        Some(old_root)
    } else {
        path.next()
    };
    let Some(first) = first else {
        return false;
    };
    let shift = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shift, (new - 1) >> shift);
    let (mut before, mut after) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            before = parent(sibling, &before);
            after = parent(sibling, &after);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            after = parent(&after, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && before == *old_root && after == *new_root
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root_of(records: &[&[u8]]) -> String {
        let mut stream = RootStream::default();
        for record in records {
            stream.push(sha256(&[&[0x00], record]));
        }
        hex::encode(stream.root())
    }

    #[test]
    fn the_roots_of_the_common_test_leaves_are_known() {
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        for (size, root) in [
            (
                0,
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            ),
            (
                1,
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            ),
            (
                2,
                "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            ),
            (
                3,
                "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            ),
            (
                4,
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ),
            (
                5,
                "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            ),
            (
                6,
                "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            ),
            (
                7,
                "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            ),
            (
                8,
                "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
            ),
        ] {
            assert_eq!(root_of(&leaves[..size]), root, "{size} leaves");
        }
    }

    #[test]
    fn a_record_that_begins_with_zero_or_is_long_is_hashed_by_digest() {
        let literal = |record: &[u8]| sha256(&[&[0x00], record]);
        assert_eq!(leaf_hash(b"abc"), literal(b"abc"));
        assert_eq!(leaf_hash(&[1; 65_535]), literal(&[1; 65_535]));
        for record in [vec![1; 65_536], vec![0, 1, 2]] {
            let length = (record.len() as u64).to_be_bytes();
            let entry = [&[0, 1][..], &length, &sha256(&[&record])].concat();
            assert_eq!(leaf_hash(&record), literal(&entry));
        }
    }
}
