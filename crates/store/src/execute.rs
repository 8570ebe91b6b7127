//! The write path.

use std::sync::Arc;

use kernel::{Context, Decider};
use sea_orm::DbErr;
use tokio::sync::Notify;

use crate::{Aggregate, Database, Done, Failure, Request, Unit};

/// How often a command that met another one is decided anew before the caller hears of it.
const ATTEMPTS: usize = 5;

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
        Ok(Unit::new(
            tx,
            self.database.backend(),
            self.source,
            request.into(),
            Arc::clone(&self.wake),
        ))
    }

    /// Carries out one command: durable with its events when this returns `Ok`, gone without a
    /// trace when it returns `Err`. Decided anew, a few times, when another command got in first.
    pub async fn execute<A: Aggregate>(
        &self,
        id: &str,
        command: &<A::State as Decider>::Command,
        facts: &<A::State as Decider>::Facts,
        request: &Request,
    ) -> Result<Done<A::State>, Failure<<A::State as Decider>::Refusal>> {
        for _ in 1..ATTEMPTS {
            match self.attempt::<A>(id, command, facts, request).await {
                Err(Failure::Contended) => {}
                other => return other,
            }
        }
        self.attempt::<A>(id, command, facts, request).await
    }

    async fn attempt<A: Aggregate>(
        &self,
        id: &str,
        command: &<A::State as Decider>::Command,
        facts: &<A::State as Decider>::Facts,
        request: &Request,
    ) -> Result<Done<A::State>, Failure<<A::State as Decider>::Refusal>> {
        let mut unit = self.unit(request.clone()).await?;
        if let Some(done) = unit.repeated::<A>().await? {
            return Ok(done);
        }
        let done = unit.execute::<A>(id, command, facts).await?;
        unit.remember::<A>(&done).await?;
        unit.commit().await?;
        Ok(done)
    }

    /// Publishes events that belong to no aggregate, durable when this returns.
    pub async fn record(
        &self,
        aggregate: &'static str,
        subject: &str,
        outgoing: proto::record::Outgoing,
        context: Context,
    ) -> Result<(), DbErr> {
        let mut unit = self.unit(context).await?;
        unit.record(aggregate, subject, outgoing);
        unit.commit().await
    }
}
