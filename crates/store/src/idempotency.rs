//! The same request under the same key gets the same answer, once.

use kernel::Context;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr, Statement};
use sha2::{Digest as _, Sha256};

use crate::{Backend, Database, Failure, micros};

/// A caller's promise that a repeated request is the same request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    key: String,
    fingerprint: String,
}

impl Key {
    /// `key` as the caller sent it; the fingerprint covers the method and the request bytes.
    pub fn new(key: impl Into<String>, method: &str, request: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update(method.as_bytes());
        hash.update([0]);
        hash.update(request);
        Self {
            key: key.into(),
            fingerprint: hex::encode(hash.finalize()),
        }
    }
}

/// A command's surroundings as the store needs them.
#[derive(Debug, Clone)]
pub struct Request {
    /// Who, when, as part of what.
    pub context: Context,
    /// The caller's idempotency key, if one was sent.
    pub key: Option<Key>,
}

impl From<Context> for Request {
    fn from(context: Context) -> Self {
        Self { context, key: None }
    }
}

/// An earlier answer: which aggregate, at which version, in which state.
pub(crate) struct Remembered {
    pub(crate) id: String,
    pub(crate) version: i64,
    pub(crate) state: String,
}

pub(crate) async fn recall<R>(
    tx: &DatabaseTransaction,
    backend: Backend,
    request: &Request,
) -> Result<Option<Remembered>, Failure<R>> {
    let Some(key) = &request.key else {
        return Ok(None);
    };
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            "SELECT fingerprint, id, version, state FROM idempotency WHERE actor = $1 AND key = $2",
            [
                request.context.actor.to_string().into(),
                key.key.clone().into(),
            ],
        ))
        .await?;
    let Some(row) = row else { return Ok(None) };
    if row.try_get::<String>("", "fingerprint")? != key.fingerprint {
        return Err(Failure::KeyReused);
    }
    Ok(Some(Remembered {
        id: row.try_get("", "id")?,
        version: row.try_get("", "version")?,
        state: row.try_get("", "state")?,
    }))
}

pub(crate) async fn remember(
    tx: &DatabaseTransaction,
    backend: Backend,
    request: &Request,
    answer: Remembered,
) -> Result<(), DbErr> {
    let Some(key) = &request.key else {
        return Ok(());
    };
    tx.execute_raw(Statement::from_sql_and_values(
        backend.sea(),
        "INSERT INTO idempotency (actor, key, fingerprint, id, version, state, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [
            request.context.actor.to_string().into(),
            key.key.clone().into(),
            key.fingerprint.clone().into(),
            answer.id.into(),
            answer.version.into(),
            answer.state.into(),
            micros(request.context.now).into(),
        ],
    ))
    .await?;
    Ok(())
}

impl Database {
    /// Forgets keys older than a point in time; a repeat after it is a new request.
    pub async fn forget_keys(&self, before: jiff::Timestamp) -> Result<u64, DbErr> {
        let done = self
            .migrations()
            .execute_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "DELETE FROM idempotency WHERE at < $1",
                [micros(before).into()],
            ))
            .await?;
        Ok(done.rows_affected())
    }
}
