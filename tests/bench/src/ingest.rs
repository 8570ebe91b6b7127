//! Row 6: audit takes records in, against a batched insert of the same bytes; and how long a
//! committed record waits for a signed checkpoint over it.

use std::time::{Duration, Instant};

use proto::ledger::v1::SystemRetired;
use runtime::config::Engine as Place;
use sea_orm::{ConnectionTrait as _, Statement, TransactionTrait as _, Value};
use shell::Start;
use standard::ServiceName;
use store::{Database, Options};
use testkit::{Engine, Neighbours, TestProcess, eventually};

use crate::{
    engine,
    measure::{Compared, ROUNDS, Rounds, latencies, micros},
    records::{self, OnlyHouse},
    table::{Goal, Line},
};

const SOURCE: ServiceName = ServiceName::Ledger;
const RECORDS: usize = 20_000;
/// Rows of one transaction of the plain insert.
const BATCH: usize = 500;
/// How often something is said while the checkpoints are watched, and for how long.
const EVERY: Duration = Duration::from_millis(10);
const WATCHED: Duration = Duration::from_secs(5);
const LOOK: Duration = Duration::from_millis(2);

pub(crate) async fn row() -> Vec<Line> {
    let mut lines = Vec::new();
    for engine in engine::BOTH {
        let (mut compared, mut waits) = (Compared::default(), Rounds::default());
        for _ in 0..ROUNDS {
            let process = with_records(engine).await;
            let log = log(&process).await;
            let ours = taken_in(&log).await;
            waits.push(until_signed(&process, &log).await);
            let journal = process.neighbours.store(SOURCE).database();
            let records = journal.records(1, RECORDS as u64).await;
            let beside = inserted(engine, records.expect("the records")).await;
            compared.by(ours, beside);
            process.stop().await;
        }
        let name = engine::name(engine);
        lines.push(Line::ratio(
            6,
            format!("audit takes in {RECORDS} records from the broker, {name}; plain insert"),
            compared,
            "/s",
            Goal::AtLeast(0.5),
        ));
        lines.push(Line::alone(
            6,
            format!("commit in a source to signed checkpoint, {name}, p99"),
            waits,
            "s",
            Goal::AtMost(1.5),
        ));
    }
    lines
}

/// Audit begins when the ledger's records are on the broker, all of them.
async fn with_records(engine: Engine) -> TestProcess {
    let prepare = async |neighbours: &Neighbours| {
        let store = neighbours.store(SOURCE);
        records::commit(store, RECORDS).await;
        eventually("everything is published", async || {
            let head = store.database().head().await.expect("the head");
            (head.published == RECORDS as u64).then_some(())
        })
        .await;
    };
    let start: Start = |platform| Box::pin(audit::start(platform));
    TestProcess::start_after(engine, &[(ServiceName::Audit, start)], prepare).await
}

/// Audit's database, as a second process sees it.
pub(crate) async fn log(process: &TestProcess) -> Database {
    let config = &process.runtime().config;
    let options = match config.database.engine(ServiceName::Audit, &config.data_dir) {
        Place::Sqlite(path) => Options::sqlite(&path),
        Place::Postgres { url, schema } => Options {
            url: url.expose().clone(),
            schema,
            max_connections: 2,
        },
    };
    Database::open(&options).await.expect("audit's database")
}

/// Records a second from the first batch seen to the last.
async fn taken_in(log: &Database) -> f64 {
    let mut first = None;
    loop {
        let now = log.watermark(SOURCE.as_str()).await.expect("a watermark");
        match first {
            None if now > 0 => first = Some((now, Instant::now())),
            Some((before, began)) if now == RECORDS as u64 => {
                return (now - before) as f64 / began.elapsed().as_secs_f64();
            }
            _ => {}
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// One thing said after the other; the 99th percentile of what each then waited for a signature,
/// in seconds.
async fn until_signed(process: &TestProcess, log: &Database) -> f64 {
    let source = process.neighbours.store(SOURCE).database();
    let said = async {
        let mut committed = Vec::new();
        let (began, mut tick) = (Instant::now(), tokio::time::interval(EVERY));
        while began.elapsed() < WATCHED {
            tick.tick().await;
            let event = SystemRetired {
                system_id: "SYS-1".to_owned(),
            };
            let neighbours = &process.neighbours;
            neighbours.say(SOURCE, "system", "SYS-1", &event, &[]).await;
            committed.push(Instant::now());
        }
        committed
    };
    // Nobody but this source speaks: the log is as long as its journal. Each size that was signed
    // is noted with the moment it was first seen.
    let last = RECORDS as u64 + 1;
    let signed = async {
        let mut seen: Vec<(u64, Instant)> = Vec::new();
        let mut rest = None;
        loop {
            let size = signed_size(log).await;
            if seen.last().is_none_or(|(before, _)| *before < size) {
                seen.push((size, Instant::now()));
            }
            if rest.is_none() && seen[0].1.elapsed() > WATCHED + LOOK {
                rest = Some(source.head().await.expect("the head").position.max(last));
            }
            if rest.is_some_and(|rest| size >= rest) {
                return seen;
            }
            tokio::time::sleep(LOOK).await;
        }
    };
    let (committed, seen) = tokio::join!(said, signed);
    let mut waits = latencies();
    for (index, at) in (RECORDS as u64 + 1..).zip(committed) {
        if let Some((_, signed)) = seen.iter().find(|(size, _)| *size >= index) {
            waits.saturating_record(micros(signed.saturating_duration_since(at)));
        }
    }
    waits.value_at_quantile(0.99) as f64 / 1e6
}

async fn signed_size(log: &Database) -> u64 {
    let sql = "SELECT COALESCE(MAX(size), 0) AS size FROM checkpoint";
    let statement = Statement::from_string(log.backend().sea(), sql);
    let row = log.read().query_one_raw(statement).await;
    let size: i64 = row
        .expect("a query")
        .expect("a row")
        .try_get("", "size")
        .expect("a number");
    u64::try_from(size).expect("a size")
}

/// The same bytes with their positions into one table, rows a second.
async fn inserted(engine: Engine, records: Vec<Vec<u8>>) -> f64 {
    let (_files, database) = engine::database::<OnlyHouse>(engine).await;
    let (db, backend) = (database.migrations(), database.backend().sea());
    let bytes = match engine {
        Engine::Sqlite => "BLOB",
        Engine::Postgres => "BYTEA",
    };
    db.execute_unprepared(&format!(
        "CREATE TABLE plain (position BIGINT PRIMARY KEY, record {bytes} NOT NULL)"
    ))
    .await
    .expect("a table");
    let count = records.len();
    let began = Instant::now();
    for (batch, from) in records.chunks(BATCH).zip((0i64..).step_by(BATCH)) {
        let marks: Vec<String> = (0..batch.len())
            .map(|n| match engine {
                Engine::Sqlite => "(?, ?)".to_owned(),
                Engine::Postgres => format!("(${}, ${})", 2 * n + 1, 2 * n + 2),
            })
            .collect();
        let values = (from..)
            .zip(batch)
            .flat_map(|(position, record)| [Value::from(position), Value::from(record.clone())]);
        let sql = format!(
            "INSERT INTO plain (position, record) VALUES {}",
            marks.join(", ")
        );
        let tx = db.begin().await.expect("a transaction");
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
            .await
            .expect("an insert");
        tx.commit().await.expect("a commit");
    }
    count as f64 / began.elapsed().as_secs_f64()
}
