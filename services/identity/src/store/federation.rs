//! Whose each account at a provider is, which sessions began with it, and which of a provider's
//! notices were taken.

use jiff::Timestamp;
use kernel::{PersonId, SessionId};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, string, text},
};
use store::{Unit, schema::index};

/// The tables of federation.
pub(super) struct Federation;

impl MigrationName for Federation {
    fn name(&self) -> &str {
        "m0005_federation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Federation {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let account = Table::create()
            .table("upstream_account")
            .col(string("issuer"))
            .col(text("subject"))
            .col(string("person_id"))
            .col(string("credential_id").unique_key())
            .primary_key(Index::create().col("issuer").col("subject"))
            .to_owned();
        let session = Table::create()
            .table("upstream_session")
            .col(string("session_id").primary_key())
            .col(string("issuer"))
            .col(text("sid"))
            .col(string("person_id"))
            .col(string("credential_id"))
            .col(big_integer("ends_at"))
            .to_owned();
        let notice = Table::create()
            .table("upstream_notice")
            .col(string("issuer"))
            .col(text("jti"))
            .col(big_integer("ends_at"))
            .primary_key(Index::create().col("issuer").col("jti"))
            .to_owned();
        for table in [account, session, notice] {
            manager.create_table(table).await?;
        }
        for index in [
            index("upstream_session", &["issuer", "sid"]),
            index("upstream_session", &["ends_at"]),
            index("upstream_notice", &["ends_at"]),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// A session that began with an account at a provider.
pub(crate) struct UpstreamSession {
    /// Here.
    pub(crate) session: SessionId,
    /// There (`sid`).
    pub(crate) sid: String,
    /// Whose it is.
    pub(crate) person: PersonId,
    /// Id of the link.
    pub(crate) credential: String,
}

/// The person to whom an account at a provider is linked.
pub(crate) async fn upstream_holder(
    db: &impl ConnectionTrait,
    issuer: &str,
    subject: &str,
) -> Result<Option<PersonId>, DbErr> {
    let sql = "SELECT person_id FROM upstream_account WHERE issuer = $1 AND subject = $2";
    let values = [issuer.into(), subject.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let row = db.query_one_raw(statement).await?;
    row.map(|row| person(&row)).transpose()
}

/// Keeps whose an account is. Two links at once meet in the primary key.
pub(crate) async fn keep_upstream(
    unit: &Unit,
    [issuer, subject, credential]: [&str; 3],
    person: &PersonId,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO upstream_account (issuer, subject, person_id, credential_id) \
         VALUES ($1, $2, $3, $4)";
    let values = [issuer, subject, person.as_str(), credential].map(Value::from);
    execute(unit, sql, values).await.map(|_| ())
}

/// Forgets a link that was removed: the account may be linked to somebody else.
pub(crate) async fn forget_upstream(unit: &Unit, credential: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM upstream_account WHERE credential_id = $1";
    execute(unit, sql, [credential.into()]).await.map(|_| ())
}

/// Keeps which session at the provider one here began with. Those that ended are forgotten in
/// passing.
pub(crate) async fn keep_upstream_session(
    unit: &Unit,
    issuer: &str,
    one: &UpstreamSession,
    ends_at: Timestamp,
) -> Result<(), DbErr> {
    let now = unit.context().now.as_second();
    let ended = "DELETE FROM upstream_session WHERE ends_at <= $1";
    execute(unit, ended, [now.into()]).await?;
    let sql = "INSERT INTO upstream_session \
         (session_id, issuer, sid, person_id, credential_id, ends_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (session_id) DO UPDATE SET \
         issuer = excluded.issuer, sid = excluded.sid, credential_id = excluded.credential_id, \
         ends_at = excluded.ends_at";
    let values = [
        one.session.as_str().into(),
        issuer.into(),
        one.sid.as_str().into(),
        one.person.as_str().into(),
        one.credential.as_str().into(),
        ends_at.as_second().into(),
    ];
    execute(unit, sql, values).await.map(|_| ())
}

/// The sessions here that began with one at the provider.
pub(crate) async fn upstream_sessions(
    db: &impl ConnectionTrait,
    issuer: &str,
    sid: &str,
) -> Result<Vec<UpstreamSession>, DbErr> {
    let sql = "SELECT session_id, person_id, credential_id FROM upstream_session \
         WHERE issuer = $1 AND sid = $2";
    let values = [issuer.into(), sid.into()];
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    let session = |row: sea_orm::QueryResult| {
        let id: String = row.try_get("", "session_id")?;
        Ok(UpstreamSession {
            session: SessionId::try_new(id).map_err(|error| DbErr::Type(error.to_string()))?,
            sid: sid.to_owned(),
            person: person(&row)?,
            credential: row.try_get("", "credential_id")?,
        })
    };
    rows.into_iter().map(session).collect()
}

/// Takes a notice, unless it was taken before. Those too old to be accepted are forgotten in
/// passing.
pub(crate) async fn take_notice(
    unit: &Unit,
    issuer: &str,
    jti: &str,
    ends_at: Timestamp,
) -> Result<bool, DbErr> {
    let now = unit.context().now.as_second();
    let ended = "DELETE FROM upstream_notice WHERE ends_at <= $1";
    execute(unit, ended, [now.into()]).await?;
    let sql = "INSERT INTO upstream_notice (issuer, jti, ends_at) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING";
    let values = [issuer.into(), jti.into(), ends_at.as_second().into()];
    Ok(execute(unit, sql, values).await? == 1)
}

fn person(row: &sea_orm::QueryResult) -> Result<PersonId, DbErr> {
    let person: String = row.try_get("", "person_id")?;
    PersonId::try_new(person).map_err(|error| DbErr::Type(error.to_string()))
}

async fn execute(
    unit: &Unit,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, DbErr> {
    let statement = Statement::from_sql_and_values(unit.backend().sea(), sql, values);
    Ok(unit.tx().execute_raw(statement).await?.rows_affected())
}
