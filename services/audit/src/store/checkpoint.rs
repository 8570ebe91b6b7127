//! Signed checkpoints: written before anybody sees them, never changed.

use std::ops::RangeInclusive;

use audit_domain::Root;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use store::{Backend, from_micros, micros};

use super::sql::{read_hash, read_unsigned, signed};

/// A checkpoint as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    /// Size and root hash, as columns say; the note is what counts.
    pub(crate) root: Root,
    /// The signed note.
    pub(crate) note: String,
    /// When it was signed.
    pub(crate) at: Timestamp,
}

pub(crate) async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    signed_checkpoint: &Signed,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO checkpoint (size, root, note, at) VALUES ($1, $2, $3, $4)",
        [
            signed(signed_checkpoint.root.size),
            signed_checkpoint.root.hash.to_vec().into(),
            signed_checkpoint.note.clone().into(),
            micros(signed_checkpoint.at).into(),
        ],
    ))
    .await?;
    Ok(())
}

/// The newest.
pub(crate) async fn last(
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<Option<Signed>, DbErr> {
    let sql = "SELECT size, root, note, at FROM checkpoint ORDER BY size DESC LIMIT 1";
    let row = db
        .query_one_raw(Statement::from_string(backend.sea(), sql))
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// The one signed for a size.
pub(crate) async fn of_size(
    db: &impl ConnectionTrait,
    backend: Backend,
    size: u64,
) -> Result<Option<Signed>, DbErr> {
    let row = db
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT size, root, note, at FROM checkpoint WHERE size = $1",
            [signed(size)],
        ))
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// Those signed for these sizes, smallest first.
pub(crate) async fn between(
    db: &impl ConnectionTrait,
    backend: Backend,
    sizes: RangeInclusive<u64>,
) -> Result<Vec<Signed>, DbErr> {
    let rows = db
        .query_all_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT size, root, note, at FROM checkpoint WHERE size BETWEEN $1 AND $2 ORDER BY size",
            [signed(*sizes.start()), signed(*sizes.end())],
        ))
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &QueryResult) -> Result<Signed, DbErr> {
    Ok(Signed {
        root: Root {
            size: read_unsigned(row, "size")?,
            hash: read_hash(row, "root")?,
        },
        note: row.try_get("", "note")?,
        at: from_micros(row.try_get("", "at")?),
    })
}
