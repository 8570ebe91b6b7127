//! Reviews of access in the database, and those whose time has come.

use identity_domain::access_review::{Event, State};
use jiff::Timestamp;
use kernel::SystemId;
use proto::record::Outgoing;
use sea_orm::{
    ConnectionTrait, DbErr, ExprTrait as _, Statement,
    sea_query::{Condition, Expr},
};
use store::{Aggregate, Column, Failure, from_micros, micros};

use super::query::{self, column};
use crate::publish;

/// See the module.
pub(crate) struct AccessReviews;

impl Aggregate for AccessReviews {
    type State = State;

    const TABLE: &'static str = "access_review";

    fn columns(state: &State) -> Vec<Column> {
        let review = state.started.as_ref();
        let system = review.map_or(String::new(), |review| review.system.to_string());
        vec![
            ("system_id", system.into()),
            (
                "is_open",
                review.is_some_and(|one| one.closed_at.is_none()).into(),
            ),
            (
                "started_at",
                review.map_or(0, |one| micros(one.started_at)).into(),
            ),
            ("due_at", review.map_or(0, |one| micros(one.due_at)).into()),
        ]
    }

    fn publish(event: &Event, state: &State) -> Outgoing {
        publish::access_review(event, state)
    }
}

/// Reviews with something open.
pub(crate) fn open_reviews() -> Expr {
    column("is_open").eq(true)
}

/// The open review of a system.
pub(crate) async fn open_review<R>(
    db: &impl ConnectionTrait,
    system: &SystemId,
) -> Result<Option<State>, Failure<R>> {
    let fits = Condition::all()
        .add(column("system_id").eq(system.as_str()))
        .add(open_reviews());
    Ok(query::all::<AccessReviews, R>(db, fits).await?.pop())
}

/// Ids of open reviews whose due time has come, the first due first.
pub(crate) async fn due_reviews(
    db: &impl ConnectionTrait,
    now: Timestamp,
    most: u64,
) -> Result<Vec<String>, DbErr> {
    let sql = "SELECT id FROM access_review WHERE is_open = $1 AND due_at <= $2 \
               ORDER BY due_at, id LIMIT $3";
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let values = [true.into(), micros(now).into(), most.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| row.try_get("", "id")).collect()
}

/// When the last review of each system began.
pub(crate) async fn last_reviews(
    db: &impl ConnectionTrait,
) -> Result<Vec<(String, Timestamp)>, DbErr> {
    let sql = "SELECT system_id, MAX(started_at) AS began FROM access_review GROUP BY system_id";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    let read = |row: &sea_orm::QueryResult| {
        let began: i64 = row.try_get("", "began")?;
        Ok((row.try_get("", "system_id")?, from_micros(began)))
    };
    rows.iter().map(read).collect()
}
