//! Reading identity: one entry, a page of a list, all that fit. Never writes.

use sea_orm::{
    ConnectionTrait, ExprTrait as _, QueryResult,
    sea_query::{Alias, Condition, Expr, LikeExpr, Order, Query, SelectStatement},
};
use store::{Aggregate, Failure};

/// A page of a list.
pub(crate) struct Listed<S> {
    /// The entries, by id.
    pub(crate) items: Vec<S>,
    /// Id of the last entry, if there are more after it.
    pub(crate) next: Option<String>,
}

/// One entry; the empty state if there is none of that id.
pub(crate) async fn one<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    id: &str,
) -> Result<A::State, Failure<R>> {
    let mut select = states::<A>();
    select.and_where(column("id").eq(id));
    let row = db.query_one(&select).await?;
    row.map_or(Ok(A::State::default()), |row| Ok(read::<A, R>(&row)?.1))
}

/// The entries that fit, in the order of their ids.
pub(crate) async fn page<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    fits: Condition,
    page: &rpc::Page,
) -> Result<Listed<A::State>, Failure<R>> {
    let wanted = usize::try_from(page.size).unwrap_or(usize::MAX);
    let mut select = states::<A>();
    select
        .cond_where(fits)
        .order_by(Alias::new("id"), Order::Asc)
        // One more than asked for tells whether there is another page.
        .limit(u64::from(page.size) + 1);
    if let Some(after) = &page.after {
        select.and_where(column("id").gt(after.as_str()));
    }
    let rows = db.query_all(&select).await?;
    let mut next = None;
    let mut items = Vec::with_capacity(rows.len().min(wanted));
    for row in rows.iter().take(wanted) {
        let (id, state) = read::<A, R>(row)?;
        items.push(state);
        next = Some(id);
    }
    Ok(Listed {
        items,
        next: next.filter(|_| rows.len() > wanted),
    })
}

/// Every entry that fits, in the order of their ids. For conditions that few entries fit.
pub(crate) async fn all<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    fits: Condition,
) -> Result<Vec<A::State>, Failure<R>> {
    let mut select = states::<A>();
    select
        .cond_where(fits)
        .order_by(Alias::new("id"), Order::Asc);
    let rows = db.query_all(&select).await?;
    rows.iter().map(|row| Ok(read::<A, R>(row)?.1)).collect()
}

/// A column in a condition.
pub(crate) fn column(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

/// A filter that limits only when it is given.
pub(crate) fn equals(
    fits: Condition,
    name: &'static str,
    value: Option<impl ToString>,
) -> Condition {
    match value {
        Some(value) => fits.add(column(name).eq(value.to_string())),
        None => fits,
    }
}

/// A filter by part of a column's text.
pub(crate) fn contains(name: &'static str, part: &str) -> Expr {
    column(name).like(containing(part))
}

/// Texts with this part.
pub(crate) fn containing(part: &str) -> LikeExpr {
    let mut pattern = String::from("%");
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    LikeExpr::new(pattern).escape('\\')
}

fn states<A: Aggregate>() -> SelectStatement {
    let mut select = Query::select();
    select
        .columns([Alias::new("id"), Alias::new("state")])
        .from(Alias::new(A::TABLE));
    select
}

fn read<A: Aggregate, R>(row: &QueryResult) -> Result<(String, A::State), Failure<R>> {
    let id: String = row.try_get("", "id")?;
    let text: String = row.try_get("", "state")?;
    match serde_json::from_str(&text) {
        Ok(state) => Ok((id, state)),
        Err(error) => Err(Failure::Corrupt {
            table: A::TABLE,
            row: id,
            reason: error.to_string(),
        }),
    }
}
