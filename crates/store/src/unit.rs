//! Several decisions, one transaction: all of it is kept, or nothing.

use kernel::{Context, Decider};
use proto::record::{self, Outgoing};
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, Statement, Value};

use crate::{
    Aggregate, Backend, Done, Failure, Request, fault,
    idempotency::{self, Remembered},
    journal::{self, Entry},
    micros, query,
};

pub(crate) type Refusal<A> = <<A as Aggregate>::State as Decider>::Refusal;

/// An open transaction of the write path. Dropped without [`Unit::commit`], it leaves nothing.
///
/// Journal rows are gathered and written last, so that rows of one aggregate are ordered as its
/// versions are.
#[derive(Debug)]
pub struct Unit {
    tx: DatabaseTransaction,
    backend: Backend,
    source: &'static str,
    request: Request,
    entries: Vec<Entry>,
    wake: std::sync::Arc<tokio::sync::Notify>,
}

impl Unit {
    pub(crate) fn new(
        tx: DatabaseTransaction,
        backend: Backend,
        source: &'static str,
        request: Request,
        wake: std::sync::Arc<tokio::sync::Notify>,
    ) -> Self {
        Self {
            tx,
            backend,
            source,
            request,
            entries: Vec::new(),
            wake,
        }
    }

    /// The transaction, for a service's own reads (facts for a decision) and helper functions.
    pub fn tx(&self) -> &DatabaseTransaction {
        &self.tx
    }

