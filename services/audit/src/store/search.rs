//! Finding records. Every question is answered in the order of the log, a bounded page at a time.

use audit_domain::Hash;
use jiff::Timestamp;
use sea_orm::{
    Condition, DatabaseConnection, DbErr, Order, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
    sea_query::{Alias, Expr, ExprTrait, Query},
};
use store::micros;

use super::{
    leaf::{Column, Entity, Leaf},
    sql,
};

/// How a record can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    /// Place in the log.
    Index(u64),
    /// Place in its source's order.
    Position(String, u64),
    /// Id of the event. Sources promise that ids are unique; of several the first counts.
    Event(String),
}

/// What records must fit; what is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Who did it.
    pub(crate) actor: Option<String>,
    /// Aggregate it is about.
    pub(crate) subject: Option<String>,
    /// Beginning of the event's full name.
    pub(crate) kind_prefix: Option<String>,
    /// Source.
    pub(crate) source: Option<String>,
    /// All of these terms.
    pub(crate) terms: Vec<String>,
    /// Happened at this instant or later.
    pub(crate) from: Option<Timestamp>,
    /// Happened before this instant.
    pub(crate) to: Option<Timestamp>,
}

/// The record of that name.
pub(crate) async fn find(db: &DatabaseConnection, name: &Name) -> Result<Option<Leaf>, DbErr> {
    let query = match name {
        Name::Index(index) => Entity::find().filter(Column::Idx.eq(signed(*index))),
        Name::Position(source, position) => Entity::find()
            .filter(Column::Source.eq(source))
            .filter(Column::Position.eq(signed(*position))),
        Name::Event(id) => Entity::find()
            .filter(Column::RecordId.eq(id))
            .order_by_asc(Column::Idx),
    };
    query.one(db).await?.map(Leaf::try_from).transpose()
}

/// Records that fit, beyond the one a page before ended with; at most `limit`.
pub(crate) async fn page(
    db: &DatabaseConnection,
    filter: &Filter,
    order: Order,
    beyond: Option<u64>,
    limit: u64,
) -> Result<Vec<Leaf>, DbErr> {
    let beyond = beyond.map(|index| match order {
        Order::Asc => Column::Idx.gt(signed(index)),
        _ => Column::Idx.lt(signed(index)),
    });
    let rows = Entity::find()
        .filter(filter.condition())
        .filter(Condition::all().add_option(beyond))
        .order_by(Column::Idx, order)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(Leaf::try_from).collect()
}

/// Consecutive leaves of `range`, from its start, at most `limit`.
pub(crate) async fn range(
    db: &DatabaseConnection,
    range: std::ops::Range<u64>,
    limit: u64,
) -> Result<Vec<Leaf>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Idx.gte(signed(range.start)))
        .filter(Column::Idx.lt(signed(range.end)))
        .order_by_asc(Column::Idx)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(Leaf::try_from).collect()
}

/// Consecutive records' bytes, without what can be found by; at most `limit`.
pub(crate) async fn records(
    db: &impl ConnectionTrait,
    range: std::ops::Range<u64>,
    limit: u64,
) -> Result<Vec<(u64, Vec<u8>)>, DbErr> {
    let rows: Vec<(i64, Vec<u8>)> = Entity::find()
        .select_only()
        .columns([Column::Idx, Column::Record])
        .filter(Column::Idx.gte(signed(range.start)))
        .filter(Column::Idx.lt(signed(range.end)))
        .order_by_asc(Column::Idx)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(index, record)| Ok((sql::unsigned(index, "leaf.idx")?, record)))
        .collect()
}

/// SHA-256 of a source's records between two positions, both included, by position.
pub(crate) async fn hashes(
    db: &DatabaseConnection,
    source: &str,
    positions: std::ops::RangeInclusive<u64>,
) -> Result<Vec<(u64, Hash)>, DbErr> {
    let rows: Vec<(i64, Vec<u8>)> = Entity::find()
        .select_only()
        .columns([Column::Position, Column::Hash])
        .filter(Column::Source.eq(source))
        .filter(Column::Position.between(signed(*positions.start()), signed(*positions.end())))
        .order_by_asc(Column::Position)
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(position, hash)| {
            Ok((
                sql::unsigned(position, "leaf.position")?,
                sql::hash(&hash, "leaf.hash")?,
            ))
        })
        .collect()
}

impl Filter {
    fn condition(&self) -> Condition {
        let equal = |column: Column, value: &Option<String>| {
            value.as_ref().map(|value| column.eq(value.as_str()))
        };
        let mut all = Condition::all()
            .add_option(equal(Column::Actor, &self.actor))
            .add_option(equal(Column::Subject, &self.subject))
            .add_option(equal(Column::Source, &self.source))
            .add_option(self.from.map(|at| Column::At.gte(micros(at))))
            .add_option(self.to.map(|at| Column::At.lt(micros(at))));
        if let Some(prefix) = &self.kind_prefix {
            // A range and not LIKE: an index serves it whatever the collation, and no character is
            // special. Names of events are ASCII, below U+FFFF.
            all = all
                .add(Column::Kind.gte(prefix.as_str()))
                .add(Column::Kind.lt(format!("{prefix}\u{ffff}")));
        }
        for term in &self.terms {
            let with_term = Query::select()
                .column(Alias::new("idx"))
                .from(Alias::new("leaf_term"))
                .and_where(ExprTrait::eq(Expr::col(Alias::new("term")), term.as_str()))
                .to_owned();
            all = all.add(Column::Idx.in_subquery(with_term));
        }
        all
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Terms that a record can be found by.
pub(crate) mod term {
    /// A clause it serves.
    pub(crate) fn clause(id: &str) -> String {
        format!("clause/{id}")
    }

    /// A person it names.
    pub(crate) fn person(id: &str) -> String {
        format!("person/{id}")
    }

    /// A system it names.
    pub(crate) fn system(id: &str) -> String {
        format!("system/{id}")
    }
}
