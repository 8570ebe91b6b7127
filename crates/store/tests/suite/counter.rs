//! The smallest aggregate that can refuse, repeat and count.

use kernel::{Actor, Context, Decider, Kind, Refusal};
use proto::{ledger::v1::SystemRetired, record::Outgoing};
use sea_orm_migration::prelude::*;
use serde::{Deserialize, Serialize};
use store::{Aggregate, Column, Request, Store, schema};
use testkit::TestDatabase;

/// Counts what was added; refuses to go beyond ten; adding nothing is a repeat.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) sum: i64,
}

#[derive(Debug)]
pub(crate) struct Added(i64);

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("{0} would be more than ten")]
pub(crate) struct TooMuch(pub(crate) i64);

impl Refusal for TooMuch {
    fn kind(&self) -> Kind {
        Kind::Precondition
    }
    fn code(&self) -> &'static str {
        "too_much"
    }
    fn message_ja(&self) -> String {
        "十を超えます。".into()
    }
}

impl Decider for Counter {
    type Command = i64;
    type Event = Added;
    type Facts = ();
    type Refusal = TooMuch;

    fn decide(&self, add: &i64, _: &(), _: &Context) -> Result<Vec<Added>, TooMuch> {
        match self.sum + add {
            sum if sum > 10 => Err(TooMuch(sum)),
            _ if *add == 0 => Ok(vec![]),
            _ => Ok(vec![Added(*add)]),
        }
    }

    fn evolve(&mut self, event: &Added) {
        self.sum += event.0;
    }
}

pub(crate) struct Counters;

impl Aggregate for Counters {
    type State = Counter;
    const TABLE: &'static str = "counter";

    fn columns(state: &Counter) -> Vec<Column> {
        vec![("sum", state.sum.into())]
    }

    fn publish(event: &Added, _: &Counter) -> Outgoing {
        Outgoing::new(
            &SystemRetired {
                system_id: event.0.to_string(),
            },
            [],
        )
    }
}

pub(crate) struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(schema::House), Box::new(CounterTable)]
    }
}

struct CounterTable;

impl MigrationName for CounterTable {
    fn name(&self) -> &str {
        "m0001_counter"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for CounterTable {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = schema::state_table("counter")
            .col(ColumnDef::new(Alias::new("sum")).big_integer().not_null())
            .to_owned();
        manager.create_table(table).await
    }
}

pub(crate) fn store(test: &TestDatabase) -> Store {
    Store::new(test.database.clone(), "ledger")
}

pub(crate) fn context() -> Context {
    let now = "2026-04-01T00:00:00Z".parse().unwrap();
    Context::new(Actor::Service("test".into()), now, "request")
}

pub(crate) fn request() -> Request {
    context().into()
}
