//! Finding users: one query for whatever is asked of a list, and one to count.

use identity_domain::{account::Standing, organisation::person::Kind};
use jiff::Timestamp;
use kernel::{PersonId, SectionId};
use sea_orm::{
    ConnectionTrait, ExprTrait, QueryResult,
    sea_query::{Condition, Expr, JoinType, Order, Query, SelectStatement},
};
use store::{Aggregate as _, Failure};

use super::{
    narrow::{Narrowed, of_account, of_link, of_person},
    user::User,
};
use crate::{
    scim::{listing::Listing, refused::Refused},
    store::{People, standing},
};

/// Most people looked through for a filter that the database does not judge to the end.
pub(in crate::scim) const MOST: u64 = 20_000;
/// After so many others have their turn.
const AT_ONCE: usize = 500;

/// What a list found.
pub(super) struct Found {
    /// The part that is wanted.
    pub(super) users: Vec<User>,
    /// How many there are.
    pub(super) total: u64,
}

/// One who has not left.
pub(in crate::scim) async fn one(
    db: &impl ConnectionTrait,
    id: &PersonId,
    now: Timestamp,
) -> Result<Option<User>, Failure<Refused>> {
    let fits = Condition::all().add(of_person("id").eq(id.as_str()));
    let found = some(db, fits, now, None).await?;
    Ok(found.into_iter().next())
}

/// Everybody who belongs to one of these sections now.
pub(in crate::scim) async fn belonging(
    db: &impl ConnectionTrait,
    sections: &[&SectionId],
    now: Timestamp,
) -> Result<Vec<User>, Failure<Refused>> {
    if sections.is_empty() {
        return Ok(Vec::new());
    }
    let each = sections
        .iter()
        .map(|section| crate::store::in_section(section));
    let fits = each.fold(Condition::any(), Condition::add);
    let mut found = some(db, fits, now, Some((0, MOST + 1))).await?;
    if found.len() as u64 > MOST {
        return Err(Failure::Refused(Refused::TooMany));
    }
    found.retain(|user| {
        let here = user.record.memberships.at(now).map(|spell| &spell.value);
        here.is_some_and(|here| sections.contains(&here))
    });
    Ok(found)
}

/// The part of a list that is wanted.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    listing: &Listing,
    now: Timestamp,
) -> Result<Found, Failure<Refused>> {
    let narrowed = listing
        .test
        .as_ref()
        .map_or_else(Narrowed::all, Narrowed::by);
    let fits = narrowed.fits.unwrap_or_else(Condition::all);
    let Some(test) = listing.test.as_ref().filter(|_| !narrowed.exact) else {
        let total = count(db, fits.clone(), now).await?;
        let users = match listing.count {
            0 => Vec::new(),
            count => some(db, fits, now, Some((listing.skip, count))).await?,
        };
        return Ok(Found { users, total });
    };
    let candidates = some(db, fits, now, Some((0, MOST + 1))).await?;
    if candidates.len() as u64 > MOST {
        return Err(Failure::Refused(Refused::TooMany));
    }
    let mut fitting = Vec::new();
    for several in candidates.chunks(AT_ONCE) {
        let found = several.iter().filter(|user| test.matches(&user.shown("")));
        fitting.extend(found.cloned());
        tokio::task::yield_now().await;
    }
    Ok(Found {
        total: fitting.len() as u64,
        users: listing.part(fitting),
    })
}

async fn some(
    db: &impl ConnectionTrait,
    fits: Condition,
    now: Timestamp,
    part: Option<(u64, u64)>,
) -> Result<Vec<User>, Failure<Refused>> {
    let mut select = everybody(fits, now);
    select
        .columns([
            ("person", "id"),
            ("person", "state"),
            ("person", "updated_at"),
        ])
        .columns([("account", "standing"), ("provisioning", "external_id")])
        .expr_as(of_link("updated_at"), "linked_at")
        .order_by(("person", "id"), Order::Asc);
    if let Some((skip, count)) = part {
        select.limit(count).offset(skip);
    }
    let rows = db.query_all(&select).await?;
    let users = rows.iter().filter_map(|row| user(row, now).transpose());
    users.collect()
}

async fn count(
    db: &impl ConnectionTrait,
    fits: Condition,
    now: Timestamp,
) -> Result<u64, Failure<Refused>> {
    let mut select = everybody(fits, now);
    select.expr_as(ExprTrait::count(of_person("id")), "total");
    let row = db.query_one(&select).await?;
    let total: i64 = row.map_or(Ok(0), |row| row.try_get("", "total"))?;
    Ok(total.unsigned_abs())
}

/// Those who have not left and fit.
fn everybody(fits: Condition, now: Timestamp) -> SelectStatement {
    let mut select = Query::select();
    let ends = of_person("ends_at");
    let here = Condition::any()
        .add(ends.clone().is_null())
        .add(ends.gt(store::micros(now)));
    select
        .from(People::TABLE)
        .join(
            JoinType::LeftJoin,
            "account",
            of_account("id").equals(("person", "id")),
        )
        .join(
            JoinType::LeftJoin,
            "provisioning",
            of_link("id").equals(("person", "id")),
        )
        .cond_where(here)
        .and_where(of_person("kind").eq(Kind::Staff.as_str()))
        .cond_where(fits);
    select
}

fn user(row: &QueryResult, now: Timestamp) -> Result<Option<User>, Failure<Refused>> {
    let id: String = row.try_get("", "id")?;
    let state: String = row.try_get("", "state")?;
    let changed: i64 = row.try_get("", "updated_at")?;
    let linked: Option<i64> = row.try_get("", "linked_at")?;
    let stands: Option<String> = row.try_get("", "standing")?;
    let state = store::query::decode::<People, _>(&id, &state)?;
    let Some(record) = state.registered else {
        return Ok(None);
    };
    Ok(Some(User {
        record,
        external_id: row.try_get("", "external_id")?,
        stopped: stands.as_deref() == Some(standing(Standing::Disabled)),
        changed: store::from_micros(std::cmp::max(Some(changed), linked).unwrap_or(changed)),
        now,
    }))
}

/// A column of one of the tables.
pub(super) fn of(table: &'static str, name: &'static str) -> Expr {
    Expr::col((table, name))
}
