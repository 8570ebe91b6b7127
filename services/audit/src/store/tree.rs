//! The tree in the database: its growing end in one locked row, its nodes in rows never changed.

use std::collections::BTreeMap;

use audit_domain::{Hash, Node, Plan, Tree};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::Backend;

use super::sql::{corrupt, for_update, hashes, insert, read_unsigned, signed};

/// Nodes in a row of the table `node`: 1 KiB, small enough to stay in its page.
const CHUNK: usize = 32;

/// The growing end of the tree.
#[derive(Debug)]
pub(crate) struct Growing {
    /// The tree as far as growing it goes.
    pub(crate) tree: Tree,
    /// The newest nodes, those that do not fill a row yet.
    tail: Vec<Hash>,
}

impl Growing {
    /// Reads it and locks it until the transaction ends: from here on nobody else appends.
    pub(crate) async fn lock(tx: &impl ConnectionTrait, backend: Backend) -> Result<Self, DbErr> {
        Self::get(tx, backend, for_update(backend)).await
    }

    /// Reads it as it is.
    pub(crate) async fn read(db: &impl ConnectionTrait, backend: Backend) -> Result<Self, DbErr> {
        Self::get(db, backend, "").await
    }

    async fn get(db: &impl ConnectionTrait, backend: Backend, lock: &str) -> Result<Self, DbErr> {
        let sql = format!("SELECT size, frontier, tail FROM log WHERE id = 1{lock}");
        let row = db
            .query_one_raw(Statement::from_string(backend.sea(), sql))
            .await?
            .ok_or_else(|| DbErr::RecordNotFound("the row of the table log".to_owned()))?;
        let size = read_unsigned(&row, "size")?;
        let frontier = hashes(&row.try_get::<Vec<u8>>("", "frontier")?, "log.frontier")?;
        Ok(Self {
            tree: Tree::from_stored(size, frontier).map_err(|why| corrupt("log", why))?,
            tail: hashes(&row.try_get::<Vec<u8>>("", "tail")?, "log.tail")?,
        })
    }

    /// Why nothing may be signed, if so.
    pub(crate) async fn unsound(
        db: &impl ConnectionTrait,
        backend: Backend,
    ) -> Result<Option<String>, DbErr> {
        let sql = "SELECT unsound FROM log WHERE id = 1";
        let statement = Statement::from_string(backend.sea(), sql);
        let row = db.query_one_raw(statement).await?;
        row.map_or(Ok(None), |row| row.try_get("", "unsound"))
    }

    /// Takes in leaf hashes and writes what became of the tree.
    pub(crate) async fn append(
        &mut self,
        tx: &impl ConnectionTrait,
        backend: Backend,
        leaves: impl IntoIterator<Item = Hash>,
    ) -> Result<(), DbErr> {
        let nodes = self.tree.append(leaves);
        let Some(first) = nodes.first() else {
            return Ok(());
        };
        let begun = first.index.checked_sub(self.tail.len() as u64);
        let begun = begun.ok_or_else(|| corrupt("log", "a tail longer than its tree"))?;
        self.tail
            .extend(nodes.iter().map(|Node { hash, .. }| *hash));
        let full = self.tail.len() - self.tail.len() % CHUNK;
        let rows = (begun / CHUNK as u64..)
            .zip(self.tail[..full].chunks(CHUNK))
            .map(|(chunk, hashes)| vec![signed(chunk), hashes.concat().into()])
            .collect();
        insert(tx, backend, "node", &["chunk", "hashes"], rows, "").await?;
        self.tail.drain(..full);
        let written = tx
            .execute_raw(Statement::from_sql_and_values(
                backend.sea(),
                "UPDATE log SET size = $1, frontier = $2, tail = $3 WHERE id = 1",
                [
                    signed(self.tree.size()),
                    self.tree.frontier().concat().into(),
                    self.tail.concat().into(),
                ],
            ))
            .await?;
        match written.rows_affected() {
            1 => Ok(()),
            _ => Err(DbErr::RecordNotUpdated),
        }
    }

