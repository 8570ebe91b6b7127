//! Proofs: first which nodes are needed (for one database query), then the proof itself.

use std::cell::RefCell;

use tlog_tiles::{EMPTY_HASH, HashReader, check_record, check_tree, prove_record, prove_tree};

use crate::{Hash, MAX_SIZE, Root};

/// No proof is longer than the tallest tree is high; a longer one is turned away before it costs
/// anything, since the library copies it at every level.
const LONGEST: usize = 64;

/// Why there is no proof, or why one does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// No such leaf in a tree of this size.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NoSuchLeaf {
        /// Leaf asked for, from 0.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {old} leaves is not an earlier state of one of {new}")]
    NotEarlier {
        /// Leaves before.
        old: u64,
        /// Leaves after.
        new: u64,
    },
    /// More than [`MAX_SIZE`] leaves.
    #[error("a tree has at most {MAX_SIZE} leaves, not {0}")]
    TooLarge(u64),
    /// The shell read another number of nodes than were needed.
    #[error("the proof needs {needed} nodes, {given} were read")]
    Nodes {
        /// Nodes in [`Plan::needs`].
        needed: usize,
        /// Hashes handed over.
        given: usize,
    },
    /// The proof does not lead to the root.
    #[error("the proof does not lead to the root")]
    Refused,
}

#[derive(Debug, Clone, Copy)]
enum Claim {
    Inclusion { size: u64, index: u64 },
    Consistency { old: u64, new: u64 },
}

impl Claim {
    fn prove(self, reader: &impl HashReader) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        match self {
            Self::Inclusion { size, index } => prove_record(size, index, reader),
            // The empty tree is an earlier state of every tree, and nothing needs showing.
            Self::Consistency { old: 0, .. } => Ok(Vec::new()),
            Self::Consistency { old, new } => prove_tree(new, old, reader),
        }
    }
}

/// A proof about to be built: what it claims and which stored nodes it needs.
#[derive(Debug, Clone)]
pub struct Plan {
    claim: Claim,
    needs: Vec<u64>,
}

impl Plan {
    /// That the tree of `size` leaves holds leaf `index` (from 0).
    pub fn inclusion(size: u64, index: u64) -> Result<Self, ProofError> {
        check_size(size)?;
        if index >= size {
            return Err(ProofError::NoSuchLeaf { index, size });
        }
        Ok(Self::of(Claim::Inclusion { size, index }))
    }

    /// That the tree of `new` leaves begins with the tree of `old` leaves.
    pub fn consistency(old: u64, new: u64) -> Result<Self, ProofError> {
        check_size(new)?;
        if old > new {
            return Err(ProofError::NotEarlier { old, new });
        }
        Ok(Self::of(Claim::Consistency { old, new }))
    }

    fn of(claim: Claim) -> Self {
        let asked = Asked::default();
        // Refuses to read, so no proof comes of it: only the question is wanted.
        let _ = claim.prove(&asked);
        Self {
            claim,
            needs: asked.0.into_inner(),
        }
    }

    /// Numbers of the [`Node`](crate::Node)s to read, ascending: about log2 of the size.
    pub fn needs(&self) -> &[u64] {
        &self.needs
    }

    /// The proof, from the hashes of the needed nodes in the order of [`Self::needs`].
    pub fn build(&self, hashes: &[Hash]) -> Result<Vec<Hash>, ProofError> {
        let (needed, given) = (self.needs.len(), hashes.len());
        if needed != given {
            return Err(ProofError::Nodes { needed, given });
        }
        let proof = self.claim.prove(&Read(hashes));
        let proof = proof.map_err(|_| ProofError::Refused)?;
        Ok(proof.into_iter().map(|hash| hash.0).collect())
    }
}

/// Notes what the library asks for, in its one call.
#[derive(Default)]
struct Asked(RefCell<Vec<u64>>);

impl HashReader for Asked {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        self.0.borrow_mut().extend_from_slice(indexes);
        Err(tlog_tiles::Error::IndexesNotInTree)
    }
}

/// Answers that one call with what the shell has read.
struct Read<'a>(&'a [Hash]);

impl HashReader for Read<'_> {
    fn read_hashes(&self, _: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        Ok(tlog(self.0))
    }
}

/// Checks that the tree with this root holds, at `index`, the leaf with this hash.
pub fn verify_inclusion(
    root: &Root,
    index: u64,
    leaf: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    check_size(root.size)?;
    if index >= root.size {
        let size = root.size;
        return Err(ProofError::NoSuchLeaf { index, size });
    }
    if proof.len() > LONGEST {
        return Err(ProofError::Refused);
    }
    let (expected, leaf) = (tlog_tiles::Hash(root.hash), tlog_tiles::Hash(*leaf));
    check_record(&tlog(proof), root.size, expected, index, leaf).map_err(|_| ProofError::Refused)
}

/// Checks that the tree `new` begins with the tree `old`.
pub fn verify_consistency(old: &Root, new: &Root, proof: &[Hash]) -> Result<(), ProofError> {
    check_size(new.size)?;
    if old.size > new.size {
        let (old, new) = (old.size, new.size);
        return Err(ProofError::NotEarlier { old, new });
    }
    if old.size == 0 {
        let fits = proof.is_empty() && old.hash == EMPTY_HASH.0;
        let same = new.size > 0 || new.hash == old.hash;
        return if fits && same {
            Ok(())
        } else {
            Err(ProofError::Refused)
        };
    }
    if proof.len() > LONGEST {
        return Err(ProofError::Refused);
    }
    let (before, after) = (tlog_tiles::Hash(old.hash), tlog_tiles::Hash(new.hash));
    check_tree(&tlog(proof), new.size, after, old.size, before).map_err(|_| ProofError::Refused)
}

fn check_size(size: u64) -> Result<(), ProofError> {
    if size > MAX_SIZE {
        return Err(ProofError::TooLarge(size));
    }
    Ok(())
}

fn tlog(hashes: &[Hash]) -> Vec<tlog_tiles::Hash> {
    hashes.iter().map(|hash| tlog_tiles::Hash(*hash)).collect()
}

#[cfg(test)]
mod tests;
