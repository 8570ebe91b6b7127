//! Accounts that nobody uses, and those of people who are not in service, by their columns.

use identity_domain::organisation::person::Kind;
use jiff::Timestamp;
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait as _,
    sea_query::{Alias, Condition, Order, Query},
};
use store::micros;

use super::query::column;

/// Accounts that were last used then or before, as far as nobody stopped them. An ID for emergencies
/// lies unused until then, and is none of them.
pub(crate) fn unused_since(at: Timestamp) -> Condition {
    let mut kept = Query::select();
    kept.column(Alias::new("id"))
        .from(Alias::new("person"))
        .and_where(column("kind").eq(Kind::Emergency.as_str()));
    Condition::all()
        .add(column("used_at").lte(micros(at)))
        .add(column("id").not_in_subquery(kept))
}

/// Accounts of which lying unused has not been put on record: stopped by now, or to be looked at.
pub(crate) async fn dormancy_due(
    db: &impl ConnectionTrait,
    [flagged, stopped]: [Timestamp; 2],
    limit: u64,
) -> Result<Vec<String>, DbErr> {
    let unflagged = Condition::all()
        .add(unused_since(flagged))
        .add(column("flagged_at").is_null());
    let fits = Condition::all()
        .add(column("standing").eq("active"))
        .add(Condition::any().add(unused_since(stopped)).add(unflagged));
    ids(db, fits, limit).await
}

/// Accounts with sessions that go on, of people whose service is over by now.
pub(crate) async fn service_over(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<String>, DbErr> {
    let mut gone = Query::select();
    gone.column(Alias::new("id"))
        .from(Alias::new("person"))
        .and_where(column("ends_at").lte(micros(now)));
    let fits = Condition::all()
        .add(column("sessions_end").gt(micros(now)))
        .add(column("id").in_subquery(gone));
    ids(db, fits, limit).await
}

async fn ids(db: &impl ConnectionTrait, fits: Condition, limit: u64) -> Result<Vec<String>, DbErr> {
    let mut select = Query::select();
    select
        .column(Alias::new("id"))
        .from(Alias::new("account"))
        .cond_where(fits)
        .order_by(Alias::new("id"), Order::Asc)
        .limit(limit);
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}
