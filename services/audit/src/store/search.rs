//! Finding records. Every question is answered in the order of the log, a bounded page at a time:
//! from the index as far as it goes, and from the leaves themselves beyond it. The work for one answer
//! is bounded too: what is found late is found by asking again, from where the answer ended.

mod filter;
mod lists;
#[cfg(test)]
mod plans;
mod vouched;

use std::{collections::BTreeMap, ops::Range};

use audit_domain::Hash;
use sea_orm::{
    Condition, DatabaseConnection, DbErr, Order, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
};
use store::Backend;

use super::{
    index,
    leaf::{Column, Entity, Leaf, hash_of},
    sql,
};
use crate::index::Terms;
pub(crate) use filter::Filter;
use lists::Lists;

/// How a record can be named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Name {
    /// Place in the log.
    Index(u64),
    /// Place in its source's order.
    Position(String, u64),
    /// Id of the event. Sources promise that ids are unique; of several the first counts.
    Event(String),
    /// None: the first that fits will do.
    Any,
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

/// What was found, and what was not looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// The records, in the order asked for.
    pub(crate) leaves: Vec<Leaf>,
    /// Where to look for more; empty = there are none.
    pub(crate) rest: Range<u64>,
}

/// How much is looked at for one answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Effort {
    /// Places of a list, or leaves, looked at in one step.
    pub(crate) stretch: u64,
    /// Steps.
    pub(crate) steps: u32,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            stretch: 1_000,
            steps: 32,
        }
    }
}

/// Looks for records.
#[derive(Clone, Copy)]
pub(crate) struct Search<'a> {
    pub(crate) db: &'a DatabaseConnection,
    pub(crate) backend: Backend,
    pub(crate) terms: &'a Terms,
    pub(crate) effort: Effort,
}

