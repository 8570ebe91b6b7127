//! What records can be found by. Derived from the records, and always behind them a little: the
//! table `indexed` says how far it is.

use proto::record::Record;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value, entity::prelude::*};
use store::{Backend, micros};

use super::sql::{insert, read_unsigned, signed};

/// A row of the table `entry`.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entry")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    idx: i64,
    source: String,
    record_id: Option<String>,
    kind: Option<String>,
    subject: Option<String>,
    actor: Option<String>,
    at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// What one record is found by.
pub(crate) struct Found {
    /// Place in the log.
    pub(crate) index: u64,
    /// Source.
    pub(crate) source: String,
    /// What it says of itself; none when it is unreadable.
    pub(crate) said: Option<Record>,
    /// Clauses, persons and systems.
    pub(crate) terms: Vec<String>,
}

impl Found {
    fn row(&self) -> Vec<Value> {
        let text = |pick: fn(&Record) -> String| self.said.as_ref().map(pick);
        vec![
            signed(self.index),
            self.source.clone().into(),
            text(|said| said.id.clone()).into(),
            text(|said| said.kind.clone()).into(),
            text(|said| said.subject.clone()).into(),
            text(|said| said.actor.to_string()).into(),
            self.said.as_ref().map(|said| micros(said.time)).into(),
        ]
    }
}

/// How many leaves have their entries.
pub(crate) async fn size(db: &impl ConnectionTrait, backend: Backend) -> Result<u64, DbErr> {
    let sql = "SELECT size FROM indexed WHERE id = 1";
    let row = db
        .query_one_raw(Statement::from_string(backend.sea(), sql))
        .await?;
    row.map_or(Ok(0), |row| read_unsigned(&row, "size"))
}

/// Writes the entries of the next leaves, up to a size.
pub(crate) async fn append(
    tx: &impl ConnectionTrait,
    backend: Backend,
    found: &[Found],
    size: u64,
) -> Result<(), DbErr> {
    let columns = [
        "idx",
        "source",
        "record_id",
        "kind",
        "subject",
        "actor",
        "at",
    ];
    let rows = found.iter().map(Found::row).collect();
    insert(tx, backend, "entry", &columns, rows, "").await?;
    let mut terms: Vec<(&str, u64)> = found
        .iter()
        .flat_map(|one| one.terms.iter().map(|term| (term.as_str(), one.index)))
        .collect();
    // In the order of the tree they go into.
    terms.sort_unstable();
    let rows = terms
        .into_iter()
        .map(|(term, index)| vec![term.into(), signed(index)])
        .collect();
    insert(tx, backend, "entry_term", &["term", "idx"], rows, "").await?;
    let sql = "UPDATE indexed SET size = $1 WHERE id = 1";
    let statement = Statement::from_sql_and_values(backend.sea(), sql, [signed(size)]);
    tx.execute_raw(statement).await?;
    Ok(())
}
