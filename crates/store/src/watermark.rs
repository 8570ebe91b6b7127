//! Watermarks: how far a consumer has come with each source, kept where its effects are.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    Backend, Database,
    journal::{signed, unsigned},
};

/// The last position of a source that was handled; 0 = none.
pub async fn get(db: &impl ConnectionTrait, backend: Backend, source: &str) -> Result<u64, DbErr> {
    let row = db
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT position FROM watermark WHERE source = $1",
            [source.into()],
        ))
        .await?;
    row.map_or(Ok(0), |row| unsigned(&row, "position"))
}

/// Moves it, in the transaction that holds the effects.
pub async fn set(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
    position: u64,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO watermark (source, position) VALUES ($1, $2) \
         ON CONFLICT (source) DO UPDATE SET position = excluded.position",
        [source.into(), signed(position)],
    ))
    .await?;
    Ok(())
}

impl Database {
    /// The watermark of a source.
    pub async fn watermark(&self, source: &str) -> Result<u64, DbErr> {
        get(self.read(), self.backend(), source).await
    }

    /// All watermarks, by source.
    pub async fn watermarks(&self) -> Result<BTreeMap<String, u64>, DbErr> {
        let rows = self
            .read()
            .query_all_raw(Statement::from_string(
                self.backend().sea(),
                "SELECT source, position FROM watermark",
            ))
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get("", "source")?, unsigned(row, "position")?)))
            .collect()
    }
}
