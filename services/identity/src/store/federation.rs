//! Whose each account at a provider is, which sessions there sessions here stand on, and which of a
//! provider's notices were taken.

use jiff::Timestamp;
use kernel::{PersonId, SessionId};
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};
use store::Unit;

/// A session that stands on one at a provider.
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

/// Who was signed out at a provider: an account, a session of it, or a session of nobody knows whom.
pub(crate) struct SignedOut<'a> {
    /// The provider's `iss`.
    pub(crate) issuer: &'a str,
    /// The account (`sub`).
    pub(crate) subject: Option<&'a str>,
    /// The session (`sid`).
    pub(crate) sid: Option<&'a str>,
    /// When the provider said so.
    pub(crate) at: Timestamp,
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
    unit.run(sql, values).await.map(|_| ())
}

/// Forgets a link that was removed: the account may be linked to somebody else.
pub(crate) async fn forget_upstream(unit: &Unit, credential: &str) -> Result<(), DbErr> {
    let sql = "DELETE FROM upstream_account WHERE credential_id = $1";
    unit.run(sql, [credential.into()]).await.map(|_| ())
}

/// Keeps a session at the provider that one here stands on, beside those it stands on already. Those
/// that ended are forgotten in passing.
pub(crate) async fn keep_upstream_session(
    unit: &Unit,
    issuer: &str,
    one: &UpstreamSession,
    ends_at: Timestamp,
) -> Result<(), DbErr> {
    let now = unit.context().now.as_second();
    let ended = "DELETE FROM upstream_session WHERE ends_at <= $1";
    unit.run(ended, [now.into()]).await?;
    let sql = "INSERT INTO upstream_session \
         (session_id, issuer, sid, person_id, credential_id, ends_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (session_id, issuer, sid) DO UPDATE SET \
         credential_id = excluded.credential_id, ends_at = excluded.ends_at";
    let values = [
        one.session.as_str().into(),
        issuer.into(),
        one.sid.as_str().into(),
        one.person.as_str().into(),
        one.credential.as_str().into(),
        ends_at.as_second().into(),
    ];
    unit.run(sql, values).await.map(|_| ())
}

/// The sessions here that stand on one at the provider.
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

/// Takes a notice, unless it was taken before, and remembers until then what it says. Those whose
/// time has come are forgotten in passing.
pub(crate) async fn take_notice(
    unit: &Unit,
    jti: &str,
    said: &SignedOut<'_>,
    ends_at: Timestamp,
) -> Result<bool, DbErr> {
    let now = unit.context().now.as_second();
    let ended = "DELETE FROM upstream_notice WHERE ends_at <= $1";
    unit.run(ended, [now.into()]).await?;
    let sql = "INSERT INTO upstream_notice (issuer, jti, subject, sid, issued_at, ends_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = [
        said.issuer.into(),
        jti.into(),
        said.subject.into(),
        said.sid.into(),
        said.at.as_second().into(),
        ends_at.as_second().into(),
    ];
    Ok(unit.run(sql, values).await? == 1)
}

/// Whether the provider has said that an account was signed out, or that session of it, in that
/// second or since. Where either side names no session, the account decides.
pub(crate) async fn signed_out_since(
    db: &impl ConnectionTrait,
    SignedOut {
        issuer,
        subject,
        sid,
        at,
    }: SignedOut<'_>,
) -> Result<bool, DbErr> {
    let fits = match sid {
        Some(_) => {
            "(sid = $4 AND (subject IS NULL OR subject = $3)) OR (sid IS NULL AND subject = $3)"
        }
        None => "subject = $3",
    };
    let sql = format!(
        "SELECT jti FROM upstream_notice WHERE issuer = $1 AND issued_at >= $2 AND ({fits}) LIMIT 1"
    );
    let mut values: Vec<Value> = vec![issuer.into(), at.as_second().into(), subject.into()];
    values.extend(sid.map(Value::from));
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.query_one_raw(statement).await?.is_some())
}

fn person(row: &sea_orm::QueryResult) -> Result<PersonId, DbErr> {
    let person: String = row.try_get("", "person_id")?;
    PersonId::try_new(person).map_err(|error| DbErr::Type(error.to_string()))
}
