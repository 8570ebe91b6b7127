//! Whose each passkey is, and the challenges that browsers have yet to answer.

use jiff::Timestamp;
use kernel::PersonId;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, text},
};
use store::{Unit, schema::index};

/// Most challenges at once: what nobody answers must not fill the database.
const MOST: i64 = 10_000;

/// The tables of passkeys.
pub(super) struct Passkeys;

impl MigrationName for Passkeys {
    fn name(&self) -> &str {
        "m0004_passkeys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Passkeys {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let passkey = Table::create()
            .table("passkey")
            .col(string("handle").primary_key())
            .col(string("person_id"))
            .to_owned();
        let challenge = Table::create()
            .table("passkey_challenge")
            .col(string("id").primary_key())
            .col(string("purpose"))
            .col(text("state"))
            .col(big_integer("ends_at"))
            .to_owned();
        manager.create_table(passkey).await?;
        manager.create_table(challenge).await?;
        manager
            .create_index(index("passkey_challenge", &["ends_at"]))
            .await
    }
}

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

/// Keeps a challenge, unless there are too many. Those that ended are forgotten in passing.
pub(crate) async fn keep_challenge(unit: &Unit, one: &Challenge) -> Result<bool, DbErr> {
    let now = unit.context().now.as_second();
    let ended = "DELETE FROM passkey_challenge WHERE ends_at <= $1";
    execute(unit, ended, [now.into()]).await?;
    let count = "SELECT COUNT(*) AS count FROM passkey_challenge";
    let count = Statement::from_string(unit.backend().sea(), count);
    let row = unit.tx().query_one_raw(count).await?;
    let live: i64 = row.map_or(Ok(0), |row| row.try_get("", "count"))?;
    if live >= MOST {
        return Ok(false);
    }
    let sql = "INSERT INTO passkey_challenge (id, purpose, state, ends_at) VALUES ($1, $2, $3, $4)";
    let values = [
        one.id.as_str().into(),
        one.purpose.as_str().into(),
        one.state.as_str().into(),
        one.ends_at.as_second().into(),
    ];
    execute(unit, sql, values).await?;
    Ok(true)
}

/// Takes a challenge away: of two that answer it, one finds it.
pub(crate) async fn take_challenge(unit: &Unit, id: &str) -> Result<Option<Challenge>, DbErr> {
    let sql = "DELETE FROM passkey_challenge WHERE id = $1 RETURNING purpose, state, ends_at";
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

/// Whose a passkey is, or was.
pub(crate) async fn passkey_holder(
    db: &impl ConnectionTrait,
    handle: &str,
) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM passkey WHERE handle = $1";
    super::cards::holder(db, sql, handle).await
}

/// Keeps whose a passkey is. Two enrolments at once meet in the primary key.
pub(crate) async fn keep_passkey(
    unit: &Unit,
    handle: &str,
    person: &PersonId,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO passkey (handle, person_id) VALUES ($1, $2)";
    execute(unit, sql, [handle.into(), person.as_str().into()]).await
}

async fn execute(
    unit: &Unit,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<(), DbErr> {
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, values);
    unit.tx().execute_raw(statement).await?;
    Ok(())
}
