//! Reading the ledger: one entry, a page of a list, a count. Never writes.

use kernel::Decider;
use sea_orm::{
    ConnectionTrait, ExprTrait as _, QueryResult,
    sea_query::{Alias, Condition, Expr, Func, LikeExpr, Order, Query, SelectStatement},
};
use store::{Aggregate, Failure};

/// What a query of an aggregate can fail with.
pub(crate) type Unread<A> = Failure<<<A as Aggregate>::State as Decider>::Refusal>;

/// A page of a list.
pub(crate) struct Listed<S> {
    /// The entries, by id.
    pub(crate) items: Vec<S>,
    /// Id of the last entry, if there are more after it.
    pub(crate) next: Option<String>,
}

/// One entry; none if there is none of that id.
pub(crate) async fn one<A: Aggregate>(
    db: &impl ConnectionTrait,
    id: &str,
) -> Result<Option<A::State>, Unread<A>> {
    let mut select = states::<A>();
    select.and_where(column("id").eq(id));
    let row = db.query_one(&select).await?;
    row.map(|row| Ok(read::<A>(&row)?.1)).transpose()
}

/// The entries that fit, in the order of their ids.
pub(crate) async fn page<A: Aggregate>(
    db: &impl ConnectionTrait,
    fits: Condition,
    page: &rpc::Page,
) -> Result<Listed<A::State>, Unread<A>> {
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
    let mut last = None;
    let mut items = Vec::with_capacity(rows.len().min(wanted));
    for row in rows.iter().take(wanted) {
        let (id, state) = read::<A>(row)?;
        items.push(state);
        last = Some(id);
    }
    Ok(Listed {
        items,
        next: last.filter(|_| rows.len() > wanted),
    })
}

/// Every entry that fits, in the order of their ids.
pub(crate) async fn all<A: Aggregate>(
    db: &impl ConnectionTrait,
    fits: Condition,
) -> Result<Vec<A::State>, Unread<A>> {
    let mut items = Vec::new();
    let mut next = rpc::Page {
        size: 500,
        after: None,
    };
    loop {
        let listed = page::<A>(db, fits.clone(), &next).await?;
        items.extend(listed.items);
        match listed.next {
            Some(last) => next.after = Some(last),
            None => return Ok(items),
        }
    }
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

/// How many entries fit.
pub(crate) async fn count<A: Aggregate>(
    db: &impl ConnectionTrait,
    fits: Condition,
) -> Result<u64, Unread<A>> {
    let mut select = Query::select();
    select
        .expr_as(Func::count(column("id")), Alias::new("n"))
        .from(Alias::new(A::TABLE))
        .cond_where(fits);
    let row = db.query_one(&select).await?;
    let n: i64 = row.map_or(Ok(0), |row| row.try_get("", "n"))?;
    Ok(u64::try_from(n).unwrap_or(0))
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

/// A filter by part of a name.
pub(crate) fn named(fits: Condition, part: Option<&str>) -> Condition {
    let Some(part) = part else { return fits };
    let mut pattern = String::from("%");
    for c in super::name_key(part).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    fits.add(column("name_key").like(LikeExpr::new(pattern).escape('\\')))
}

fn states<A: Aggregate>() -> SelectStatement {
    let mut select = Query::select();
    select
        .columns([Alias::new("id"), Alias::new("state")])
        .from(Alias::new(A::TABLE));
    select
}

fn read<A: Aggregate>(row: &QueryResult) -> Result<(String, A::State), Unread<A>> {
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

#[cfg(test)]
mod tests;
