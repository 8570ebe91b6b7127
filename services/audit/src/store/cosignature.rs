//! What witnesses have signed of checkpoints: a signature line each, never changed.

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::{Backend, micros};

use super::sql::{read_unsigned, signed};

/// Keeps a witness's line for the checkpoint of a size; a second one says nothing new.
pub(crate) async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    size: u64,
    witness: &str,
    line: &str,
    at: Timestamp,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO cosignature (size, witness, line, at) \
         SELECT $1, $2, $3, $4 WHERE NOT EXISTS \
         (SELECT 1 FROM cosignature WHERE size = $1 AND witness = $2)",
        [signed(size), witness.into(), line.into(), micros(at).into()],
    ))
    .await?;
    Ok(())
}

/// The lines under the checkpoint of a size, one after the other.
pub(crate) async fn lines(
    db: &impl ConnectionTrait,
    backend: Backend,
    size: u64,
) -> Result<String, DbErr> {
    let rows = db
        .query_all_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT line FROM cosignature WHERE size = $1 ORDER BY witness",
            [signed(size)],
        ))
        .await?;
    rows.iter()
        .map(|row| row.try_get::<String>("", "line"))
        .collect()
}

/// Leaves under the newest checkpoint that this witness has signed.
pub(crate) async fn newest_of(
    db: &impl ConnectionTrait,
    backend: Backend,
    witness: &str,
) -> Result<Option<u64>, DbErr> {
    let row = db
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT size FROM cosignature WHERE witness = $1 ORDER BY size DESC LIMIT 1",
            [witness.into()],
        ))
        .await?;
    row.map(|row| read_unsigned(&row, "size")).transpose()
}

/// Leaves under the newest checkpoint that at least so many witnesses have signed.
pub(crate) async fn newest_by(
    db: &impl ConnectionTrait,
    backend: Backend,
    witnesses: u32,
) -> Result<Option<u64>, DbErr> {
    let row = db
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT size FROM cosignature GROUP BY size HAVING COUNT(*) >= $1 \
             ORDER BY size DESC LIMIT 1",
            [i64::from(witnesses).into()],
        ))
        .await?;
    row.map(|row| read_unsigned(&row, "size")).transpose()
}
