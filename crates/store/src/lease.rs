//! Leases: one holder at a time does a job, and a late one is fenced off.

use jiff::{SignedDuration, Timestamp};
use sea_orm::{ConnectionTrait, DbErr, Statement};

use crate::{Backend, Database, micros};

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
        let row = tx
            .query_one_raw(Statement::from_sql_and_values(
                backend.sea(),
                format!(
                    "SELECT epoch FROM lease WHERE name = $1{}",
                    backend.for_update()
                ),
                [self.name.clone().into()],
            ))
            .await?;
        match row {
            Some(row) => Ok(row.try_get::<i64>("", "epoch")? == self.epoch),
            None => Ok(false),
        }
    }
}

impl Database {
    /// Takes a lease that is free or has run out, or that this holder has already; `None` while
    /// another has it.
    ///
    /// An SQLite file belongs to one process (it is locked at start), so there a lease left by a
    /// killed predecessor is taken at once.
    pub async fn acquire(
        &self,
        name: &str,
        holder: &str,
        now: Timestamp,
        time_to_live: SignedDuration,
    ) -> Result<Option<Lease>, DbErr> {
        let free_before = match self.backend() {
            Backend::Postgres => micros(now),
            Backend::Sqlite => i64::MAX,
        };
        let row = self
            .migrations()
            .query_one_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "INSERT INTO lease (name, holder, epoch, expires_at) VALUES ($1, $2, 1, $3) \
                 ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, \
                 epoch = lease.epoch + 1, expires_at = excluded.expires_at \
                 WHERE lease.expires_at < $4 OR lease.holder = excluded.holder RETURNING epoch",
                [
                    name.into(),
                    holder.into(),
                    micros(now + time_to_live).into(),
                    free_before.into(),
                ],
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
    pub async fn renew(
        &self,
        lease: &Lease,
        now: Timestamp,
        time_to_live: SignedDuration,
    ) -> Result<bool, DbErr> {
        self.set_end(lease, micros(now + time_to_live)).await
    }

    /// Gives a lease up, so that the next holder need not wait.
    pub async fn release(&self, lease: &Lease) -> Result<(), DbErr> {
        self.set_end(lease, 0).await.map(|_| ())
    }

    async fn set_end(&self, lease: &Lease, end: i64) -> Result<bool, DbErr> {
        let done = self
            .migrations()
            .execute_raw(Statement::from_sql_and_values(
                self.backend().sea(),
                "UPDATE lease SET expires_at = $1 WHERE name = $2 AND holder = $3 AND epoch = $4",
                [
                    end.into(),
                    lease.name.clone().into(),
                    lease.holder.clone().into(),
                    lease.epoch.into(),
                ],
            ))
            .await?;
        Ok(done.rows_affected() == 1)
    }
}
