//! Is the log still what was signed for?

mod pruned;
mod rows;

use audit_domain::{Hash, Leaf, Node, Plan, Root, Tree, VerifierKey, verify_consistency};
use sea_orm::ConnectionTrait;
use store::Backend;

use super::{Trouble, ring::Reigns};
use crate::store::{
    checkpoint::{self, Signed},
    prune, search,
    tree::{Growing, leaf_node},
};
use pruned::Pruned;
use rows::Rows;

/// Leaves read at once.
const BATCH: u64 = 500;

/// The log is not what was signed for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsound {
    /// The tree of that many leaves has another root than the one signed or stored.
    #[error("the tree of {0} leaves has another root than the one signed for")]
    OtherRoot(u64),
    /// A stored record or node is not what the tree was made of, or it is missing.
    #[error("leaf {0} is missing or not what the tree was made of")]
    OtherLeaf(u64),
    /// A leaf has no record, and the log does not say that it was dropped.
    #[error("leaf {0} has no record, and no record of the log says that it was dropped")]
    Unannounced(u64),
    /// What the row of a leaf says beside its record is not so.
    #[error("the row of leaf {0} says what its record and its neighbours do not")]
    OtherRow(u64),
    /// There are fewer leaves than were signed for.
    #[error("{signed} leaves were signed for, there are {found}")]
    Shorter {
        /// Leaves under the last checkpoint.
        signed: u64,
        /// Leaves there are.
        found: u64,
    },
    /// A checkpoint was signed with another key, or was changed.
    #[error("the checkpoint of {0} leaves was not signed with this key")]
    OtherKey(u64),
    /// A row is not what this program writes.
    #[error("{0}")]
    Unreadable(String),
}

impl Unsound {
    /// `LogCheckFailed.finding`.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::OtherRoot(_) => "other_root",
            Self::OtherLeaf(_) => "other_leaf",
            Self::Unannounced(_) => "unannounced",
            Self::OtherRow(_) => "other_row",
            Self::Shorter { .. } => "shorter_than_signed",
            Self::OtherKey(_) => "other_key",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// Number of leaves at which it shows.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::OtherRoot(size) | Self::OtherKey(size) => *size,
            Self::OtherLeaf(index) | Self::Unannounced(index) | Self::OtherRow(index) => index + 1,
            Self::Shorter { found, .. } => *found,
            Self::Unreadable(_) => 0,
        }
    }
}

/// The proof, from its stored nodes, that the tree grew from the one signed last.
pub(super) async fn grew(
    db: &impl ConnectionTrait,
    backend: Backend,
    growing: &Growing,
    signed: &Root,
) -> Result<Vec<Hash>, Trouble> {
    let root = growing.tree.root();
    if root == *signed {
        return Ok(Vec::new());
    }
    let plan = Plan::consistency(signed.size, root.size);
    let plan = plan.map_err(|_| shorter(signed, &root))?;
    let proof = growing.prove(db, backend, &plan).await?;
    let proven = verify_consistency(signed, &root, &proof);
    proven.map_err(|_| Unsound::OtherRoot(signed.size))?;
    Ok(proof)
}

/// Whether the log is what was signed for, from an index on: at the least from what was signed last.
pub(super) async fn log(
    db: &impl ConnectionTrait,
    backend: Backend,
    key: &VerifierKey,
    from: u64,
) -> Result<(), Trouble> {
    let reigns = Reigns::to(key, db, backend).await?;
    let signed = reigns.last(db, backend).await?;
    let signed = signed.unwrap_or_else(|| Tree::default().root());
    let growing = Growing::read(db, backend).await?;
    if signed.size > growing.tree.size() {
        return Err(shorter(&signed, &growing.tree.root()).into());
    }
    leaves(db, backend, &reigns, &growing, from.min(signed.size)).await
}

/// Hashes the records from an index on anew and holds every node they lead to against the stored
/// one, the tree at every checkpoint against what was signed, and the tree at the end against the row
/// that grows. What no hash covers is held against the records last.
async fn leaves(
    db: &impl ConnectionTrait,
    backend: Backend,
    reigns: &Reigns,
    growing: &Growing,
    from: u64,
) -> Result<(), Trouble> {
    let end = growing.tree.size();
    let mut tree = growing.at(db, backend, from).await?;
    let mut dropped = Pruned::default();
    let mut rows = Rows::from(from);
    for signed in checkpoint::between(db, backend, from..=from).await? {
        described(reigns, &signed, &tree)?;
    }
    while tree.size() < end {
        let at = tree.size();
        let stop = end.min(at + BATCH);
        let leaves = search::range(db, at..stop, BATCH).await?;
        for leaf in &leaves {
            dropped.see(leaf);
            rows.see(leaf);
        }
        let signed = checkpoint::between(db, backend, at + 1..=stop).await?;
        let mut signed = signed.iter().peekable();
        let pruned = leaves.iter().filter(|leaf| leaf.pruned.is_some());
        let pruned: Vec<u64> = pruned.map(|leaf| leaf_node(leaf.index)).collect();
        // Of what was pruned the hash is there; the nodes above tell whether it is the one there was.
        let mut pruned = growing.nodes(db, backend, &pruned).await?.into_iter();
        let mut nodes = Vec::new();
        let mut other = None;
        for (index, at) in (at..stop).enumerate() {
            let leaf = leaves.get(index).filter(|leaf| leaf.index == at);
            let hash = leaf.and_then(|leaf| match leaf.pruned {
                // What was dropped left nothing behind.
                Some(_) => pruned.next().filter(|_| leaf.record.is_empty()),
                None => Some(Leaf::of(&leaf.record).hash()),
            });
            let hash = hash.ok_or(Unsound::OtherLeaf(at))?;
            let grown = tree.append([hash]).into_iter();
            nodes.extend(grown.map(|node| (at, node)));
            if let Some(signed) = signed.next_if(|signed| signed.root.size == tree.size())
                && other.is_none()
            {
                other = described(reigns, signed, &tree).err();
            }
        }
        let numbers: Vec<u64> = nodes.iter().map(|(_, node)| node.index).collect();
        let stored = growing.find(db, backend, &numbers).await?;
        let differs = nodes
            .iter()
            .zip(stored)
            .find(|((_, Node { hash, .. }), stored)| Some(*hash) != *stored);
        // Whatever shows first is told: behind a leaf that differs, no checkpoint fits.
        match (differs, other) {
            (Some(((leaf, _), _)), Some(other)) if other.size() <= *leaf => {
                return Err(other.into());
            }
            (Some(((leaf, _), _)), _) => return Err(Unsound::OtherLeaf(*leaf).into()),
            (None, Some(other)) => return Err(other.into()),
            (None, None) => {}
        }
    }
    if tree != growing.tree {
        return Err(Unsound::OtherRoot(end).into());
    }
    if !dropped.is_empty() {
        // A record is dropped, and it is said that it was, at once; that this is in the log takes a moment.
        for event in prune::underway(db, backend, end).await? {
            dropped.hear(&event);
        }
    }
    dropped.judge()?;
    Ok(rows.judge()?)
}

/// Whether a stored checkpoint is of this very tree, by its signature.
fn described(reigns: &Reigns, signed: &Signed, tree: &Tree) -> Result<(), Unsound> {
    match reigns.open(signed)? == tree.root() {
        true => Ok(()),
        false => Err(Unsound::OtherRoot(tree.size())),
    }
}

fn shorter(signed: &Root, found: &Root) -> Unsound {
    Unsound::Shorter {
        signed: signed.size,
        found: found.size,
    }
}

#[cfg(test)]
mod tests;
