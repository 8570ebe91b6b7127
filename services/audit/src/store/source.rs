//! Where the log is with each source, and whether they tell the same story.

use std::collections::BTreeMap;

use audit_domain::{HeadWatch, Watermark};
use jiff::Timestamp;
use sea_orm::{ConnectionTrait, DbErr, QueryResult, Statement};
use store::{Backend, from_micros, micros};

use super::sql::{corrupt, for_update, read_hash, read_unsigned, signed};

/// A row of the table `source`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Source {
    /// How far its records are in the log.
    pub(crate) watermark: Watermark,
    /// What is remembered of its reports.
    pub(crate) watch: HeadWatch,
    /// Position it reported last.
    pub(crate) head: u64,
    /// When.
    pub(crate) reported_at: Option<Timestamp>,
    /// Findings against it that are not settled, in the order found.
    pub(crate) findings: Vec<String>,
    /// Since when there are findings, or there are none again.
    pub(crate) since: Option<Timestamp>,
}

const COLUMNS: &str = "source, position, hash, watch, head, reported_at, findings, since";

impl Source {
    /// The row of a source, locked until the transaction ends. A source never heard of gets its row
    /// here: what is not there cannot be locked, and of two that both begin with nothing the later
    /// would undo what the earlier wrote.
    pub(crate) async fn lock(
        tx: &impl ConnectionTrait,
        backend: Backend,
        name: &str,
    ) -> Result<Self, DbErr> {
        if let Some(found) = Self::select(tx, backend, name, for_update(backend)).await? {
            return Ok(found);
        }
        Self::default().put(tx, backend, name, "NOTHING").await?;
        let found = Self::select(tx, backend, name, for_update(backend)).await?;
        found.ok_or_else(|| DbErr::RecordNotFound(format!("the row of the source {name}")))
    }

    async fn select(
        db: &impl ConnectionTrait,
        backend: Backend,
        name: &str,
        lock: &str,
    ) -> Result<Option<Self>, DbErr> {
        let sql = format!("SELECT {COLUMNS} FROM source WHERE source = $1{lock}");
        let statement = Statement::from_sql_and_values(backend.sea(), sql, [name.into()]);
        let row = db.query_one_raw(statement).await?;
        row.map(|row| Ok(read(&row)?.1)).transpose()
    }

    /// Writes it back.
    pub(crate) async fn save(
        &self,
        tx: &impl ConnectionTrait,
        backend: Backend,
        name: &str,
    ) -> Result<(), DbErr> {
        let all = "UPDATE SET position = excluded.position, hash = excluded.hash, \
                   watch = excluded.watch, head = excluded.head, \
                   reported_at = excluded.reported_at, findings = excluded.findings, \
                   since = excluded.since";
        self.put(tx, backend, name, all).await
    }

    async fn put(
        &self,
        tx: &impl ConnectionTrait,
        backend: Backend,
        name: &str,
        otherwise: &str,
    ) -> Result<(), DbErr> {
        let watch = serde_json::to_string(&self.watch).map_err(|why| corrupt("source", why))?;
        tx.execute_raw(Statement::from_sql_and_values(
            backend.sea(),
            format!(
                "INSERT INTO source ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                 ON CONFLICT (source) DO {otherwise}"
            ),
            [
                name.into(),
                signed(self.watermark.position),
                self.watermark.hash.to_vec().into(),
                watch.into(),
                signed(self.head),
                self.reported_at.map(micros).into(),
                self.findings.join(",").into(),
                self.since.map(micros).into(),
            ],
        ))
        .await?;
        Ok(())
    }

    /// Notes a finding; false when it was known.
    pub(crate) fn find(&mut self, finding: &str, now: Timestamp) -> bool {
        if self.findings.iter().any(|known| known == finding) {
            return false;
        }
        if self.findings.is_empty() {
            self.since = Some(now);
        }
        self.findings.push(finding.to_owned());
        true
    }

    /// The findings are settled; false when there were none.
    pub(crate) fn settle(&mut self, now: Timestamp) -> bool {
        let any = !self.findings.is_empty();
        if any {
            self.findings.clear();
            self.since = Some(now);
        }
        any
    }
}

/// Every source there is a row of, by name.
pub(crate) async fn all(
    db: &impl ConnectionTrait,
    backend: Backend,
) -> Result<BTreeMap<String, Source>, DbErr> {
    let sql = format!("SELECT {COLUMNS} FROM source");
    let statement = Statement::from_string(backend.sea(), sql);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(read).collect()
}

/// The row of a source as it is; the start if there is none.
pub(crate) async fn get(
    db: &impl ConnectionTrait,
    backend: Backend,
    name: &str,
) -> Result<Source, DbErr> {
    let found = Source::select(db, backend, name, "").await?;
    Ok(found.unwrap_or_default())
}

fn read(row: &QueryResult) -> Result<(String, Source), DbErr> {
    let watch: String = row.try_get("", "watch")?;
    let findings: String = row.try_get("", "findings")?;
    let instant = |at: Option<i64>| at.map(from_micros);
    let source = Source {
        watermark: Watermark {
            position: read_unsigned(row, "position")?,
            hash: read_hash(row, "hash")?,
        },
        watch: serde_json::from_str(&watch).map_err(|why| corrupt("source.watch", why))?,
        head: read_unsigned(row, "head")?,
        reported_at: instant(row.try_get("", "reported_at")?),
        findings: findings
            .split(',')
            .filter(|finding| !finding.is_empty())
            .map(str::to_owned)
            .collect(),
        since: instant(row.try_get("", "since")?),
    };
    Ok((row.try_get("", "source")?, source))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use testkit::postgres_database;

    use super::*;
    use crate::{store::Migrator, testing::Log};

    /// At a source's first word, its consumer and the one who asks for its head meet here. On
    /// SQLite there is one writer; only PostgreSQL can have two.
    #[tokio::test]
    async fn a_source_never_heard_of_is_locked_like_any_other() {
        let log = Log::new(&postgres_database::<Migrator>().await).await;
        let first = log.store.unit(log.context()).await.unwrap();
        let second = log.store.unit(log.context()).await.unwrap();
        let (tx, backend) = (first.tx(), first.backend());
        let mut row = Source::lock(tx, backend, "ledger").await.unwrap();
        let impatient = "SET LOCAL lock_timeout = '50ms'";
        second.tx().execute_unprepared(impatient).await.unwrap();
        let locked = Source::lock(second.tx(), backend, "ledger").await;
        assert!(locked.is_err(), "two hold it: {locked:?}");
        second.abandon().await.unwrap();

        row.watermark.position = 3;
        row.save(tx, backend, "ledger").await.unwrap();
        first.commit().await.unwrap();
        assert_eq!(log.source("ledger").await, row);
    }
}
