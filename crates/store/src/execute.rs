//! The write path.

use std::sync::Arc;

use kernel::Decider;
use sea_orm::{DatabaseTransaction, DbErr};
use tokio::sync::Notify;

use crate::{Aggregate, Database, Outcome, Request, Unit};

/// A service's store: its database and its name as a source of events.
#[derive(Debug, Clone)]
pub struct Store {
    database: Database,
    source: &'static str,
    wake: Arc<Notify>,
}

impl Store {
    /// `source` is the service's name: `ledger`.
    pub fn new(database: Database, source: &'static str) -> Self {
        Self {
            database,
            source,
            wake: Arc::new(Notify::new()),
        }
    }

    /// For queries and for the machinery behind the journal.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The service's name.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// Resolves when this process has committed something the relay should see.
    pub async fn committed(&self) {
        self.wake.notified().await;
    }

    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Opens a unit of work: several commands, one transaction.
    pub async fn unit(&self, request: impl Into<Request>) -> Result<Unit, DbErr> {
        let tx = self.database.begin().await?;
        Ok(self.unit_in(tx, request.into()))
    }

    pub(crate) fn unit_in(&self, tx: DatabaseTransaction, request: Request) -> Unit {
        Unit::new(
            tx,
            self.database.backend(),
            self.source,
            request,
            Arc::clone(&self.wake),
        )
    }

    /// Carries out one command: durable with its events when this returns `Ok`, gone without a
    /// trace when it returns `Err`. Decided anew, a few times, when another command got in first.
    pub async fn execute<A: Aggregate>(
        &self,
        id: &str,
        command: &<A::State as Decider>::Command,
        facts: &<A::State as Decider>::Facts,
        request: &Request,
    ) -> Outcome<A> {
        self.carry_out::<A, _>(request, |mut unit| async move {
            let done = unit.execute::<A>(id, command, facts).await?;
            Ok((unit, done))
        })
        .await
    }
}
