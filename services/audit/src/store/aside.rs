//! Records that contradict the log: kept with their bytes, never merged into it.

use std::collections::BTreeMap;

use audit_domain::Hash;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::{Backend, micros};

use super::sql::{insert, read_unsigned, signed};

/// A record to be kept aside.
#[derive(Debug, Clone)]
pub(crate) struct Aside {
    /// Position under which it came.
    pub(crate) position: u64,
    /// SHA-256 of it.
    pub(crate) hash: Hash,
    /// Its bytes.
    pub(crate) record: Vec<u8>,
    /// Why it is not in the log.
    pub(crate) finding: &'static str,
}

/// Keeps them; one that is there already stays as it is.
pub(crate) async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
    records: Vec<Aside>,
    at: Timestamp,
) -> Result<(), DbErr> {
    let columns = ["source", "position", "hash", "record", "finding", "at"];
    let rows = records
        .into_iter()
        .map(|aside| {
            vec![
                source.into(),
                signed(aside.position),
                aside.hash.to_vec().into(),
                aside.record.into(),
                aside.finding.into(),
                micros(at).into(),
            ]
        })
        .collect();
    let once = "ON CONFLICT (source, position, hash) DO NOTHING";
    insert(tx, backend, "aside", &columns, rows, once).await
}

/// Takes back what has entered the log after all, the same bytes at the same position.
pub(crate) async fn drop_logged(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "DELETE FROM aside WHERE source = $1 AND EXISTS (SELECT 1 FROM leaf WHERE \
         leaf.source = aside.source AND leaf.position = aside.position \
         AND leaf.record = aside.record)",
        [source.into()],
    ))
    .await?;
    Ok(())
}

/// How many records of each source are kept aside.
pub(crate) async fn counts(
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<BTreeMap<String, u64>, DbErr> {
    let rows = db
        .query_all_raw(Statement::from_string(
            backend.sea(),
            "SELECT source, COUNT(*) AS kept FROM aside GROUP BY source",
        ))
        .await?;
    rows.iter()
        .map(|row| Ok((row.try_get("", "source")?, read_unsigned(row, "kept")?)))
        .collect()
}