    /// Which database it runs on.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Runs a statement of a service's own, and tells how many rows it met.
    ///
    /// # Errors
    /// When the database refuses it or does not answer.
    pub async fn run(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<u64, sea_orm::DbErr> {
        let statement = Statement::from_sql_and_values(self.backend.sea(), sql, values);
        Ok(self.tx.execute_raw(statement).await?.rows_affected())
    }

    /// Who, when, as part of what.
    pub fn context(&self) -> &Context {
        &self.request.context
    }

    /// Goes on in another context: a consumer handles many records in one unit, each with its cause.
    pub fn set_context(&mut self, context: Context) {
        self.request.context = context;
    }

    /// The earlier answer to the same request under the same key, if there is one.
    pub async fn repeated<A: Aggregate>(
        &self,
    ) -> Result<Option<Done<A::State>>, Failure<Refusal<A>>> {
        let Some(found) = idempotency::recall(&self.tx, self.backend, &self.request).await? else {
            return Ok(None);
        };
        Ok(Some(Done {
            version: read_version::<A>(&found.id, found.version)?,
            state: query::decode::<A, _>(&found.id, &found.state)?,
            id: found.id,
            events: Vec::new(),
        }))
    }

    /// The state of an aggregate and its version, locked until the end; the default and 0 if new.
    pub async fn load<A: Aggregate>(
        &self,
        id: &str,
    ) -> Result<(A::State, u64), Failure<Refusal<A>>> {
        let sql = format!(
            "SELECT version, state FROM {} WHERE id = $1{}",
            A::TABLE,
            self.backend.for_update()
        );
        let statement = Statement::from_sql_and_values(self.backend.sea(), sql, [id.into()]);
        match self.tx.query_one_raw(statement).await? {
            None => Ok((A::State::default(), 0)),
            Some(row) => {
                let number: i64 = row.try_get("", "version")?;
                let text: String = row.try_get("", "state")?;
                Ok((
                    query::decode::<A, _>(id, &text)?,
                    read_version::<A>(id, number)?,
                ))
            }
        }
    }

    /// Decides one command and stages what it leads to.
    pub async fn execute<A: Aggregate>(
        &mut self,
        id: &str,
        command: &<A::State as Decider>::Command,
        facts: &<A::State as Decider>::Facts,
    ) -> Result<Done<A::State>, Failure<Refusal<A>>> {
        let (mut state, seen) = self.load::<A>(id).await?;
        let events = state
            .decide(command, facts, &self.request.context)
            .map_err(Failure::Refused)?;
        for event in &events {
            state.evolve(event);
            let outgoing = A::publish(event, &state);
            self.push(A::TABLE, id, outgoing);
        }
        let version = if events.is_empty() {
            seen
        } else {
            self.save::<A>(id, &state, seen).await?
        };
        Ok(Done {
            id: id.to_owned(),
            version,
            state,
            events,
        })
    }

    /// Publishes an event that belongs to no aggregate (an access decision, a refusal).
    pub fn record(&mut self, aggregate: &'static str, subject: &str, outgoing: Outgoing) {
        self.push(aggregate, subject, outgoing);
    }

    /// Keeps the answer for a repeat of this request under its key.
    pub async fn remember<A: Aggregate>(
        &self,
        done: &Done<A::State>,
    ) -> Result<(), Failure<Refusal<A>>> {
        if self.request.key.is_none() {
            return Ok(());
        }
        let answer = Remembered {
            id: done.id.clone(),
            version: i64::try_from(done.version).unwrap_or(i64::MAX),
            state: encode::<A>(&done.id, &done.state)?,
        };
        idempotency::remember(&self.tx, self.backend, &self.request, answer).await?;
        Ok(())
    }

    /// Writes the journal and commits: from here on it is durable.
    pub async fn commit(self) -> Result<(), sea_orm::DbErr> {
        let woken = !self.entries.is_empty();
        journal::insert(&self.tx, self.backend, &self.entries).await?;
        fault::point("store.commit.before");
        self.tx.commit().await?;
        fault::point("store.commit.after");
        if woken {
            self.wake.notify_one();
        }
        Ok(())
    }

    /// Leaves nothing behind; the same as dropping it, but waits until it is so.
    pub async fn abandon(self) -> Result<(), sea_orm::DbErr> {
        self.tx.rollback().await
    }

    fn push(&mut self, aggregate: &'static str, subject: &str, outgoing: Outgoing) {
        self.entries.push(Entry::new(
            self.source,
            aggregate,
            subject,
            outgoing,
            &self.request.context,
        ));
    }

    async fn save<A: Aggregate>(
        &self,
        id: &str,
        state: &A::State,
        seen: u64,
    ) -> Result<u64, Failure<Refusal<A>>> {
        let next = seen + 1;
        let mut columns: Vec<(&str, Value)> = vec![
            ("version", version_value(next)),
            ("state", encode::<A>(id, state)?.into()),
            ("updated_at", micros(self.request.context.now).into()),
        ];
        columns.extend(A::columns(state));
        let (sql, values) = if seen == 0 {
            insert(A::TABLE, id, columns)
        } else {
            update(A::TABLE, id, columns, seen)
        };
        if self.run(&sql, values).await? != 1 {
            return Err(Failure::Contended(None));
        }
        Ok(next)
    }
}

fn insert(table: &str, id: &str, columns: Vec<(&str, Value)>) -> (String, Vec<Value>) {
    let names: Vec<_> = columns.iter().map(|(name, _)| *name).collect();
    let marks: Vec<_> = (2..=names.len() + 1).map(|n| format!("${n}")).collect();
    let sql = format!(
        "INSERT INTO {table} (id, {}) VALUES ($1, {})",
        names.join(", "),
        marks.join(", ")
    );
    let values = std::iter::once(id.into())
        .chain(columns.into_iter().map(|(_, value)| value))
        .collect();
    (sql, values)
}

/// An update names the version it saw; nobody else's write is ever overwritten.
fn update(table: &str, id: &str, columns: Vec<(&str, Value)>, seen: u64) -> (String, Vec<Value>) {
    let sets: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(n, (name, _))| format!("{name} = ${}", n + 3))
        .collect();
    let sql = format!(
        "UPDATE {table} SET {} WHERE id = $1 AND version = $2",
        sets.join(", ")
    );
    let values = [id.into(), version_value(seen)]
        .into_iter()
        .chain(columns.into_iter().map(|(_, value)| value))
        .collect();
    (sql, values)
}

pub(crate) fn version_value(version: u64) -> Value {
    i64::try_from(version).unwrap_or(i64::MAX).into()
}

fn corrupt<A: Aggregate>(row: &str, reason: String) -> Failure<Refusal<A>> {
    Failure::Corrupt {
        table: A::TABLE,
        row: row.to_owned(),
        reason,
    }
}

pub(crate) fn read_version<A: Aggregate>(
    id: &str,
    number: i64,
) -> Result<u64, Failure<Refusal<A>>> {
    u64::try_from(number).map_err(|_| corrupt::<A>(id, format!("version {number}")))
}

pub(crate) fn encode<A: Aggregate>(
    id: &str,
    state: &A::State,
) -> Result<String, Failure<Refusal<A>>> {
    serde_json::to_string(state).map_err(|error| corrupt::<A>(id, error.to_string()))
}

/// New ids of events: time-ordered, so that indexes stay compact.
pub(crate) fn draft(
    source: &str,
    subject: &str,
    outgoing: &Outgoing,
    context: &Context,
) -> (uuid::Uuid, Vec<u8>) {
    #[expect(
        clippy::disallowed_methods,
        reason = "an event's id is no part of any decision"
    )]
    let id = uuid::Uuid::now_v7();
    (id, record::draft(source, id, subject, outgoing, context))
}
