//! Watermarks: how far a consumer has come with each source, kept where its effects are.

use proto::record::{Hash, NO_HASH};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{
    Backend, Database,
    journal::{signed, unsigned},
};

/// How far a consumer has come with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// Position of the last record handled or put aside; 0 = none.
    pub position: u64,
    /// Hash of that record: the next one must name it as its predecessor.
    pub hash: Hash,
}

/// Before a source's first record.
impl Default for Mark {
    fn default() -> Self {
        Self {
            position: 0,
            hash: NO_HASH,
        }
    }
}

/// How far a source has been handled.
pub async fn get(db: &impl ConnectionTrait, backend: Backend, source: &str) -> Result<Mark, DbErr> {
    let row = db
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT position, hash FROM watermark WHERE source = $1",
            [source.into()],
        ))
        .await?;
    let Some(row) = row else {
        return Ok(Mark::default());
    };
    let hash: Vec<u8> = row.try_get("", "hash")?;
    Ok(Mark {
        position: unsigned(&row, "position")?,
        hash: hash
            .try_into()
            .map_err(|_| DbErr::Type(format!("watermark.hash of {source} is no hash")))?,
    })
}

/// Moves it, in the transaction that holds the effects.
pub async fn set(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
    mark: &Mark,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO watermark (source, position, hash) VALUES ($1, $2, $3) \
         ON CONFLICT (source) DO UPDATE SET position = excluded.position, hash = excluded.hash",
        [
            source.into(),
            signed(mark.position),
            mark.hash.to_vec().into(),
        ],
    ))
    .await?;
    Ok(())
}

/// Notes that a record from behind the watermark has had its effect after all: who reads on from a
/// position would miss it, and must begin anew ([`Database::retried`]).
pub async fn note_retried(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "UPDATE watermark SET retried = retried + 1 WHERE source = $1",
        [source.into()],
    ))
    .await?;
    Ok(())
}

impl Database {
    /// How many records had their effect behind the watermark, of all sources.
    pub async fn retried(&self) -> Result<u64, DbErr> {
        let row = self
            .read()
            .query_one_raw(Statement::from_string(
                self.backend().sea(),
                "SELECT CAST(COALESCE(SUM(retried), 0) AS BIGINT) AS retried FROM watermark",
            ))
            .await?;
        row.map_or(Ok(0), |row| unsigned(&row, "retried"))
    }

    /// How far a source has been handled.
    pub async fn mark(&self, source: &str) -> Result<Mark, DbErr> {
        get(self.read(), self.backend(), source).await
    }

    /// The position alone.
    pub async fn watermark(&self, source: &str) -> Result<u64, DbErr> {
        Ok(self.mark(source).await?.position)
    }
}
