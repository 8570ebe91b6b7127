//! Where the rules are in the log, what they remember, and what they have raised since the last digest.

use std::collections::BTreeSet;

use audit_domain::analysis::{Key, Raised, Watch};
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use store::{Backend, from_micros, micros};

use super::sql::{corrupt, for_update, insert, read_unsigned, signed};

/// The one row of the table `analysed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Progress {
    /// How many leaves the rules have seen.
    pub(crate) size: u64,
    /// The log's clock up to which they have.
    pub(crate) at: Timestamp,
    /// How many leaves there were at the last digest.
    pub(crate) digest_size: u64,
    /// When the last digest was made; none before the log was looked at for the first time.
    pub(crate) digest_from: Option<Timestamp>,
}

impl Progress {
    /// The row as it is.
    pub(crate) async fn read(db: &impl ConnectionTrait, backend: Backend) -> Result<Self, DbErr> {
        Self::select(db, backend, "").await
    }

    /// The row, locked until the transaction ends.
    pub(crate) async fn lock(tx: &impl ConnectionTrait, backend: Backend) -> Result<Self, DbErr> {
        Self::select(tx, backend, for_update(backend)).await
    }

    async fn select(
        db: &impl ConnectionTrait,
        backend: Backend,
        lock: &str,
    ) -> Result<Self, DbErr> {
        let sql =
            format!("SELECT size, at, digest_size, digest_from FROM analysed WHERE id = 1{lock}");
        let row = db
            .query_one_raw(Statement::from_string(backend.sea(), sql))
            .await?;
        let row = row.ok_or_else(|| corrupt("analysed", "its row is missing"))?;
        let digest_from: Option<i64> = row.try_get("", "digest_from")?;
        Ok(Self {
            size: read_unsigned(&row, "size")?,
            at: from_micros(row.try_get("", "at")?),
            digest_size: read_unsigned(&row, "digest_size")?,
            digest_from: digest_from.map(from_micros),
        })
    }

    /// Writes it back.
    pub(crate) async fn save(
        &self,
        tx: &impl ConnectionTrait,
        backend: Backend,
    ) -> Result<(), DbErr> {
        let values = [
            signed(self.size),
            micros(self.at).into(),
            signed(self.digest_size),
            self.digest_from.map(micros).into(),
        ];
        let sql = "UPDATE analysed SET size = $1, at = $2, digest_size = $3, digest_from = $4 \
                   WHERE id = 1";
        tx.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
            .await?;
        Ok(())
    }
}

/// What is remembered under these keys. What an earlier version kept in another form is forgotten.
pub(crate) async fn watches(
    tx: &impl ConnectionTrait,
    backend: Backend,
    keys: BTreeSet<Key>,
) -> Result<Vec<(Key, Watch)>, DbErr> {
    let keys: Vec<_> = keys.into_iter().collect();
    let mut found = Vec::new();
    for keys in keys.chunk_by(|one, next| one.rule == next.rule) {
        let marks: Vec<_> = (2..keys.len() + 2).map(|n| format!("${n}")).collect();
        let sql = format!(
            "SELECT subject, state FROM watch WHERE rule = $1 AND subject IN ({})",
            marks.join(", ")
        );
        let rule = keys[0].rule.as_str();
        let subjects = keys.iter().map(|key| key.subject.as_str());
        let values = std::iter::once(rule).chain(subjects).map(Into::into);
        let statement = Statement::from_sql_and_values(backend.sea(), sql, values);
        for row in tx.query_all_raw(statement).await? {
            let state: String = row.try_get("", "state")?;
            let Ok(watch) = serde_json::from_str(&state) else {
                continue;
            };
            let (rule, subject) = (rule.to_owned(), row.try_get("", "subject")?);
            found.push((Key { rule, subject }, watch));
        }
    }
    Ok(found)
}

/// Keeps what changed.
pub(crate) async fn keep<'a>(
    tx: &impl ConnectionTrait,
    backend: Backend,
    changed: impl Iterator<Item = (&'a Key, &'a Watch)>,
) -> Result<(), DbErr> {
    let mut rows = Vec::new();
    for (key, watch) in changed {
        if watch.is_empty() {
            let sql = "DELETE FROM watch WHERE rule = $1 AND subject = $2";
            let values = [key.rule.as_str().into(), key.subject.as_str().into()];
            tx.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
                .await?;
            continue;
        }
        let state = serde_json::to_string(watch).map_err(|why| corrupt("watch", why))?;
        rows.push(vec![
            key.rule.as_str().into(),
            key.subject.as_str().into(),
            state.into(),
            micros(watch.until()).into(),
        ]);
    }
    let columns = ["rule", "subject", "state", "forgotten_at"];
    let newest = "ON CONFLICT (rule, subject) DO UPDATE SET state = excluded.state, \
                  forgotten_at = excluded.forgotten_at";
    insert(tx, backend, "watch", &columns, rows, newest).await
}

/// Drops what is forgotten by an instant of the log's clock.
pub(crate) async fn forget(
    tx: &impl ConnectionTrait,
    backend: Backend,
    now: Timestamp,
) -> Result<(), DbErr> {
    let sql = "DELETE FROM watch WHERE forgotten_at <= $1";
    let values = [micros(now).into()];
    tx.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
        .await?;
    Ok(())
}

/// Counts suspicions for the next digest.
pub(crate) async fn count(
    tx: &impl ConnectionTrait,
    backend: Backend,
    raised: &[Raised],
) -> Result<(), DbErr> {
    for raised in raised {
        let sql = "INSERT INTO suspicions (rule, subject, raised) VALUES ($1, $2, 1) \
                   ON CONFLICT (rule, subject) DO UPDATE SET raised = suspicions.raised + 1";
        let values = [
            raised.key.rule.as_str().into(),
            raised.key.subject.as_str().into(),
        ];
        tx.execute_raw(Statement::from_sql_and_values(backend.sea(), sql, values))
            .await?;
    }
    Ok(())
}

/// What was counted, most often first, and begins anew: of whom or what each rule spoke how often.
pub(crate) async fn take_counts(
    tx: &impl ConnectionTrait,
    backend: Backend,
) -> Result<Vec<(Key, u64)>, DbErr> {
    let sql = "SELECT rule, subject, raised FROM suspicions ORDER BY raised DESC, rule, subject";
    let rows = tx
        .query_all_raw(Statement::from_string(backend.sea(), sql))
        .await?;
    let counts = rows.iter().map(|row| {
        let key = Key {
            rule: row.try_get("", "rule")?,
            subject: row.try_get("", "subject")?,
        };
        Ok((key, read_unsigned(row, "raised")?))
    });
    let counts = counts.collect::<Result<_, DbErr>>()?;
    tx.execute_unprepared("DELETE FROM suspicions").await?;
    Ok(counts)
}
