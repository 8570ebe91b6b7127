//! Finding records. Every question is answered in the order of the log, a bounded page at a time:
//! from the index as far as it goes, and from the leaves themselves beyond it.

mod filter;

use std::{collections::BTreeMap, ops::Range};

use audit_domain::{Hash, record_hash};
use sea_orm::{
    DatabaseConnection, DbErr, Order, QueryOrder as _, QuerySelect as _, entity::prelude::*,
};
use store::Backend;

use super::{
    index,
    leaf::{Column, Entity, Leaf},
    sql,
};
use crate::index::Names;
pub(crate) use filter::{Filter, term};

/// Leaves looked at in one go where there is no index yet.
const SCAN: u64 = 500;

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

/// Where to look, and in which order.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// Places in the log.
    pub(crate) range: Range<u64>,
    /// Oldest first, or newest first.
    pub(crate) order: Order,
    /// At most so many.
    pub(crate) limit: u64,
}

/// Looks for records.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) db: &'a DatabaseConnection,
    pub(crate) backend: Backend,
    pub(crate) names: &'a Names,
}

impl Search<'_> {
    /// The record of that name.
    pub(crate) async fn find(&self, name: &Name) -> Result<Option<Leaf>, DbErr> {
        let query = match name {
            Name::Index(index) => Entity::find().filter(Column::Idx.eq(signed(*index))),
            Name::Position(source, position) => Entity::find()
                .filter(Column::Source.eq(source))
                .filter(Column::Position.eq(signed(*position))),
            Name::Event(id) => {
                let filter = Filter {
                    record_id: Some(id.clone()),
                    ..Filter::default()
                };
                let part = Part {
                    range: 0..u64::MAX,
                    order: Order::Asc,
                    limit: 1,
                };
                return Ok(self.page(&filter, part).await?.pop());
            }
        };
        query.one(self.db).await?.map(Leaf::try_from).transpose()
    }

    /// Records that fit.
    pub(crate) async fn page(&self, filter: &Filter, part: Part) -> Result<Vec<Leaf>, DbErr> {
        let Part {
            range,
            order,
            limit,
        } = part;
        // Asked first: what is indexed meanwhile is found twice by nobody, since each place is
        // looked up on one side of this line only.
        let line = index::size(self.db, self.backend).await?;
        let indexed = range.start..range.end.min(line);
        let beyond = range.start.max(line)..range.end;
        let mut found = Vec::new();
        match order {
            Order::Asc => {
                found = self.indexed(filter, indexed, &order, limit).await?;
                self.scan(filter, beyond, &order, limit, &mut found).await?;
            }
            _ => {
                self.scan(filter, beyond, &order, limit, &mut found).await?;
                let rest = limit - found.len() as u64;
                found.extend(self.indexed(filter, indexed, &order, rest).await?);
            }
        }
        Ok(found)
    }

    async fn indexed(
        &self,
        filter: &Filter,
        range: Range<u64>,
        order: &Order,
        limit: u64,
    ) -> Result<Vec<Leaf>, DbErr> {
        if range.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let places: Vec<i64> = index::Entity::find()
            .select_only()
            .column(index::Column::Idx)
            .filter(filter.condition())
            .filter(index::Column::Idx.gte(signed(range.start)))
            .filter(index::Column::Idx.lt(signed(range.end)))
            .order_by(index::Column::Idx, order.clone())
            .limit(limit)
            .into_tuple()
            .all(self.db)
            .await?;
        let rows = Entity::find()
            .filter(Column::Idx.is_in(places))
            .order_by(Column::Idx, order.clone())
            .all(self.db)
            .await?;
        rows.into_iter().map(Leaf::try_from).collect()
    }

    /// Looks through leaves themselves until there are `limit` in `found`.
    async fn scan(
        &self,
        filter: &Filter,
        mut range: Range<u64>,
        order: &Order,
        limit: u64,
        found: &mut Vec<Leaf>,
    ) -> Result<(), DbErr> {
        while !range.is_empty() && (found.len() as u64) < limit {
            let leaves = part(self.db, range.clone(), order.clone(), SCAN).await?;
            let Some(last) = leaves.last() else {
                return Ok(());
            };
            match order {
                Order::Asc => range.start = last.index + 1,
                _ => range.end = last.index,
            }
            let fitting = leaves
                .into_iter()
                .filter(|leaf| filter.fits(leaf, self.names));
            found.extend(fitting.take(limit as usize - found.len()));
        }
        Ok(())
    }
}

/// Consecutive leaves of a range, from its start, at most `limit`.
pub(crate) async fn range(
    db: &DatabaseConnection,
    range: Range<u64>,
    limit: u64,
) -> Result<Vec<Leaf>, DbErr> {
    part(db, range, Order::Asc, limit).await
}

async fn part(
    db: &DatabaseConnection,
    range: Range<u64>,
    order: Order,
    limit: u64,
) -> Result<Vec<Leaf>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Idx.gte(signed(range.start)))
        .filter(Column::Idx.lt(signed(range.end)))
        .order_by(Column::Idx, order)
        .limit(limit)
        .all(db)
        .await?;
    rows.into_iter().map(Leaf::try_from).collect()
}

/// Consecutive records' bytes, from the start of a range, at most `limit`.
pub(crate) async fn records(
    db: &impl ConnectionTrait,
    range: Range<u64>,
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
) -> Result<BTreeMap<u64, Hash>, DbErr> {
    let rows: Vec<(i64, Vec<u8>)> = Entity::find()
        .select_only()
        .columns([Column::Position, Column::Record])
        .filter(Column::Source.eq(source))
        .filter(Column::Position.between(signed(*positions.start()), signed(*positions.end())))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(position, record)| {
            let position = sql::unsigned(position, "leaf.position")?;
            Ok((position, record_hash(&record)))
        })
        .collect()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
