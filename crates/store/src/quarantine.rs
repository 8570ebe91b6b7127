//! Records that could not be handled: kept aside with their bytes, never silently lost.

use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    Backend, Database,
    journal::{signed, unsigned},
    micros,
};

/// Puts a record aside, in the transaction that moves the watermark past it.
pub async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
    position: u64,
    record: &[u8],
    reason: &str,
    at: Timestamp,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO quarantine (source, position, record, reason, at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (source, position) DO NOTHING",
        [
            source.into(),
            signed(position),
            record.to_vec().into(),
            reason.into(),
            micros(at).into(),
        ],
    ))
    .await?;
    Ok(())
}

/// A record put aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Source it came from.
    pub source: String,
    /// Its position there.
    pub position: u64,
    /// Why it could not be handled.
    pub reason: String,
}

impl Database {
    /// What is in quarantine, oldest first.
    pub async fn quarantined(&self) -> Result<Vec<Quarantined>, DbErr> {
        let rows = self
            .read()
            .query_all_raw(Statement::from_string(
                self.backend().sea(),
                "SELECT source, position, reason FROM quarantine ORDER BY source, position",
            ))
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Quarantined {
                    source: row.try_get("", "source")?,
                    position: unsigned(row, "position")?,
                    reason: row.try_get("", "reason")?,
                })
            })
            .collect()
    }
}
