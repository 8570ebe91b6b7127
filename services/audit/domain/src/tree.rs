//! The RFC 6962 tree, reduced to what growing it needs.
//!
//! Appending touches only the frontier: the roots of the complete subtrees, one per one-bit of the
//! size. Everything below is already stored as [`Node`]s and never hashed again, so a batch costs
//! about two hashes per leaf however large the log is. Nodes have the dense, append-only numbering
//! of `tlog_tiles` (`stored_hash_index`): a batch's nodes are the next numbers, without holes.

use serde::{Deserialize, Serialize};
use tlog_tiles::{EMPTY_HASH, node_hash, stored_hash_count, sub_tree_index};

use crate::Hash;

/// Most leaves a tree may have: node numbers then fit a signed 64-bit database column.
pub const MAX_SIZE: u64 = 1 << 62;

/// How many leaves, and the hash that stands for all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    /// Number of leaves.
    pub size: u64,
    /// RFC 6962 tree hash over them.
    pub hash: Hash,
}

/// A stored hash of the tree: a leaf's, or a complete subtree's. Written once, never changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Its number, from 0, dense in the order of writing.
    pub index: u64,
    /// RFC 6962 hash.
    pub hash: Hash,
}

/// The frontier did not fit the size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A tree of this size has another number of complete subtrees.
    #[error("a tree of {size} leaves has {} frontier hashes, not {given}", size.count_ones())]
    Frontier {
        /// Leaves.
        size: u64,
        /// Hashes handed over.
        given: usize,
    },
    /// More than [`MAX_SIZE`] leaves.
    #[error("a tree has at most {MAX_SIZE} leaves, not {0}")]
    TooLarge(u64),
}

/// A growing tree: its size and frontier. Serialised, it can be stored beside the watermarks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Tree {
    size: u64,
    /// Roots of the complete subtrees, largest (oldest) first.
    frontier: Vec<Hash>,
}

impl Tree {
    /// Numbers of the nodes that are the frontier of a tree of `size` leaves, in order.
    pub fn frontier_of(size: u64) -> Result<Vec<u64>, TreeError> {
        if size > MAX_SIZE {
            return Err(TreeError::TooLarge(size));
        }
        Ok(sub_tree_index(0, size, Vec::new()))
    }

    /// The tree of `size` leaves whose [`Self::frontier_of`] nodes have these hashes.
    ///
    /// Also how the root of any earlier size is found again, to compare it with a checkpoint.
    pub fn from_stored(size: u64, frontier: Vec<Hash>) -> Result<Self, TreeError> {
        if size > MAX_SIZE {
            return Err(TreeError::TooLarge(size));
        }
        if frontier.len() != size.count_ones() as usize {
            let given = frontier.len();
            return Err(TreeError::Frontier { size, given });
        }
        Ok(Self { size, frontier })
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, oldest first: all that growing on needs beside the size.
    pub fn frontier(&self) -> &[Hash] {
        &self.frontier
    }

    /// Takes in leaf hashes, in order; returns the nodes to store, which are complete for good.
    pub fn append(&mut self, leaves: impl IntoIterator<Item = Hash>) -> Vec<Node> {
        let first = stored_hash_count(self.size);
        let mut written = Vec::new();
        for leaf in leaves {
            let mut hash = tlog_tiles::Hash(leaf);
            written.push(hash);
            // Each trailing one-bit of the size is a complete subtree that this leaf pairs up.
            let lonely = self.frontier.len() - self.size.trailing_ones() as usize;
            for left in self.frontier.drain(lonely..).rev() {
                hash = node_hash(tlog_tiles::Hash(left), hash);
                written.push(hash);
            }
            self.frontier.push(hash.0);
            self.size += 1;
        }
        let node = |(index, hash): (u64, tlog_tiles::Hash)| Node {
            index,
            hash: hash.0,
        };
        (first..).zip(written).map(node).collect()
    }

    /// The root of what is there now; the hash of nothing for an empty tree.
    pub fn root(&self) -> Root {
        let peaks = self
            .frontier
            .iter()
            .rev()
            .map(|hash| tlog_tiles::Hash(*hash));
        let hash = peaks.reduce(|right, left| node_hash(left, right));
        Root {
            size: self.size,
            hash: hash.unwrap_or(EMPTY_HASH).0,
        }
    }
}

#[derive(Deserialize)]
struct Stored {
    size: u64,
    frontier: Vec<Hash>,
}

impl TryFrom<Stored> for Tree {
    type Error = TreeError;

    fn try_from(stored: Stored) -> Result<Self, TreeError> {
        Self::from_stored(stored.size, stored.frontier)
    }
}

#[cfg(test)]
mod tests;
