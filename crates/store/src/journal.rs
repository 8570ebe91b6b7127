//! The journal: outbox and history at once. A row is inserted by a command, stamped once by the
//! relay, and never touched again.

use jiff::Timestamp;
use kernel::Context;
use proto::record::{self, Hash, Outgoing};
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};

use crate::{Backend, Database, query, unit};

/// Rows looked at for one that can be read.
const UNREADABLE: u64 = 16;

/// A journal row to be.
#[derive(Debug, Clone)]
pub struct Entry {
    id: uuid::Uuid,
    aggregate: &'static str,
    subject: String,
    kind: String,
    draft: Vec<u8>,
}

impl Entry {
    pub(crate) fn new(
        source: &str,
        aggregate: &'static str,
        subject: &str,
        outgoing: Outgoing,
        context: &Context,
    ) -> Self {
        let (id, draft) = unit::draft(source, subject, &outgoing, context);
        Self {
            id,
            aggregate,
            subject: subject.to_owned(),
            kind: outgoing.kind,
            draft,
        }
    }
}

/// How far a source has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Newest stamped position; 0 = none.
    pub position: u64,
    /// Hash of that record.
    pub hash: Hash,
    /// Newest position the broker has acknowledged.
    pub published: u64,
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    backend: Backend,
    entries: &[Entry],
) -> Result<(), DbErr> {
    for chunk in entries.chunks(query::AT_ONCE) {
        let rows: Vec<_> = (0..chunk.len())
            .map(|row| marks(backend, row * 5, &[""; 5]))
            .collect();
        let sql = format!(
            "INSERT INTO journal (record_id, aggregate, subject, kind, record) VALUES {}",
            rows.join(", ")
        );
        let values = chunk.iter().flat_map(|entry| {
            [
                entry.id.to_string().into(),
                entry.aggregate.into(),
                entry.subject.clone().into(),
                entry.kind.clone().into(),
                entry.draft.clone().into(),
            ]
        });
        db.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
            .await?;
    }
    Ok(())
}

/// One row of parameters after `offset`: `($1::bigint, $2::bytea)` on PostgreSQL, where a list of
/// rows has no types of its own; `(?, ?)` on SQLite, which looks every numbered name up among all.
pub(crate) fn marks(backend: Backend, offset: usize, types: &[&str]) -> String {
    let marks: Vec<_> = types
        .iter()
        .zip(offset + 1..)
        .map(|(cast, number)| match backend {
            Backend::Postgres => format!("${number}{cast}"),
            Backend::Sqlite => "?".to_owned(),
        })
        .collect();
    format!("({})", marks.join(", "))
}

impl Database {
    /// Finished records from a position on, in order; at most `limit`.
    pub async fn records(&self, from: u64, limit: u64) -> Result<Vec<Vec<u8>>, DbErr> {
        let rows = self
            .read()
            .query_all_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "SELECT record FROM journal WHERE position >= $1 ORDER BY position LIMIT $2",
                [signed(from), signed(limit)],
            ))
            .await?;
        rows.iter().map(|row| row.try_get("", "record")).collect()
    }

    /// Finished records with what their NATS subject is made of: `(aggregate, kind, record)`.
    pub async fn publications(
        &self,
        from: u64,
        limit: u64,
    ) -> Result<Vec<(String, String, Vec<u8>)>, DbErr> {
        let rows = self
            .read()
            .query_all_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "SELECT aggregate, kind, record FROM journal \
                 WHERE position >= $1 ORDER BY position LIMIT $2",
                [signed(from), signed(limit)],
            ))
            .await?;
        rows.iter()
            .map(|row| {
                Ok((
                    row.try_get("", "aggregate")?,
                    row.try_get("", "kind")?,
                    row.try_get("", "record")?,
                ))
            })
            .collect()
    }

    /// How far this source has come.
    pub async fn head(&self) -> Result<Head, DbErr> {
        read_head(self.read(), self.backend(), "").await
    }

    /// The position that the newest committed record has or is going to have.
    pub async fn committed(&self) -> Result<u64, DbErr> {
        let row = self
            .read()
            .query_one_raw(Statement::from_string(
                self.backend().sea(),
                "SELECT position + (SELECT COUNT(*) FROM journal WHERE position IS NULL) \
                 AS committed FROM head",
            ))
            .await?
            .ok_or_else(no_head)?;
        unsigned(&row, "committed")
    }

    /// When the newest record was made, by the clock of whoever made it; none before the first.
    pub async fn newest(&self) -> Result<Option<Timestamp>, DbErr> {
        let rows = self
            .read()
            .query_all_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "SELECT record FROM journal ORDER BY id DESC LIMIT $1",
                [signed(UNREADABLE)],
            ))
            .await?;
        for row in rows {
            let record: Vec<u8> = row.try_get("", "record")?;
            if let Some(time) = record::time(&record) {
                return Ok(Some(time));
            }
        }
        Ok(None)
    }

    /// Notes that the broker has acknowledged everything up to a position. Never goes back.
    pub async fn published(&self, position: u64) -> Result<(), DbErr> {
        self.migrations()
            .execute_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "UPDATE head SET published = $1 WHERE published < $1",
                [signed(position)],
            ))
            .await?;
        Ok(())
    }
}

pub(crate) async fn read_head(
    db: &impl ConnectionTrait,
    backend: Backend,
    lock: &str,
) -> Result<Head, DbErr> {
    let row = db
        .query_one_raw(Statement::from_string(
            backend.sea(),
            format!("SELECT position, hash, published FROM head{lock}"),
        ))
        .await?
        .ok_or_else(no_head)?;
    let hash: Vec<u8> = row.try_get("", "hash")?;
    Ok(Head {
        position: unsigned(&row, "position")?,
        // A chain that went on from nothing would look like one that begins.
        hash: hash
            .try_into()
            .map_err(|_| DbErr::Type("head.hash is no hash".to_owned()))?,
        published: unsigned(&row, "published")?,
    })
}

fn no_head() -> DbErr {
    DbErr::RecordNotFound("the row of the table head".to_owned())
}

pub(crate) fn signed(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

pub(crate) fn unsigned(row: &QueryResult, column: &str) -> Result<u64, DbErr> {
    let number: i64 = row.try_get("", column)?;
    u64::try_from(number).map_err(|_| DbErr::Type(format!("{column} is {number}")))
}
