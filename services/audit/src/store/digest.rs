//! Digests, each as the bytes of its event's data.

use proto::{
    DecodeError, Event,
    audit::v1::{LogDigest, LogDigestMade},
};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::{Backend, micros};

use super::sql::{corrupt, signed};

/// Keeps a digest under the instant it was made at.
pub(crate) async fn put(
    tx: &impl ConnectionTrait,
    backend: Backend,
    at: jiff::Timestamp,
    body: Vec<u8>,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO digest (made_at, body) VALUES ($1, $2)";
    let values = [micros(at).into(), body.into()];
    tx.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
        .await?;
    Ok(())
}

/// Digests made before an instant in microseconds, newest first, at most so many, each with its own.
pub(crate) async fn page(
    db: &impl ConnectionTrait,
    backend: Backend,
    before: i64,
    limit: u32,
) -> Result<Vec<(i64, LogDigest)>, DbErr> {
    let sql = "SELECT made_at, body FROM digest WHERE made_at < $1 ORDER BY made_at DESC LIMIT $2";
    let values = [before.into(), signed(limit.into())];
    let statement = Statement::from_sql_and_values(backend.sea(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            let body: Vec<u8> = row.try_get("", "body")?;
            let made: LogDigestMade = decode(&body).map_err(|why| corrupt("digest", why))?;
            Ok((row.try_get("", "made_at")?, made.digest.unwrap_or_default()))
        })
        .collect()
}

fn decode<E: Event + Default>(body: &[u8]) -> Result<E, DecodeError> {
    E::decode(body)
}
