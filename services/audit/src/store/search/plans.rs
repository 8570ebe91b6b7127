//! Whatever is asked for, the databases answer from the lists: no statement of a search reads a table of
//! the log's length through. What a step costs is then the same at 10^7 records as at the few thousand here
//! (7-1-(4)-4a).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Mutex;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, Order, QueryResult,
    Statement,
};
use store::Backend;
use testkit::on_both;

use super::{Filter, lists::Lists};
use crate::store::{Migrator, index::number};

/// Records, one an hour: enough that a database with a choice takes an index.
const RECORDS: u64 = 30_000;
/// As many places as a search looks at in one step, and finds for one page.
const STRETCH: u64 = 1_000;
const PAGE: u64 = 51;
/// Small whatever the log's length: some hundred kinds, a row an hour, and what a step has in hand.
const SMALL: [&str; 5] = ["kind", "entry_hour", "candidate", "any_of", "one"];

/// Every statement that comes this way, with what the database would do.
struct Explained<'a> {
    db: &'a DatabaseConnection,
    plans: Mutex<Vec<(String, Vec<String>)>>,
}

impl Explained<'_> {
    async fn explain(&self, statement: &Statement) -> Result<(), DbErr> {
        let (how, column) = match self.get_database_backend() {
            DbBackend::Sqlite => ("EXPLAIN QUERY PLAN", "detail"),
            _ => ("EXPLAIN", "QUERY PLAN"),
        };
        let mut asked = statement.clone();
        asked.sql = format!("{how} {}", statement.sql);
        let rows = self.db.query_all_raw(asked).await?;
        let lines = rows.iter().map(|row| row.try_get::<String>("", column));
        let plan = lines.collect::<Result<Vec<_>, _>>()?;
        let mut plans = self.plans.lock().unwrap();
        plans.push((statement.sql.clone(), plan));
        Ok(())
    }
}

#[async_trait]
impl ConnectionTrait for Explained<'_> {
    fn get_database_backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.db.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.db.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.explain(&statement).await?;
        self.db.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.explain(&statement).await?;
        self.db.query_all_raw(statement).await
    }
}

/// Terms of one sort, and how many there are of it; each record has one of them.
const TERMS: [(&str, u64); 8] = [
    ("source/", 5),
    ("kind/sekisho.test.v1.Kind", 20),
    ("actor/person/S", 400),
    ("person/S", 400),
    ("clause/", 50),
    ("system/SYS-", 100),
    ("incident/I-", 1_000),
    ("bureau/", 20),
];

/// Fills the index by the database's own hand.
async fn fill(db: &DatabaseConnection, backend: Backend) {
    let all = format!(
        "WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {})",
        RECORDS - 1
    );
    // The clock of the records, in microseconds: an hour after the other.
    let hour = 3_600_000_000_u64;
    let mut statements = vec![
        format!(
            "INSERT INTO entry (idx, record_id, subject, at) {all} \
             SELECT i, 'r' || i, 's' || (i % 3000), i * {hour} FROM n"
        ),
        format!("INSERT INTO entry_hour (hour, first, last) {all} SELECT i, i, i FROM n"),
        format!("UPDATE indexed SET size = {RECORDS}"),
    ];
    for (sort, count) in TERMS {
        let numbers: Vec<String> = (0..count)
            .map(|n| format!("({n}, {})", number(&format!("{sort}{n}"))))
            .collect();
        statements.push(format!(
            "INSERT INTO entry_term (term, idx) {all} SELECT sort.column2, n.i FROM n \
             JOIN (VALUES {}) sort ON sort.column1 = n.i % {count}",
            numbers.join(", ")
        ));
    }
    let kinds: Vec<String> = (0..20)
        .map(|n| format!("('sekisho.test.v1.Kind{n}')"))
        .collect();
    statements.push(format!(
        "INSERT INTO kind (name) VALUES {}",
        kinds.join(", ")
    ));
    statements.push(
        match backend {
            Backend::Sqlite => "ANALYZE",
            Backend::Postgres => "ANALYZE entry, entry_term, entry_hour, kind",
        }
        .to_owned(),
    );
    for statement in statements {
        db.execute_unprepared(&statement).await.unwrap();
    }
}

fn asked() -> Vec<(&'static str, Filter)> {
    let at = |hours: i64| Some(jiff::Timestamp::from_second(hours * 3_600).unwrap());
    let terms = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    let of = |all: &[&str]| Filter {
        terms: terms(all),
        ..Filter::default()
    };
    let time = |filter: Filter| Filter {
        from: at(9_000),
        to: at(9_720),
        ..filter
    };
    let text = |text: &str| Some(text.to_owned());
    let kinds = |filter: Filter| Filter {
        kind_prefix: text("sekisho.test.v1.Kind1"),
        ..filter
    };
    let mine = |filter: Filter| Filter {
        any: Some(terms(&["bureau/3", "bureau/4", "own/S7"])),
        ..filter
    };
    vec![
        ("all", of(&[])),
        ("actor", of(&["actor/person/S7"])),
        ("person", of(&["person/S7"])),
        ("system", of(&["system/SYS-7"])),
        ("clause", of(&["clause/7"])),
        ("incident", of(&["incident/I-7"])),
        ("source", of(&["source/1"])),
        ("time", time(of(&[]))),
        ("kinds", kinds(of(&[]))),
        ("reader", mine(of(&[]))),
        (
            "id",
            Filter {
                record_id: text("r77"),
                ..of(&[])
            },
        ),
        (
            "subject",
            Filter {
                subject: text("s7"),
                ..of(&[])
            },
        ),
        ("person and time", time(of(&["person/S7"]))),
        ("system and clause", of(&["system/SYS-7", "clause/7"])),
        ("never together", of(&["system/SYS-7", "clause/8"])),
        ("person and kinds", kinds(of(&["person/S7"]))),
        ("system and reader", mine(of(&["system/SYS-7"]))),
        (
            "all at once",
            mine(kinds(time(of(&["person/S7", "clause/7"])))),
        ),
    ]
}

/// What a line of a plan reads through, if it does.
fn read_through(backend: Backend, line: &str) -> Option<&str> {
    let mark = match backend {
        Backend::Sqlite => "SCAN ",
        Backend::Postgres => "Seq Scan on ",
    };
    let (_, table) = line.split_once(mark)?;
    table.split_whitespace().next()
}

#[tokio::test]
async fn no_search_reads_a_table_through_however_long_the_log_is() {
    on_both::<Migrator, _>(async |test| {
        let db = test.database.migrations();
        let backend = test.database.backend();
        fill(db, backend).await;
        for (what, filter) in asked() {
            for order in [Order::Asc, Order::Desc] {
                let explained = Explained {
                    db,
                    plans: Mutex::default(),
                };
                let lists = Lists::of(&explained, backend, &filter).await.unwrap();
                let mut part = lists.narrowed(0..RECORDS).await.unwrap();
                for _ in 0..2 {
                    let step = lists.step(&mut part, &order, STRETCH, PAGE).await;
                    step.unwrap();
                }
                for (sql, plan) in explained.plans.into_inner().unwrap() {
                    let told = format!("{what} {order:?}\n{sql}\n{}", plan.join("\n"));
                    let tables = plan.iter().filter_map(|line| read_through(backend, line));
                    let large: Vec<_> = tables.filter(|table| !SMALL.contains(table)).collect();
                    assert!(large.is_empty(), "{large:?}: {told}");
                }
            }
        }
    })
    .await;
}
