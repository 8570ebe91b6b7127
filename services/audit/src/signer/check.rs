//! Is the log still what was signed for?

use audit_domain::{Checkpoint, Leaf, Node, Plan, Root, Tree, VerifierKey, verify_consistency};
use sea_orm::{ConnectionTrait, DatabaseConnection};
use store::Backend;

use super::Trouble;
use crate::store::{checkpoint::Signed, search, tree::Growing};

/// Leaves read at once.
const BATCH: u64 = 500;

/// The log is not what was signed for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unsound {
    /// The tree of that many leaves has another root than the one signed or stored.
    #[error("the tree of {0} leaves has another root than the one signed for")]
    OtherRoot(u64),
    /// A stored record or node is not what the tree was made of, or it is missing.
    #[error("leaf {0} is missing or not what the tree was made of")]
    OtherLeaf(u64),
    /// There are fewer leaves than were signed for.
    #[error("{signed} leaves were signed for, there are {found}")]
    Shorter {
        /// Leaves under the last checkpoint.
        signed: u64,
        /// Leaves there are.
        found: u64,
    },
    /// The last checkpoint was signed with another key, or was changed.
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
            Self::Shorter { .. } => "shorter_than_signed",
            Self::OtherKey(_) => "other_key",
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// Number of leaves at which it shows.
    pub(super) fn size(&self) -> u64 {
        match self {
            Self::OtherRoot(size) | Self::OtherKey(size) => *size,
            Self::OtherLeaf(index) => index + 1,
            Self::Shorter { found, .. } => *found,
            Self::Unreadable(_) => 0,
        }
    }
}

/// What a stored checkpoint says, by its signed note and nothing else.
pub(super) fn open(signed: &Signed, key: &VerifierKey) -> Result<Root, Unsound> {
    let checkpoint = Checkpoint::open(&signed.note, key);
    let root = checkpoint
        .map_err(|_| Unsound::OtherKey(signed.root.size))?
        .root;
    if root == signed.root {
        Ok(root)
    } else {
        Err(Unsound::OtherRoot(root.size))
    }
}

/// Whether the tree grew from the one signed last: by a proof from its stored nodes.
pub(super) async fn grew(
    db: &impl ConnectionTrait,
    backend: Backend,
    growing: &Growing,
    signed: &Root,
) -> Result<(), Trouble> {
    let root = growing.tree.root();
    if root == *signed {
        return Ok(());
    }
    let plan = Plan::consistency(signed.size, root.size);
    let plan = plan.map_err(|_| shorter(signed, &root))?;
    let proof = growing.prove(db, backend, &plan).await?;
    let proven = verify_consistency(signed, &root, &proof);
    Ok(proven.map_err(|_| Unsound::OtherRoot(signed.size))?)
}

/// Hashes the records from an index on anew and holds every node they lead to against the stored
/// one, the tree at the last checkpoint against its root, and the tree at the end against the row
/// that grows.
pub(super) async fn leaves(
    db: &DatabaseConnection,
    backend: Backend,
    growing: &Growing,
    from: u64,
    signed: Option<Root>,
) -> Result<(), Trouble> {
    let end = growing.tree.size();
    let signed = signed.unwrap_or_else(|| Tree::default().root());
    if signed.size > end {
        return Err(shorter(&signed, &growing.tree.root()).into());
    }
    let mut tree = growing.at(db, backend, from).await?;
    loop {
        let at = tree.size();
        if at == signed.size && tree.root() != signed {
            return Err(Unsound::OtherRoot(at).into());
        }
        if at == end {
            break;
        }
        let stop = if at < signed.size { signed.size } else { end };
        let stop = stop.min(at + BATCH);
        let records = search::records(db, at..stop, BATCH).await?;
        let mut nodes = Vec::new();
        for (index, at) in (at..stop).enumerate() {
            match records.get(index) {
                Some((found, record)) if *found == at => {
                    nodes.extend(
                        tree.append([Leaf::of(record).hash()])
                            .into_iter()
                            .map(|node| (at, node)),
                    );
                }
                _ => return Err(Unsound::OtherLeaf(at).into()),
            }
        }
        let numbers: Vec<u64> = nodes.iter().map(|(_, node)| node.index).collect();
        let stored = growing.nodes(db, backend, &numbers).await?;
        let differs = nodes
            .iter()
            .zip(&stored)
            .find(|((_, Node { hash, .. }), stored)| hash != *stored);
        if let Some(((leaf, _), _)) = differs {
            return Err(Unsound::OtherLeaf(*leaf).into());
        }
    }
    if tree == growing.tree {
        Ok(())
    } else {
        Err(Unsound::OtherRoot(end).into())
    }
}

fn shorter(signed: &Root, found: &Root) -> Unsound {
    Unsound::Shorter {
        signed: signed.size,
        found: found.size,
    }
}
