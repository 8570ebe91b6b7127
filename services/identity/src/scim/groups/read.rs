//! Finding groups: one query for the sections, and one for the members of those that are shown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::SectionId;
use sea_orm::{
    ConnectionTrait, ExprTrait as _, QueryResult,
    sea_query::{Condition, Order, Query},
};
use store::{Aggregate as _, Failure};

use super::group::Group;
use crate::{
    scim::{
        filter::{Filter, Literal, Op, Test},
        listing::Listing,
        refused::Refused,
        users::{MOST, User, belonging},
    },
    store::{Sections, query::column},
};

const MEMBERS: &str = "members";

/// What a list found.
pub(super) struct Found {
    /// The part that is wanted.
    pub(super) groups: Vec<Group>,
    /// How many there are.
    pub(super) total: u64,
}

type Read<T> = Result<T, Failure<Refused>>;

/// One section, with its members.
pub(super) async fn one(
    db: &impl ConnectionTrait,
    id: &SectionId,
    now: Timestamp,
) -> Read<Option<Group>> {
    let fits = Condition::all().add(column("id").eq(id.as_str()));
    let mut found = some(db, fits).await?;
    members(db, &mut found, now).await?;
    Ok(found.into_iter().next())
}

/// The part of a list that is wanted. There are few sections: what is asked of more than their code
/// is asked of all of them.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    listing: &Listing,
    now: Timestamp,
) -> Read<Found> {
    let test = listing.test.as_ref();
    let mut found = some(db, test.map_or_else(Condition::all, narrowed)).await?;
    let by_members = test.is_some_and(|test| test.looks_at(MEMBERS));
    if by_members {
        members(db, &mut found, now).await?;
    }
    if let Some(test) = test {
        found.retain(|group| test.matches(&group.shown("")));
    }
    let total = found.len() as u64;
    let mut groups = listing.part(found);
    if listing.selection.wants(MEMBERS) && !by_members {
        members(db, &mut groups, now).await?;
    }
    Ok(Found { groups, total })
}

/// A filter by code, as clients find a group again; otherwise every section.
fn narrowed(test: &Test) -> Condition {
    match test {
        Filter::Compare(at, Op::Equal, Literal::Text(id)) if at.attribute.name == "id" => {
            Condition::all().add(column("id").eq(id.as_str()))
        }
        _ => Condition::all(),
    }
}

async fn some(db: &impl ConnectionTrait, fits: Condition) -> Read<Vec<Group>> {
    let mut select = Query::select();
    select
        .columns(["id", "state", "updated_at"])
        .from(Sections::TABLE)
        .cond_where(fits)
        .order_by("id", Order::Asc)
        .limit(MOST + 1);
    let rows = db.query_all(&select).await?;
    if rows.len() as u64 > MOST {
        return Err(Failure::Refused(Refused::TooMany));
    }
    let groups = rows.iter().filter_map(|row| group(row).transpose());
    groups.collect()
}

async fn members(db: &impl ConnectionTrait, groups: &mut [Group], now: Timestamp) -> Read<()> {
    let sections: Vec<_> = groups.iter().map(|group| &group.record.id).collect();
    let found = belonging(db, &sections, now).await?;
    let mut by_section: BTreeMap<SectionId, Vec<User>> = BTreeMap::new();
    for user in found {
        if let Some(section) = user.section().cloned() {
            by_section.entry(section).or_default().push(user);
        }
    }
    for group in groups {
        group.members = Some(by_section.remove(&group.record.id).unwrap_or_default());
    }
    Ok(())
}

fn group(row: &QueryResult) -> Read<Option<Group>> {
    let id: String = row.try_get("", "id")?;
    let state: String = row.try_get("", "state")?;
    let changed: i64 = row.try_get("", "updated_at")?;
    let state = store::query::decode::<Sections, _>(&id, &state)?;
    Ok(state.recorded.map(|record| Group {
        record,
        members: None,
        changed: store::from_micros(changed),
    }))
}