    /// The hashes of stored nodes, in the order asked for.
    pub(crate) async fn nodes(
        &self,
        db: &impl ConnectionTrait,
        backend: Backend,
        numbers: &[u64],
    ) -> Result<Vec<Hash>, DbErr> {
        let found = self.find(db, backend, numbers).await?.into_iter();
        let missing = |number: &u64| corrupt("node", format!("number {number} is missing"));
        found
            .zip(numbers)
            .map(|(hash, number)| hash.ok_or_else(|| missing(number)))
            .collect()
    }

    /// The same, of nodes that may be missing.
    pub(crate) async fn find(
        &self,
        db: &impl ConnectionTrait,
        backend: Backend,
        numbers: &[u64],
    ) -> Result<Vec<Option<Hash>>, DbErr> {
        let complete = node_count(self.tree.size()).saturating_sub(self.tail.len() as u64);
        let mut chunks: Vec<u64> = numbers
            .iter()
            .filter(|number| **number < complete)
            .map(|number| number / CHUNK as u64)
            .collect();
        chunks.sort_unstable();
        chunks.dedup();
        let stored = read_chunks(db, backend, &chunks).await?;
        let find = |number: &u64| match number.checked_sub(complete) {
            Some(after) => self.tail.get(usize::try_from(after).ok()?),
            None => stored
                .get(&(number / CHUNK as u64))?
                .get((number % CHUNK as u64) as usize),
        };
        Ok(numbers.iter().map(|number| find(number).copied()).collect())
    }

    /// The tree as it was with `size` leaves, from its stored nodes.
    pub(crate) async fn at(
        &self,
        db: &impl ConnectionTrait,
        backend: Backend,
        size: u64,
    ) -> Result<Tree, DbErr> {
        let numbers = Tree::frontier_of(size).map_err(|why| corrupt("log", why))?;
        let frontier = self.nodes(db, backend, &numbers).await?;
        Tree::from_stored(size, frontier).map_err(|why| corrupt("log", why))
    }

    /// The proof of a plan.
    pub(crate) async fn prove(
        &self,
        db: &impl ConnectionTrait,
        backend: Backend,
        plan: &Plan,
    ) -> Result<Vec<Hash>, DbErr> {
        let hashes = self.nodes(db, backend, plan.needs()).await?;
        plan.build(&hashes).map_err(|why| corrupt("node", why))
    }
}

/// Notes why nothing may be signed any more, or that there is no such reason.
pub(crate) async fn set_unsound(
    tx: &impl ConnectionTrait,
    backend: Backend,
    finding: Option<&str>,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "UPDATE log SET unsound = $1 WHERE id = 1",
        [finding.map(str::to_owned).into()],
    ))
    .await?;
    Ok(())
}

/// Nodes a tree of `size` leaves has: a leaf's own, and one wherever it completes a subtree.
fn node_count(size: u64) -> u64 {
    2 * size - u64::from(size.count_ones())
}

/// The number of a leaf's own node.
pub(crate) fn leaf_node(index: u64) -> u64 {
    node_count(index)
}

async fn read_chunks(
    db: &impl ConnectionTrait,
    backend: Backend,
    chunks: &[u64],
) -> Result<BTreeMap<u64, Vec<Hash>>, DbErr> {
    if chunks.is_empty() {
        return Ok(BTreeMap::new());
    }
    let marks: Vec<_> = (1..=chunks.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT chunk, hashes FROM node WHERE chunk IN ({})",
        marks.join(", ")
    );
    let values = chunks.iter().map(|chunk| signed(*chunk));
    let statement = Statement::from_sql_and_values(backend.sea(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let bytes: Vec<u8> = row.try_get("", "hashes")?;
            Ok((read_unsigned(row, "chunk")?, hashes(&bytes, "node.hashes")?))
        })
        .collect()
}
