//! The little that raw statements need.

use audit_domain::Hash;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement, Value};
use store::Backend;

/// Parameters per statement at most; both databases allow more.
const PARAMETERS: usize = 12_000;

/// Inserts rows of equal width, many per statement.
pub(crate) async fn insert(
    tx: &impl ConnectionTrait,
    backend: Backend,
    table: &str,
    columns: &[&str],
    rows: Vec<Vec<Value>>,
    conflict: &str,
) -> Result<(), DbErr> {
    let width = columns.len();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let values: Vec<Value> = rows.by_ref().take(PARAMETERS / width).flatten().collect();
        let rows = values.len() / width;
        let sql = format!(
            "INSERT INTO {table} ({}) VALUES {} {conflict}",
            columns.join(", "),
            marks(backend, rows, width)
        );
        tx.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
            .await?;
    }
    Ok(())
}

/// Places for so many rows. SQLite takes `$1` for a name and looks for it among all others; of
/// thousands, each a search, that is far slower than the insert itself.
fn marks(backend: Backend, rows: usize, width: usize) -> String {
    let row = |row: usize| match backend {
        Backend::Sqlite => format!("({})", vec!["?"; width].join(",")),
        Backend::Postgres => {
            let first = row * width + 1;
            let marks: Vec<_> = (first..first + width).map(|n| format!("${n}")).collect();
            format!("({})", marks.join(","))
        }
    };
    (0..rows).map(row).collect::<Vec<_>>().join(",")
}

/// Locks the rows of a SELECT until the transaction ends; SQLite's one writer holds all anyway.
pub(crate) fn for_update(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => " FOR UPDATE",
        Backend::Sqlite => "",
    }
}

pub(crate) fn signed(number: u64) -> Value {
    i64::try_from(number).unwrap_or(i64::MAX).into()
}

pub(crate) fn unsigned(number: i64, what: &str) -> Result<u64, DbErr> {
    u64::try_from(number).map_err(|_| corrupt(what, number))
}

pub(crate) fn read_unsigned(row: &QueryResult, column: &str) -> Result<u64, DbErr> {
    unsigned(row.try_get("", column)?, column)
}

pub(crate) fn hash(bytes: &[u8], what: &str) -> Result<Hash, DbErr> {
    bytes.try_into().map_err(|_| corrupt(what, "not 32 bytes"))
}

pub(crate) fn read_hash(row: &QueryResult, column: &str) -> Result<Hash, DbErr> {
    hash(&row.try_get::<Vec<u8>>("", column)?, column)
}

/// The hashes written one after the other.
pub(crate) fn hashes(bytes: &[u8], what: &str) -> Result<Vec<Hash>, DbErr> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() {
        Ok(hashes.to_vec())
    } else {
        Err(corrupt(what, "not whole hashes"))
    }
}

/// A row is not what this program wrote.
pub(crate) fn corrupt(what: &str, why: impl std::fmt::Display) -> DbErr {
    DbErr::Type(format!("{what}: {why}"))
}
