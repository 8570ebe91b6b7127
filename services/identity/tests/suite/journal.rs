//! What identity published and learned, as its database has it.

use proto::{Event, record::Record};
use runtime::config::Engine;
use sea_orm::{ConnectionTrait as _, Statement};
use standard::ServiceName;
use store::{Database, Options, facts::Fact};
use testkit::eventually;

use crate::town::Town;

/// Every event of a kind published so far.
pub(crate) async fn said<E: Event + Default>(town: &Town) -> Vec<E> {
    let database = open(town).await;
    eventually("the relay has stamped everything", async || {
        let sql = "SELECT COUNT(*) AS n FROM journal WHERE position IS NULL";
        let statement = Statement::from_string(database.backend().sea(), sql);
        let row = database
            .read()
            .query_one_raw(statement)
            .await
            .expect("a count");
        let waiting: i64 = row.expect("a row").try_get("", "n").expect("a number");
        (waiting == 0).then_some(())
    })
    .await;
    let records = database.records(1, 100_000).await.expect("records");
    database.close().await.expect("closed");
    records
        .iter()
        .map(|bytes| Record::decode(bytes).expect("a record"))
        .filter_map(|record| record.event::<E>())
        .map(|event| event.expect("its own event"))
        .collect()
}

/// A fact learned from identity's own records, once it is there.
pub(crate) async fn learned(town: &Town, kind: &str, id: &str) -> Fact {
    let database = open(town).await;
    let fact = eventually("the fact is learned", async || {
        let facts = database.facts_since("identity", 0).await.expect("facts");
        facts
            .into_iter()
            .find(|fact| fact.kind == kind && fact.id == id)
    })
    .await;
    database.close().await.expect("closed");
    fact
}

/// Everything learned from identity's own records so far.
pub(crate) async fn facts(town: &Town) -> Vec<Fact> {
    let database = open(town).await;
    let facts = database.facts_since("identity", 0).await.expect("facts");
    database.close().await.expect("closed");
    facts
}

/// Identity's database, opened once more.
pub(crate) async fn open(town: &Town) -> Database {
    let config = &town.process.runtime().config;
    let engine = config
        .database
        .engine(ServiceName::Identity, &config.data_dir);
    let options = match engine {
        Engine::Sqlite(path) => Options::sqlite(&path),
        Engine::Postgres { url, schema } => Options {
            url: url.expose().clone(),
            schema,
            max_connections: 2,
        },
    };
    Database::open(&options).await.expect("the same database")
}
