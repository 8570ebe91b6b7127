//! Leaves: the records of the log with what they can be found by.

use audit_domain::Hash;
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value, entity::prelude::*};
use store::{Backend, from_micros, micros};

use super::sql::{self, insert, read_hash, signed};

/// A row of the table `leaf`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "leaf")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    idx: i64,
    source: String,
    position: i64,
    hash: Vec<u8>,
    logged_at: i64,
    record: Vec<u8>,
    record_id: Option<String>,
    kind: Option<String>,
    subject: Option<String>,
    actor: Option<String>,
    at: Option<i64>,
    clauses: Option<String>,
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
    /// SHA-256 of the record.
    pub(crate) hash: Hash,
    /// When it was taken in.
    pub(crate) logged_at: Timestamp,
    /// The record's bytes.
    pub(crate) record: Vec<u8>,
    /// What it says; none when it cannot be read.
    pub(crate) said: Option<Said>,
}

/// What a record says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// Id of the event.
    pub(crate) record_id: String,
    /// Full proto name of the event.
    pub(crate) kind: String,
    /// Aggregate it is about.
    pub(crate) subject: String,
    /// Who did it.
    pub(crate) actor: String,
    /// When it happened.
    pub(crate) at: Timestamp,
    /// Clauses it serves.
    pub(crate) clauses: Vec<String>,
}

impl TryFrom<Model> for Leaf {
    type Error = DbErr;

    fn try_from(row: Model) -> Result<Self, DbErr> {
        let said = match (row.record_id, row.kind, row.subject, row.actor, row.at) {
            (Some(record_id), Some(kind), Some(subject), Some(actor), Some(at)) => Some(Said {
                record_id,
                kind,
                subject,
                actor,
                at: from_micros(at),
                clauses: row
                    .clauses
                    .filter(|list| !list.is_empty())
                    .map_or_else(Vec::new, |list| {
                        list.split(',').map(str::to_owned).collect()
                    }),
            }),
            _ => None,
        };
        Ok(Self {
            index: sql::unsigned(row.idx, "leaf.idx")?,
            position: sql::unsigned(row.position, "leaf.position")?,
            hash: sql::hash(&row.hash, "leaf.hash")?,
            source: row.source,
            logged_at: from_micros(row.logged_at),
            record: row.record,
            said,
        })
    }
}

impl Leaf {
    fn into_row(self) -> Vec<Value> {
        let said = self.said.map(|said| {
            (
                said.record_id,
                said.kind,
                said.subject,
                said.actor,
                micros(said.at),
                said.clauses.join(","),
            )
        });
        let (record_id, kind, subject, actor, at, clauses) = match said {
            Some((id, kind, subject, actor, at, clauses)) => (
                Some(id),
                Some(kind),
                Some(subject),
                Some(actor),
                Some(at),
                Some(clauses),
            ),
            None => Default::default(),
        };
        vec![
            signed(self.index),
            self.source.into(),
            signed(self.position),
            self.hash.to_vec().into(),
            micros(self.logged_at).into(),
            self.record.into(),
            record_id.into(),
            kind.into(),
            subject.into(),
            actor.into(),
            at.into(),
            clauses.into(),
        ]
    }
}

/// Writes leaves and what they can be found by: pairs of a term and an index.
pub(crate) async fn append(
    tx: &impl ConnectionTrait,
    backend: Backend,
    leaves: Vec<Leaf>,
    terms: Vec<(String, u64)>,
) -> Result<(), DbErr> {
    let columns = [
        "idx",
        "source",
        "position",
        "hash",
        "logged_at",
        "record",
        "record_id",
        "kind",
        "subject",
        "actor",
        "at",
        "clauses",
    ];
    let rows = leaves.into_iter().map(Leaf::into_row).collect();
    insert(tx, backend, "leaf", &columns, rows, "").await?;
    let rows = terms
        .into_iter()
        .map(|(term, index)| vec![term.into(), signed(index)])
        .collect();
    let _: Vec<Vec<Value>> = rows; Ok(())
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
            "SELECT hash FROM leaf WHERE source = $1 AND position = $2",
            [source.into(), signed(position)],
        ))
        .await?;
    row.map(|row| read_hash(&row, "hash")).transpose()
}
