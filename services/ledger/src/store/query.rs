//! Reading the ledger, as its RPCs and rules ask.

use kernel::Decider;
use sea_orm::{
    ConnectionTrait, ExprTrait as _,
    sea_query::{Alias, Condition, Order, Query},
};
use store::{Aggregate, Failure, query};

pub(crate) use store::query::{Listed, column, count, equals};

/// What a query of an aggregate can fail with.
pub(crate) type Unread<A> = Failure<<<A as Aggregate>::State as Decider>::Refusal>;

/// One entry; none if there is none of that id.
pub(crate) async fn one<A: Aggregate>(
    db: &impl ConnectionTrait,
    id: &str,
) -> Result<Option<A::State>, Unread<A>> {
    query::one::<A, _>(db, id).await
}

/// The entries that fit, in the order of their ids.
pub(crate) async fn page<A: Aggregate>(
    db: &impl ConnectionTrait,
    fits: Condition,
    page: &rpc::Page,
) -> Result<Listed<A::State>, Unread<A>> {
    query::page::<A, _>(db, fits, page.size, page.after.as_deref()).await
}

/// Every entry that fits, in the order of their ids.
pub(crate) async fn all<A: Aggregate>(
    db: &impl ConnectionTrait,
    fits: Condition,
) -> Result<Vec<A::State>, Unread<A>> {
    query::all::<A, _>(db, fits).await
}

/// Some columns of all the entries that fit, in the order of their ids. For entries that are few by
/// nature: those of one system.
pub(crate) async fn texts<A: Aggregate, const N: usize>(
    db: &impl ConnectionTrait,
    names: [&'static str; N],
    fits: Condition,
) -> Result<Vec<[String; N]>, Unread<A>> {
    let mut select = Query::select();
    select
        .columns(names.map(Alias::new))
        .from(Alias::new(A::TABLE))
        .cond_where(fits)
        .order_by(Alias::new("id"), Order::Asc);
    let mut found = Vec::new();
    for row in db.query_all(&select).await? {
        let mut texts = [const { String::new() }; N];
        for (text, name) in texts.iter_mut().zip(names) {
            *text = row.try_get("", name)?;
        }
        found.push(texts);
    }
    Ok(found)
}

/// A filter by part of a name.
pub(crate) fn named(fits: Condition, part: Option<&str>) -> Condition {
    let Some(part) = part else { return fits };
    let key = super::name_key(part);
    fits.add(column("name_key").like(query::containing(&key)))
}

#[cfg(test)]
mod tests;
