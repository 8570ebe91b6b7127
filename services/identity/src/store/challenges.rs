//! What browsers were asked and have yet to answer. How many there may be is a matter of how fast they
//! may be begun ([`crate::begun`]).

use jiff::Timestamp;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};
use store::Unit;

/// What a browser was asked.
pub(crate) struct Challenge {
    /// Its id.
    pub(crate) id: String,
    /// What it is good for.
    pub(crate) purpose: String,
    /// What must be known when it is answered.
    pub(crate) state: String,
    /// First instant at which it is good no longer; whole seconds are kept.
    pub(crate) ends_at: Timestamp,
}

/// Keeps a challenge. Those that ended are forgotten in passing.
pub(crate) async fn keep_challenge(unit: &Unit, one: &Challenge) -> Result<(), DbErr> {
    let now = unit.context().now.as_second();
    let ended = "DELETE FROM challenge WHERE ends_at <= $1";
    unit.run(ended, [now.into()]).await?;
    let sql = "INSERT INTO challenge (id, purpose, state, ends_at) VALUES ($1, $2, $3, $4)";
    let values = [
        one.id.as_str().into(),
        one.purpose.as_str().into(),
        one.state.as_str().into(),
        one.ends_at.as_second().into(),
    ];
    unit.run(sql, values).await.map(|_| ())
}

/// Takes a challenge away: of two that answer it, one finds it.
pub(crate) async fn take_challenge(unit: &Unit, id: &str) -> Result<Option<Challenge>, DbErr> {
    let sql = "DELETE FROM challenge WHERE id = $1 RETURNING purpose, state, ends_at";
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, [id.into()]);
    let Some(row) = unit.tx().query_one_raw(statement).await? else {
        return Ok(None);
    };
    let ends_at = Timestamp::from_second(row.try_get("", "ends_at")?);
    Ok(Some(Challenge {
        id: id.to_owned(),
        purpose: row.try_get("", "purpose")?,
        state: row.try_get("", "state")?,
        ends_at: ends_at.map_err(|error| DbErr::Type(error.to_string()))?,
    }))
}