impl Search<'_> {
    /// The record of that name, if it fits.
    pub(crate) async fn find(&self, name: &Name, filter: Filter) -> Result<Option<Leaf>, DbErr> {
        let (filter, range) = match name {
            Name::Index(index) => (filter, *index..index.saturating_add(1)),
            Name::Position(source, position) => {
                let named = Entity::find()
                    .select_only()
                    .column(Column::Idx)
                    .filter(Column::Source.eq(source))
                    .filter(Column::Position.eq(signed(*position)));
                let Some(index) = named.into_tuple::<i64>().one(self.db).await? else {
                    return Ok(None);
                };
                let index = sql::unsigned(index, "leaf.idx")?;
                (filter, index..index + 1)
            }
            Name::Event(id) => {
                let record_id = Some(id.clone());
                let filter = Filter {
                    record_id,
                    ..filter
                };
                (filter, 0..u64::MAX)
            }
            Name::Any => (filter, 0..u64::MAX),
        };
        let mut part = Part {
            range,
            order: Order::Asc,
            limit: 1,
        };
        loop {
            let mut page = self.page(&filter, part.clone()).await?;
            if !page.leaves.is_empty() || page.rest.is_empty() {
                return Ok(page.leaves.pop());
            }
            part.range = page.rest;
        }
    }

    /// The place of a record of that name that was pruned. Its event's id went with what it said.
    pub(crate) async fn pruned(&self, name: &Name) -> Result<Option<u64>, DbErr> {
        let named = match name {
            Name::Index(index) => Condition::all().add(Column::Idx.eq(signed(*index))),
            Name::Position(source, position) => Condition::all()
                .add(Column::Source.eq(source))
                .add(Column::Position.eq(signed(*position))),
            Name::Event(_) | Name::Any => return Ok(None),
        };
        let place = Entity::find()
            .select_only()
            .column(Column::Idx)
            .filter(named)
            .filter(Column::Pruned.is_not_null())
            .into_tuple::<i64>()
            .one(self.db)
            .await?;
        place
            .map(|index| sql::unsigned(index, "leaf.idx"))
            .transpose()
    }

    /// Records that fit. The page ends where it is full, or where enough was looked at for one answer.
    pub(crate) async fn page(&self, filter: &Filter, part: Part) -> Result<Page, DbErr> {
        let Part {
            range,
            order,
            limit,
        } = part;
        // Asked first: what is indexed meanwhile is found twice by nobody, since each place is
        // looked up on one side of this line only.
        let line = index::size(self.db, self.backend)
            .await?
            .clamp(range.start, range.end.max(range.start));
        let (mut indexed, mut beyond) = (range.start..line, line..range.end);
        let mut steps = self.effort.steps;
        let mut leaves = Vec::new();
        if order == Order::Asc {
            self.indexed(filter, &mut indexed, &order, limit, &mut steps, &mut leaves)
                .await?;
        }
        if indexed.is_empty() || order == Order::Desc {
            self.scan(filter, &mut beyond, &order, limit, &mut steps, &mut leaves)
                .await?;
        }
        if order == Order::Desc && beyond.is_empty() {
            self.indexed(filter, &mut indexed, &order, limit, &mut steps, &mut leaves)
                .await?;
        }
        let rest = match (order, indexed.is_empty(), beyond.is_empty()) {
            (_, true, true) => 0..0,
            (_, false, true) => indexed,
            (Order::Asc, false, false) => indexed.start..range.end,
            (_, false, false) => range.start..beyond.end,
            (_, true, false) => beyond,
        };
        Ok(Page { leaves, rest })
    }

    /// Looks through the index until there are `limit` in `found`, and takes what was looked at off
    /// the part.
    async fn indexed(
        &self,
        filter: &Filter,
        part: &mut Range<u64>,
        order: &Order,
        limit: u64,
        steps: &mut u32,
        found: &mut Vec<Leaf>,
    ) -> Result<(), DbErr> {
        if part.is_empty() || found.len() as u64 >= limit {
            return Ok(());
        }
        let lists = Lists::of(self.db, self.backend, filter).await?;
        *part = lists.narrowed(part.clone()).await?;
        let mut places: Vec<i64> = Vec::new();
        loop {
            let missing = limit - found.len() as u64 - places.len() as u64;
            if part.is_empty() || missing == 0 || *steps == 0 {
                break;
            }
            *steps -= 1;
            let next = lists
                .step(part, order, self.effort.stretch, missing)
                .await?;
            places.extend(next.into_iter().map(signed));
        }
        let rows = Entity::find()
            .filter(Column::Idx.is_in(places))
            .filter(Column::Pruned.is_null())
            .order_by(Column::Idx, order.clone())
            .all(self.db)
            .await?;
        for row in rows {
            found.push(Leaf::try_from(row)?);
        }
        Ok(())
    }

    /// The same through the leaves themselves.
    async fn scan(
        &self,
        filter: &Filter,
        range: &mut Range<u64>,
        order: &Order,
        limit: u64,
        steps: &mut u32,
        found: &mut Vec<Leaf>,
    ) -> Result<(), DbErr> {
        while !range.is_empty() && (found.len() as u64) < limit && *steps > 0 {
            let stretch = self.effort.stretch;
            let leaves = part(self.db, range.clone(), order.clone(), stretch).await?;
            if leaves.is_empty() {
                range.end = range.start;
                break;
            }
            *steps -= 1;
            let city = match filter.any {
                // Read after the leaves: it knows what they say of the city.
                Some(_) => self.terms.newest_city().await?,
                None => self.terms.city(),
            };
            for leaf in leaves {
                match order {
                    Order::Asc => range.start = leaf.index + 1,
                    _ => range.end = leaf.index,
                }
                let said = leaf.said();
                let terms = self.terms.of(&city, &leaf.source, said.as_ref());
                if leaf.pruned.is_none() && filter.fits(said.as_ref(), &terms) {
                    found.push(leaf);
                    if found.len() as u64 == limit {
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Consecutive leaves of a range, from its start, at most `limit`.
pub(crate) async fn range(
    db: &impl ConnectionTrait,
    range: Range<u64>,
    limit: u64,
) -> Result<Vec<Leaf>, DbErr> {
    part(db, range, Order::Asc, limit).await
}

async fn part(
    db: &impl ConnectionTrait,
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

/// SHA-256 of a source's records between two positions, both included, by position.
pub(crate) async fn hashes(
    db: &DatabaseConnection,
    source: &str,
    positions: std::ops::RangeInclusive<u64>,
) -> Result<BTreeMap<u64, Hash>, DbErr> {
    let rows: Vec<(i64, Vec<u8>, Option<Vec<u8>>)> = Entity::find()
        .select_only()
        .columns([Column::Position, Column::Record, Column::Pruned])
        .filter(Column::Source.eq(source))
        .filter(Column::Position.between(signed(*positions.start()), signed(*positions.end())))
        .into_tuple()
        .all(db)
        .await?;
    rows.into_iter()
        .map(|(position, record, pruned)| {
            let position = sql::unsigned(position, "leaf.position")?;
            Ok((position, hash_of(&record, pruned)?))
        })
        .collect()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
