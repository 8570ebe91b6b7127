//! Facts: what other services (and this one) have said, in the form this service needs it.
//!
//! A consumer turns events into [`Change`]s and puts them in its transaction; every replica polls
//! [`Database::facts_since`] and folds them into memory. Each source has one writer (the consumer
//! that holds its lease) and its positions only grow, so "greater than seen" loses nothing here. A
//! record handled late, from quarantine, is told by [`Database::retried`]: then all is read anew.

mod forget;
mod snapshot;

use std::collections::BTreeMap;

use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait as _, Statement,
    sea_query::{Alias, Query},
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Backend, Database,
    journal::{signed, unsigned},
    query::{AT_ONCE, column},
};

pub use snapshot::{FactSet, Observer, Snapshot};

/// One thing known, or no longer so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind of thing: `system`, `post`, `exception` ...
    pub kind: &'static str,
    /// Its id; unique within the kind.
    pub id: String,
    /// What is known, as JSON; `None` = gone.
    pub body: Option<String>,
}

impl Change {
    /// A thing as it now is.
    pub fn known<T: Serialize>(kind: &'static str, id: impl Into<String>, body: &T) -> Self {
        Self {
            kind,
            id: id.into(),
            body: serde_json::to_string(body).ok(),
        }
    }

    /// A thing that is no more.
    pub fn gone(kind: &'static str, id: impl Into<String>) -> Self {
        Self {
            kind,
            id: id.into(),
            body: None,
        }
    }
}

/// A fact as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Kind.
    pub kind: String,
    /// Id within the kind.
    pub id: String,
    /// JSON; `None` = gone.
    pub body: Option<String>,
    /// Position of the event it comes from, in its source's order.
    pub position: u64,
}

impl Fact {
    /// The body as a type; `None` when it is gone or not of that form.
    pub fn read<T: DeserializeOwned>(&self) -> Option<T> {
        let body = self.body.as_deref()?;
        match serde_json::from_str(body) {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::error!(kind = %self.kind, id = %self.id, %error, "a fact cannot be read");
                None
            }
        }
    }
}

/// Keeps changes, in the transaction of the consumer that handles the record at `position`. What a
/// later record of the source has said stands: one from quarantine may be handled after it.
pub async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    source: &str,
    position: u64,
    changes: impl IntoIterator<Item = Change>,
) -> Result<(), DbErr> {
    for change in changes {
        tx.execute_raw(Statement::from_sql_and_values(
            backend.sea(),
            "INSERT INTO fact (kind, id, source, position, body) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (kind, id) DO UPDATE SET source = excluded.source, \
             position = excluded.position, body = excluded.body \
             WHERE fact.position <= excluded.position OR fact.source <> excluded.source",
            [
                change.kind.into(),
                change.id.into(),
                source.into(),
                signed(position),
                change.body.into(),
            ],
        ))
        .await?;
    }
    Ok(())
}

/// One fact, for a handler that must know what was known before.
pub async fn get<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    backend: Backend,
    kind: &str,
    id: &str,
) -> Result<Option<T>, DbErr> {
    let row = db
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT kind, id, body, position FROM fact WHERE kind = $1 AND id = $2",
            [kind.into(), id.into()],
        ))
        .await?;
    Ok(match row {
        Some(row) => read(&row)?.read(),
        None => None,
    })
}

/// Those of these facts that are known, by id.
pub async fn get_all<T: DeserializeOwned>(
    db: &impl ConnectionTrait,
    kind: &str,
    ids: impl IntoIterator<Item = String>,
) -> Result<BTreeMap<String, T>, DbErr> {
    let ids: Vec<String> = ids.into_iter().collect();
    let mut known = BTreeMap::new();
    for some in ids.chunks(AT_ONCE) {
        let mut select = Query::select();
        select
            .columns(["kind", "id", "body", "position"].map(Alias::new))
            .from(Alias::new("fact"))
            .and_where(column("kind").eq(kind))
            .and_where(column("id").is_in(some.iter().map(String::as_str)));
        for row in db.query_all(&select).await? {
            let fact = read(&row)?;
            if let Some(body) = fact.read() {
                known.insert(fact.id, body);
            }
        }
    }
    Ok(known)
}

fn read(row: &sea_orm::QueryResult) -> Result<Fact, DbErr> {
    Ok(Fact {
        kind: row.try_get("", "kind")?,
        id: row.try_get("", "id")?,
        body: row.try_get("", "body")?,
        position: unsigned(row, "position")?,
    })
}

/// How many facts are read at a time; those of the last event come together all the same.
const PAGE: usize = 5_000;

impl Database {
    /// Facts of one source newer than a position, oldest first, some thousand at a time. Page by
    /// the last position seen: facts of one event share it, and a page ends at the end of an event.
    pub async fn facts_since(&self, source: &str, position: u64) -> Result<Vec<Fact>, DbErr> {
        let rows = self
            .read()
            .query_all_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                format!(
                    "SELECT kind, id, body, position FROM fact \
                     WHERE source = $1 AND position > $2 AND position <= (\
                     SELECT MAX(position) FROM (SELECT position FROM fact \
                     WHERE source = $1 AND position > $2 ORDER BY position LIMIT {PAGE}) page) \
                     ORDER BY position"
                ),
                [source.into(), signed(position)],
            ))
            .await?;
        rows.iter().map(read).collect()
    }
}
