//! Reading aggregates: one, a page of a list, all that fit, how many. Never writes.

use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait as _, QueryResult,
    sea_query::{Alias, Condition, Expr, Func, LikeExpr, Order, Query, SelectStatement},
};

use crate::{Aggregate, Failure};

/// Ids per question, rows per statement: below every database's limit of parameters.
pub const AT_ONCE: usize = 500;

/// Entries read in one go where all are wanted.
const MANY: u32 = 500;

/// A page of a list.
#[derive(Debug)]
pub struct Listed<S> {
    /// The entries, by id.
    pub items: Vec<S>,
    /// Id of the last entry, if there are more after it.
    pub next: Option<String>,
}

/// One aggregate; none if there is none of that id.
///
/// # Errors
/// [`Failure::Corrupt`] when its row cannot be read, [`Failure::Unavailable`] without an answer.
pub async fn one<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    id: &str,
) -> Result<Option<A::State>, Failure<R>> {
    let mut select = states::<A>();
    select.and_where(column("id").eq(id));
    let row = db.query_one(&select).await?;
    row.map(|row| Ok(read::<A, R>(&row)?.1)).transpose()
}

/// The aggregates that fit, in the order of their ids: at most `size`, after that id.
///
/// # Errors
/// As [`one`].
pub async fn page<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    fits: Condition,
    size: u32,
    after: Option<&str>,
) -> Result<Listed<A::State>, Failure<R>> {
    let wanted = usize::try_from(size).unwrap_or(usize::MAX);
    let mut select = states::<A>();
    select
        .cond_where(fits)
        .order_by(Alias::new("id"), Order::Asc)
        // One more than asked for tells whether there is another page.
        .limit(u64::from(size) + 1);
    if let Some(after) = after {
        select.and_where(column("id").gt(after));
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

/// Every aggregate that fits, in the order of their ids.
///
/// # Errors
/// As [`one`].
pub async fn all<A: Aggregate, R>(
    db: &impl ConnectionTrait,
    fits: Condition,
) -> Result<Vec<A::State>, Failure<R>> {
    let mut items = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let listed = page::<A, R>(db, fits.clone(), MANY, after.as_deref()).await?;
        items.extend(listed.items);
        match listed.next {
            Some(last) => after = Some(last),
            None => return Ok(items),
        }
    }
}

/// How many aggregates fit.
///
/// # Errors
/// Without an answer.
pub async fn count<A: Aggregate>(db: &impl ConnectionTrait, fits: Condition) -> Result<u64, DbErr> {
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
pub fn column(name: &'static str) -> Expr {
    Expr::col(Alias::new(name))
}

/// A filter that limits only when it is given.
#[must_use]
pub fn equals(fits: Condition, name: &'static str, value: Option<impl ToString>) -> Condition {
    match value {
        Some(value) => fits.add(column(name).eq(value.to_string())),
        None => fits,
    }
}

/// Texts with this part, whatever signs it holds.
pub fn containing(part: &str) -> LikeExpr {
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

/// The state that a row of this id holds as text.
///
/// # Errors
/// [`Failure::Corrupt`] when it holds none.
pub fn decode<A: Aggregate, R>(id: &str, text: &str) -> Result<A::State, Failure<R>> {
    serde_json::from_str(text).map_err(|error| Failure::Corrupt {
        table: A::TABLE,
        row: id.to_owned(),
        reason: error.to_string(),
    })
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
    let state = decode::<A, R>(&id, &text)?;
    Ok((id, state))
}
