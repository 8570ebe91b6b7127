//! Whether the index still has what records are found by. Whoever can write to the database can take a
//! row out of it, and the record is found no more, though every proof of it holds.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::{Backend, micros};

use super::{Found, hour, kinds, number};
use crate::store::sql::{read_unsigned, signed};

/// Places of terms asked for in one statement.
const PLACES: usize = 4_000;

/// What `entry` has of a record: its id, what it is about, and when it happened.
type Entry = (Option<String>, Option<String>, Option<i64>);

/// Of leaves in the order of the log the places of those whose rows are missing or others. More terms than
/// are given here may be there: some depend on where people and systems belonged.
pub(crate) async fn differing(
    db: &impl ConnectionTrait,
    backend: Backend,
    found: &[Found],
) -> Result<BTreeSet<u64>, DbErr> {
    let (Some(first), Some(last)) = (found.first(), found.last()) else {
        return Ok(BTreeSet::new());
    };
    let entries = entries(db, backend, first.index..=last.index).await?;
    let kinds: BTreeSet<String> = kinds(db, backend, "").await?.into_iter().collect();
    let hours = hours(db, backend, found).await?;
    let within = |one: &Found, hour: i64| {
        let place = i64::try_from(one.index).unwrap_or(i64::MAX);
        hours.get(&hour).is_some_and(|held| held.contains(&place))
    };
    let same = |one: &Found| {
        entries.get(&one.index) == Some(&entry(one))
            && one.kinds().all(|kind| kinds.contains(kind))
            && hour_of(one).is_none_or(|hour| within(one, hour))
    };
    let others = found.iter().filter(|one| !same(one));
    let mut differ: BTreeSet<u64> = others.map(|one| one.index).collect();
    differ.extend(without_terms(db, backend, found).await?);
    Ok(differ)
}

fn entry(found: &Found) -> Entry {
    let said = found.said.as_ref();
    (
        said.map(|said| said.id.clone()),
        said.map(|said| said.subject.clone()),
        said.map(|said| micros(said.time)),
    )
}

fn hour_of(found: &Found) -> Option<i64> {
    found.said.as_ref().map(|said| hour(said.time))
}

async fn entries(
    db: &impl ConnectionTrait,
    backend: Backend,
    places: RangeInclusive<u64>,
) -> Result<BTreeMap<u64, Entry>, DbErr> {
    let sql = "SELECT idx, record_id, subject, at FROM entry WHERE idx >= $1 AND idx <= $2";
    let values = [signed(*places.start()), signed(*places.end())];
    let statement = Statement::from_sql_and_values(backend.sea(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let entry = (
                row.try_get("", "record_id")?,
                row.try_get("", "subject")?,
                row.try_get("", "at")?,
            );
            Ok((read_unsigned(row, "idx")?, entry))
        })
        .collect()
}

/// Between which places the index has records of an hour, for every hour of these.
async fn hours(
    db: &impl ConnectionTrait,
    backend: Backend,
    found: &[Found],
) -> Result<BTreeMap<i64, RangeInclusive<i64>>, DbErr> {
    let hours = || found.iter().filter_map(hour_of);
    let (Some(first), Some(last)) = (hours().min(), hours().max()) else {
        return Ok(BTreeMap::new());
    };
    let sql = "SELECT hour, first, last FROM entry_hour WHERE hour >= $1 AND hour <= $2";
    let values = [first.into(), last.into()];
    let statement = Statement::from_sql_and_values(backend.sea(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let (first, last): (i64, i64) = (row.try_get("", "first")?, row.try_get("", "last")?);
            Ok((row.try_get("", "hour")?, first..=last))
        })
        .collect()
}

/// The places of which a term is missing.
async fn without_terms(
    db: &impl ConnectionTrait,
    backend: Backend,
    found: &[Found],
) -> Result<BTreeSet<u64>, DbErr> {
    // One text whatever they are: a statement of its own for each batch would fill every cache.
    let sql = match backend {
        Backend::Sqlite => {
            "SELECT DISTINCT one.value ->> 1 AS idx FROM json_each($1) one WHERE NOT EXISTS \
             (SELECT 1 FROM entry_term held WHERE held.term = one.value ->> 0 \
             AND held.idx = one.value ->> 1)"
        }
        Backend::Postgres => {
            "SELECT DISTINCT (one.value ->> 1)::bigint AS idx \
             FROM json_array_elements($1::json) one(value) WHERE NOT EXISTS \
             (SELECT 1 FROM entry_term held WHERE held.term = (one.value ->> 0)::bigint \
             AND held.idx = (one.value ->> 1)::bigint)"
        }
    };
    let places: Vec<String> = found
        .iter()
        .flat_map(|one| one.terms.iter().map(|term| (number(term), one.index)))
        .map(|(term, index)| format!("[{term},{index}]"))
        .collect();
    let mut without = BTreeSet::new();
    for places in places.chunks(PLACES) {
        let asked = format!("[{}]", places.join(","));
        let statement = Statement::from_sql_and_values(backend.sea(), sql, [asked.into()]);
        for row in db.query_all_raw(statement).await? {
            without.insert(read_unsigned(&row, "idx")?);
        }
    }
    Ok(without)
}
