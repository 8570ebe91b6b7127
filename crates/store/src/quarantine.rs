//! Records that could not be handled: kept aside with their bytes, never silently lost.

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};

use crate::{
    Backend, Database, from_micros,
    journal::{signed, unsigned},
    micros,
};

/// Puts a record aside, in the transaction that moves the watermark past it.
pub async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    record: &Quarantined,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO quarantine (source, position, record, reason, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (source, position) DO NOTHING",
        [
            record.source.clone().into(),
            signed(record.position),
            record.record.clone().into(),
            record.reason.clone().into(),
            micros(record.at).into(),
        ],
    ))
    .await?;
    Ok(())
}

/// Takes a record out again, in the transaction that handles it after all; `None` when it is not
/// there. Whoever takes it has it alone until the transaction ends.
pub async fn take(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
    position: u64,
) -> Result<Option<Quarantined>, DbErr> {
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "DELETE FROM quarantine WHERE source = $1 AND position = $2 \
             RETURNING source, position, record, reason, at",
            [source.into(), signed(position)],
        ))
        .await?;
    row.as_ref().map(read).transpose()
}

/// A record put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Source it came from.
    pub source: String,
    /// Its position there.
    pub position: u64,
    /// Its bytes.
    pub record: Vec<u8>,
    /// Why it could not be handled.
    pub reason: String,
    /// When it was put aside.
    pub at: Timestamp,
}

fn read(row: &QueryResult) -> Result<Quarantined, DbErr> {
    let record: Option<Vec<u8>> = row.try_get("", "record")?;
    Ok(Quarantined {
        source: row.try_get("", "source")?,
        position: unsigned(row, "position")?,
        record: record.unwrap_or_default(),
        reason: row.try_get("", "reason")?,
        at: from_micros(row.try_get("", "at")?),
    })
}

impl Database {
    /// What is in quarantine from one source or (none) all, by source and position; at most `limit`
    /// of those that come after a place.
    pub async fn quarantined(
        &self,
        source: Option<&str>,
        after: (&str, u64),
        limit: u64,
    ) -> Result<Vec<Quarantined>, DbErr> {
        let rows = self
            .read()
            .query_all_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "SELECT source, position, record, reason, at FROM quarantine \
                 WHERE (source > $1 OR (source = $1 AND position > $2)) \
                 AND ($3 = '' OR source = $3) ORDER BY source, position LIMIT $4",
                [
                    after.0.into(),
                    signed(after.1),
                    source.unwrap_or_default().into(),
                    signed(limit),
                ],
            ))
            .await?;
        rows.iter().map(read).collect()
    }
}
