//! Reading identity, as its RPCs and rules ask.

use sea_orm::{
    ConnectionTrait, ExprTrait as _,
    sea_query::{Condition, Expr},
};
use store::{Aggregate, Failure, query};

pub(crate) use store::query::{Listed, all, column, containing, equals};

/// One entry; the empty state if there is none of that id.
pub(crate) async fn one<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    id: &str,
) -> Result<A::State, Failure<R>> {
    Ok(query::one::<A, R>(db, id).await?.unwrap_or_default())
}

/// The entries that fit, in the order of their ids.
pub(crate) async fn page<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    fits: Condition,
    page: &rpc::Page,
) -> Result<Listed<A::State>, Failure<R>> {
    query::page::<A, R>(db, fits, page.size, page.after.as_deref()).await
}

/// A filter by part of a column's text.
pub(crate) fn contains(name: &'static str, part: &str) -> Expr {
    column(name).like(containing(part))
}
