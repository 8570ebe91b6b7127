//! Leases: one holder at a time does a job, and a late one is fenced off.

use jiff::SignedDuration;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value};

use crate::{Backend, Database};

/// A job held under a fencing epoch. Whoever writes under it checks the epoch in the same
/// transaction ([`Lease::holds`]), so that a holder that was paused cannot act late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    name: String,
    holder: String,
    epoch: i64,
}

impl Lease {
    /// The lease's name: `relay`, `consumer:ledger` ...
    pub fn name(&self) -> &str {
        &self.name
    }

    /// True while this is the newest epoch of the lease; locks it until the transaction ends.
    pub async fn holds(&self, tx: &impl ConnectionTrait, backend: Backend) -> Result<bool, DbErr> {
        Ok(lock(tx, backend, &self.name).await? == Some(self.epoch))
    }

    /// Keeps whoever holds a lease from writing under it until this transaction ends; waits for a
    /// write that is under way. For work that may not meet the holder's, and need not be the holder.
    pub async fn hold_off(
        tx: &impl ConnectionTrait,
        backend: Backend,
        name: &str,
    ) -> Result<(), DbErr> {
        lock(tx, backend, name).await?;
        Ok(())
    }
}

/// The newest epoch of a lease, none before its first holder; it stays so until the transaction ends.
async fn lock(
    tx: &impl ConnectionTrait,
    backend: Backend,
    name: &str,
) -> Result<Option<i64>, DbErr> {
    let row = tx
        .query_one_raw(Statement::from_sql_and_values(
            backend.sea(),
            format!(
                "SELECT epoch FROM lease WHERE name = $1{}",
                backend.for_update()
            ),
            [name.into()],
        ))
        .await?;
    row.map(|row| row.try_get("", "epoch")).transpose()
}

impl Database {
    /// Takes a lease that is free or has run out, or that this holder has already; `None` while
    /// another has it. The database's own clock judges, so that replicas whose clocks differ agree.
    ///
    /// An SQLite file belongs to one process (it is locked at start), so there a lease left by a
    /// killed predecessor is taken at once.
    pub async fn acquire(
        &self,
        name: &str,
        holder: &str,
        time_to_live: SignedDuration,
    ) -> Result<Option<Lease>, DbErr> {
        let now = now(self.backend());
        let run_out = match self.backend() {
            Backend::Postgres => format!("lease.expires_at < {now}"),
            Backend::Sqlite => "TRUE".to_owned(),
        };
        let row = self
            .migrations()
            .query_one_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                format!(
                    "INSERT INTO lease (name, holder, epoch, expires_at) \
                     VALUES ($1, $2, 1, {now} + $3) \
                     ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, \
                     epoch = lease.epoch + 1, expires_at = excluded.expires_at \
                     WHERE {run_out} OR lease.holder = excluded.holder RETURNING epoch"
                ),
                [name.into(), holder.into(), length(time_to_live)],
            ))
            .await?;
        row.map(|row| {
            Ok(Lease {
                name: name.to_owned(),
                holder: holder.to_owned(),
                epoch: row.try_get("", "epoch")?,
            })
        })
        .transpose()
    }

    /// Holds on to a lease; false when it has been taken over.
    pub async fn renew(&self, lease: &Lease, time_to_live: SignedDuration) -> Result<bool, DbErr> {
        let end = format!("{} + $1", now(self.backend()));
        self.set_end(lease, &end, length(time_to_live)).await
    }

    /// Gives a lease up, so that the next holder need not wait.
    pub async fn release(&self, lease: &Lease) -> Result<(), DbErr> {
        let never = 0i64.into();
        self.set_end(lease, "$1", never).await.map(|_| ())
    }

    async fn set_end(&self, lease: &Lease, end: &str, value: Value) -> Result<bool, DbErr> {
        let done = self
            .migrations()
            .execute_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                format!(
                    "UPDATE lease SET expires_at = {end} \
                     WHERE name = $2 AND holder = $3 AND epoch = $4"
                ),
                [
                    value,
                    lease.name.clone().into(),
                    lease.holder.clone().into(),
                    lease.epoch.into(),
                ],
            ))
            .await?;
        Ok(done.rows_affected() == 1)
    }
}

/// The database's clock, in microseconds since 1970.
fn now(backend: Backend) -> &'static str {
    match backend {
        Backend::Postgres => "CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)",
        Backend::Sqlite => "CAST(unixepoch('subsec') * 1000000 AS INTEGER)",
    }
}

fn length(time_to_live: SignedDuration) -> Value {
    i64::try_from(time_to_live.as_micros())
        .unwrap_or(i64::MAX / 2)
        .into()
}
