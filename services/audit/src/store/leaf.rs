//! Leaves: the records of the log.

use audit_domain::{Hash, record_hash};
use jiff::Timestamp;
use proto::record::Record;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value, entity::prelude::*};
use store::{Backend, from_micros, micros};

use super::sql::{self, insert, signed};

/// A row of the table `leaf`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leaf")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    idx: i64,
    source: String,
    position: i64,
    logged_at: i64,
    record: Vec<u8>,
    pruned: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// A record in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Place in the log, from 0.
    pub(crate) index: u64,
    /// Source, for example `ledger`.
    pub(crate) source: String,
    /// Position in its source's order.
    pub(crate) position: u64,
    /// When it was taken in.
    pub(crate) logged_at: Timestamp,
    /// The record's bytes; empty when they were pruned.
    pub(crate) record: Vec<u8>,
    /// SHA-256 of a record that was pruned.
    pub(crate) pruned: Option<Hash>,
}

impl TryFrom<Model> for Leaf {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        Ok(Self {
            index: sql::unsigned(row.idx, "leaf.idx")?,
            source: row.source,
            position: sql::unsigned(row.position, "leaf.position")?,
            logged_at: from_micros(row.logged_at),
            record: row.record,
            pruned: row
                .pruned
                .map(|hash| sql::hash(&hash, "leaf.pruned"))
                .transpose()?,
        })
    }
}

impl Leaf {
    /// What the record says of itself; none when it cannot be read, or was pruned.
    pub(crate) fn said(&self) -> Option<Record> {
        match self.pruned {
            Some(_) => None,
            None => Record::decode(&self.record).ok(),
        }
    }

    fn into_row(self) -> Vec<Value> {
        vec![
            signed(self.index),
            self.source.into(),
            signed(self.position),
            micros(self.logged_at).into(),
            self.record.into(),
        ]
    }
}

/// Writes leaves.
pub(crate) async fn append(
    tx: &impl ConnectionTrait,
    backend: Backend,
    leaves: Vec<Leaf>,
) -> Result<(), DbErr> {
    let columns = ["idx", "source", "position", "logged_at", "record"];
    let rows = leaves.into_iter().map(Leaf::into_row).collect();
    insert(tx, backend, "leaf", &columns, rows, "").await
}

/// SHA-256 of the record the log holds at a source's position.
pub(crate) async fn held(
    db: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
    position: u64,
) -> Result<Option<Hash>, DbErr> {
    let row = db
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT record, pruned FROM leaf WHERE source = $1 AND position = $2",
            [source.into(), signed(position)],
        ))
        .await?;
    row.map(|row| {
        hash_of(
            &row.try_get::<Vec<u8>>("", "record")?,
            row.try_get("", "pruned")?,
        )
    })
    .transpose()
}

/// SHA-256 of a record, or of what it was before it was pruned.
pub(crate) fn hash_of(record: &[u8], pruned: Option<Vec<u8>>) -> Result<Hash, DbErr> {
    match pruned {
        Some(hash) => sql::hash(&hash, "leaf.pruned"),
        None => Ok(record_hash(record)),
    }
}

/// When the newest leaf was taken in, which is never before another was; none before the first.
pub(crate) async fn newest_logged(
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<Option<Timestamp>, DbErr> {
    let sql = "SELECT logged_at FROM leaf ORDER BY idx DESC LIMIT 1";
    let statement = Statement::from_string(backend.sea(), sql);
    let row = db.query_one_raw(statement).await?;
    let logged_at = row.map(|row| row.try_get("", "logged_at")).transpose()?;
    Ok(logged_at.map(from_micros))
}

/// Index of the first of so many leaves that was taken in at an instant or later; their number when none
/// was.
pub(crate) async fn first_logged_from(
    db: &impl ConnectionTrait,
    backend: Backend,
    instant: Timestamp,
    leaves: u64,
) -> Result<u64, DbErr> {
    let (mut low, mut high) = (0, leaves);
    while low < high {
        let middle = low + (high - low) / 2;
        let sql = "SELECT logged_at FROM leaf WHERE idx = $1";
        let statement = Statement::from_sql_and_values(backend.sea(), sql, [signed(middle)]);
        let row = db.query_one_raw(statement).await?;
        let logged_at: Option<i64> = row.map(|row| row.try_get("", "logged_at")).transpose()?;
        if logged_at.is_some_and(|at| at < micros(instant)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low)
}
