//! What records can be found by. Derived from the records, and always behind them a little: the
//! table `indexed` says how far it is.
//!
//! A term is kept as a number, and with it the places of its records in the order of the log: a search
//! walks such lists, and never sorts.

mod held;

use std::collections::{BTreeMap, BTreeSet};

use audit_domain::record_hash;
use jiff::Timestamp;
use proto::record::Record;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use store::{Backend, micros};

use super::sql::{insert, read_unsigned, signed};
use crate::index::term;
pub(crate) use held::differing;

/// What one record is found by.
#[derive(Debug)]
pub(crate) struct Found {
    /// Place in the log.
    pub(crate) index: u64,
    /// What it says of itself; none when it is unreadable.
    pub(crate) said: Option<Record>,
    /// Everything else it is found by.
    pub(crate) terms: BTreeSet<String>,
}

impl Found {
    fn kinds(&self) -> impl Iterator<Item = &str> {
        let terms = self.terms.iter();
        terms.filter_map(|one| one.strip_prefix(term::KIND))
    }

    fn row(&self) -> Vec<Value> {
        let text = |pick: fn(&Record) -> &String| self.said.as_ref().map(|said| pick(said).clone());
        vec![
            signed(self.index),
            text(|said| &said.id).into(),
            text(|said| &said.subject).into(),
            self.said.as_ref().map(|said| micros(said.time)).into(),
        ]
    }
}

/// The number of a term: the beginning of its SHA-256. That two terms should share one is as unlikely
/// as anything that is relied upon here.
pub(crate) fn number(term: &str) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&record_hash(term.as_bytes())[..8]);
    i64::from_be_bytes(first)
}

/// The hour of an instant, counted from 1970.
pub(crate) fn hour(at: Timestamp) -> i64 {
    at.as_second().div_euclid(3_600)
}

/// How many leaves have their entries.
pub(crate) async fn size(db: &impl ConnectionTrait, backend: Backend) -> Result<u64, DbErr> {
    let sql = "SELECT size FROM indexed WHERE id = 1";
    let row = db
        .query_one_raw(Statement::from_string(backend.sea(), sql))
        .await?;
    row.map_or(Ok(0), |row| read_unsigned(&row, "size"))
}

/// The kinds of events in the index that begin so.
pub(crate) async fn kinds(
    db: &impl ConnectionTrait,
    backend: Backend,
    prefix: &str,
) -> Result<Vec<String>, DbErr> {
    // Some hundred at most. Told apart here: databases do not agree on what begins with what.
    let sql = "SELECT name FROM kind";
    let rows = db
        .query_all_raw(Statement::from_string(backend.sea(), sql))
        .await?;
    let names = rows.iter().map(|row| row.try_get::<String>("", "name"));
    let mut names = names.collect::<Result<Vec<_>, DbErr>>()?;
    names.retain(|name| name.starts_with(prefix));
    Ok(names)
}

/// Writes the entries of leaves, over whatever is there of them.
pub(crate) async fn write(
    tx: &impl ConnectionTrait,
    backend: Backend,
    found: &[Found],
) -> Result<(), DbErr> {
    let columns = ["idx", "record_id", "subject", "at"];
    let rows = found.iter().map(Found::row).collect();
    let anew = "ON CONFLICT (idx) DO UPDATE SET record_id = excluded.record_id, \
         subject = excluded.subject, at = excluded.at";
    insert(tx, backend, "entry", &columns, rows, anew).await?;
    // In the order of the tree they go into.
    let terms: BTreeSet<(i64, u64)> = found
        .iter()
        .flat_map(|one| one.terms.iter().map(|term| (number(term), one.index)))
        .collect();
    let rows = terms
        .into_iter()
        .map(|(term, index)| vec![term.into(), signed(index)])
        .collect();
    let known = "ON CONFLICT (term, idx) DO NOTHING";
    insert(tx, backend, "entry_term", &["term", "idx"], rows, known).await?;
    append_kinds(tx, backend, found).await?;
    append_hours(tx, backend, found).await
}

/// So many leaves have their entries.
pub(crate) async fn set_size(
    tx: &impl ConnectionTrait,
    backend: Backend,
    size: u64,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO indexed (id, size) VALUES (1, $1) \
         ON CONFLICT (id) DO UPDATE SET size = excluded.size";
    let statement = Statement::from_sql_and_values(backend.sea(), sql, [signed(size)]);
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Has the records before a place that are found by a term found by another as well, but for those of some
/// terms.
pub(crate) async fn found_also(
    tx: &impl ConnectionTrait,
    backend: Backend,
    [term, also]: &[String; 2],
    before: u64,
    but: &[String],
) -> Result<(), DbErr> {
    let (term, also) = (number(term), number(also));
    let but: Vec<String> = but.iter().map(|term| number(term).to_string()).collect();
    let but = but.join(", ");
    let sql = format!(
        "INSERT INTO entry_term (term, idx) \
         SELECT {also}, found.idx FROM entry_term found WHERE found.term = {term} AND found.idx < $1 \
         AND NOT EXISTS (SELECT 1 FROM entry_term other \
         WHERE other.idx = found.idx AND other.term IN ({but})) \
         ON CONFLICT (term, idx) DO NOTHING"
    );
    let statement = Statement::from_sql_and_values(backend.sea(), sql, [signed(before)]);
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Takes away what a leaf is found by.
pub(crate) async fn remove(
    tx: &impl ConnectionTrait,
    backend: Backend,
    index: u64,
    terms: &BTreeSet<String>,
) -> Result<(), DbErr> {
    let numbers: Vec<String> = terms.iter().map(|term| number(term).to_string()).collect();
    let numbers = numbers.join(", ");
    for sql in [
        "DELETE FROM entry WHERE idx = $1".to_owned(),
        format!("DELETE FROM entry_term WHERE idx = $1 AND term IN ({numbers})"),
    ] {
        let statement = Statement::from_sql_and_values(backend.sea(), sql, [signed(index)]);
        tx.execute_raw(statement).await?;
    }
    Ok(())
}

async fn append_kinds(
    tx: &impl ConnectionTrait,
    backend: Backend,
    found: &[Found],
) -> Result<(), DbErr> {
    let kinds: BTreeSet<&str> = found.iter().flat_map(Found::kinds).collect();
    let rows = kinds.into_iter().map(|kind| vec![kind.into()]).collect();
    let known = "ON CONFLICT (name) DO NOTHING";
    insert(tx, backend, "kind", &["name"], rows, known).await
}

/// Between which places the records of an hour are, by their source's clock.
async fn append_hours(
    tx: &impl ConnectionTrait,
    backend: Backend,
    found: &[Found],
) -> Result<(), DbErr> {
    let mut hours: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for one in found {
        if let Some(said) = &one.said {
            let places = hours.entry(hour(said.time));
            places.or_insert((one.index, one.index)).1 = one.index;
        }
    }
    let rows = hours
        .into_iter()
        .map(|(hour, (first, last))| vec![hour.into(), signed(first), signed(last)])
        .collect();
    let columns = ["hour", "first", "last"];
    let wider = "ON CONFLICT (hour) DO UPDATE SET \
         first = CASE WHEN excluded.first < entry_hour.first THEN excluded.first ELSE entry_hour.first END, \
         last = CASE WHEN excluded.last > entry_hour.last THEN excluded.last ELSE entry_hour.last END";
    insert(tx, backend, "entry_hour", &columns, rows, wider).await
}
