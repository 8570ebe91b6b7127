//! Where one key of the log followed another: the notes that both signed, never changed.

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::{Backend, micros};

use super::sql::{read_unsigned, signed};

pub(crate) async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    size: u64,
    note: &str,
    at: Timestamp,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO hand_over (size, note, at) VALUES ($1, $2, $3)",
        [signed(size), note.into(), micros(at).into()],
    ))
    .await?;
    Ok(())
}

/// All notes with the sizes they were written at, oldest first.
pub(crate) async fn all(
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<Vec<(u64, String)>, DbErr> {
    let sql = "SELECT size, note FROM hand_over ORDER BY size";
    let rows = db
        .query_all_raw(Statement::from_string(backend.sea(), sql))
        .await?;
    rows.iter()
        .map(|row| Ok((read_unsigned(row, "size")?, row.try_get("", "note")?)))
        .collect()
}
