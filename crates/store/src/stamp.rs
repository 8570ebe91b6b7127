//! Stamping: the relay gives every journal row its place in the source's order.

use proto::record::{self, Hash};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Statement, Value};
use sha2::{Digest as _, Sha256};

use crate::{
    Backend, Database, Lease, fault,
    journal::{marks, read_head, signed},
};

/// What one round of stamping did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamped {
    /// Rows stamped; fewer than asked for means that none are left.
    pub count: usize,
    /// The head after it.
    pub head: u64,
}

impl Database {
    /// Stamps up to `limit` waiting rows, oldest first, in one transaction that holds the lease.
    ///
    /// `None`: the lease is somebody else's now; nothing was done. Rows are found by their missing
    /// position and never by a growing id, since a slow transaction commits small ids late.
    pub async fn stamp(&self, lease: &Lease, limit: u64) -> Result<Option<Stamped>, DbErr> {
        let backend = self.backend();
        let tx = self.begin().await?;
        if !lease.holds(&tx, backend).await? {
            tx.rollback().await?;
            return Ok(None);
        }
        let head = read_head(&tx, backend, backend.for_update()).await?;
        let rows = tx
            .query_all_raw(Statement::from_sql_and_values(
                backend.sea(),
                "SELECT id, record FROM journal WHERE position IS NULL ORDER BY id LIMIT $1",
                [signed(limit)],
            ))
            .await?;
        if rows.is_empty() {
            tx.rollback().await?;
            return Ok(Some(Stamped {
                count: 0,
                head: head.position,
            }));
        }
        let (mut position, mut previous) = (head.position, head.hash);
        let mut finished = Vec::with_capacity(rows.len());
        for row in &rows {
            let id: i64 = row.try_get("", "id")?;
            let mut bytes: Vec<u8> = row.try_get("", "record")?;
            position += 1;
            record::finish(&mut bytes, position, &previous);
            previous = Sha256::digest(&bytes).into();
            finished.push(Finished {
                id,
                position,
                bytes,
            });
        }
        write(&tx, backend, finished).await?;
        move_head(&tx, backend, position, &previous).await?;
        fault::point("relay.stamp.before");
        tx.commit().await?;
        fault::point("relay.stamp.after");
        Ok(Some(Stamped {
            count: rows.len(),
            head: position,
        }))
    }
}

struct Finished {
    id: i64,
    position: u64,
    bytes: Vec<u8>,
}

/// PostgreSQL takes all rows in one statement, which saves round trips. SQLite has none to save,
/// and would look through the journal for each row of a list: there one statement a row is quick.
async fn write(
    tx: &DatabaseTransaction,
    backend: Backend,
    rows: Vec<Finished>,
) -> Result<(), DbErr> {
    match backend {
        Backend::Postgres => write_together(tx, rows).await,
        Backend::Sqlite => {
            for row in rows {
                write_one(tx, row).await?;
            }
            Ok(())
        }
    }
}

async fn write_one(tx: &DatabaseTransaction, row: Finished) -> Result<(), DbErr> {
    let done = tx
        .execute_raw(Statement::from_sql_and_values(
            Backend::Sqlite.sea(),
            "UPDATE journal SET position = ?, record = ? WHERE id = ? AND position IS NULL",
            [signed(row.position), row.bytes.into(), row.id.into()],
        ))
        .await?;
    all_written(done.rows_affected(), 1)
}

async fn write_together(tx: &DatabaseTransaction, rows: Vec<Finished>) -> Result<(), DbErr> {
    let backend = Backend::Postgres;
    let types = ["::bigint", "::bigint", "::bytea"];
    let rows_of_marks: Vec<_> = (0..rows.len())
        .map(|row| marks(backend, row * types.len(), &types))
        .collect();
    let sql = format!(
        "WITH stamp (id, position, record) AS (VALUES {}) \
         UPDATE journal SET position = stamp.position, record = stamp.record \
         FROM stamp WHERE journal.id = stamp.id AND journal.position IS NULL",
        rows_of_marks.join(", ")
    );
    let expected = rows.len() as u64;
    let values: Vec<Value> = rows
        .into_iter()
        .flat_map(|row| [row.id.into(), signed(row.position), row.bytes.into()])
        .collect();
    let done = tx
        .execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
        .await?;
    all_written(done.rows_affected(), expected)
}

fn all_written(written: u64, expected: u64) -> Result<(), DbErr> {
    if written == expected {
        Ok(())
    } else {
        Err(DbErr::RecordNotUpdated)
    }
}

async fn move_head(
    tx: &DatabaseTransaction,
    backend: Backend,
    position: u64,
    hash: &Hash,
) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "UPDATE head SET position = $1, hash = $2",
        [signed(position), hash.to_vec().into()],
    ))
    .await?;
    Ok(())
}
