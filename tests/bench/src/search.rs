//! Row 12: a search of the log by each mix of conditions, with more and more records in it. How long the
//! slowest takes, and how much more it costs with ten times the records.

use std::time::{Duration, Instant};

use proto::{
    audit::v1::{SearchRecordsRequest, audit_log_client::AuditLogClient},
    timestamp,
};
use rpc::client::Channel;
use sea_orm::{ConnectionTrait as _, Statement};
use shell::Start;
use standard::{Role, ServiceName};
use store::Database;
use testkit::{Engine, Neighbours, TestProcess};

use crate::{
    engine, ingest,
    measure::{Compared, Rounds, latencies, micros},
    records,
    table::{Goal, Line},
};

const SOURCE: ServiceName = ServiceName::Identity;
/// Records in the log, where the command line does not say.
const SIZES: [usize; 2] = [10_000, 100_000];
/// How often each question is asked.
const ASKED: u64 = 100;
const LOOK: Duration = Duration::from_millis(100);

/// What is asked, with a number that makes it another question each time.
type Question = (&'static str, fn(u64) -> SearchRecordsRequest);

/// Rare and frequent, together and alone, found and not found.
const QUESTIONS: [Question; 7] = [
    ("everything", |_| SearchRecordsRequest::default()),
    ("person", |n| SearchRecordsRequest {
        person_id: format!("S{:04}", n % 3_000),
        ..SearchRecordsRequest::default()
    }),
    ("person and system", |n| SearchRecordsRequest {
        person_id: format!("S{:04}", n % 3_000),
        system_id: format!("SYS-{}", n % 200),
        ..SearchRecordsRequest::default()
    }),
    ("two that never meet", |n| SearchRecordsRequest {
        person_id: format!("S{:04}", n % 3_000),
        system_id: format!("SYS-{}", (n + 1) % 200),
        ..SearchRecordsRequest::default()
    }),
    ("actor, type, clause and system", |n| SearchRecordsRequest {
        actor: "workload/vdi-gateway".to_owned(),
        type_prefix: "sekisho.identity.v1.".to_owned(),
        clause: "4-5-1".to_owned(),
        system_id: format!("SYS-{}", n % 200),
        ..SearchRecordsRequest::default()
    }),
    ("an incident that is in none", |n| SearchRecordsRequest {
        incident_id: format!("I-{n}"),
        clause: "4-5-1".to_owned(),
        ..SearchRecordsRequest::default()
    }),
    ("clause, within a day that has passed", |_| {
        SearchRecordsRequest {
            clause: "4-5-1".to_owned(),
            to_time: "2026-01-01T00:00:00Z".parse().ok().map(timestamp),
            ..SearchRecordsRequest::default()
        }
    }),
];

/// `sizes`: how many records, the fewest first; none = a few.
pub(crate) async fn row(sizes: &[usize]) -> Vec<Line> {
    let sizes = if sizes.is_empty() { &SIZES } else { sizes };
    let mut lines = Vec::new();
    for engine in engine::BOTH {
        let name = engine::name(engine);
        let mut before: Option<(usize, Vec<f64>)> = None;
        for size in sizes {
            let (medians, slowest) = searched(engine, *size).await;
            lines.push(Line::alone(
                12,
                format!("a search of {size} records, {name}, p99 of each mix of conditions"),
                slowest,
                "s",
                Goal::AtMost(0.5),
            ));
            if let Some((fewer, fewer_medians)) = before {
                let mut compared = Compared::default();
                for (ours, beside) in medians.iter().zip(fewer_medians) {
                    compared.by(*ours, beside);
                }
                lines.push(Line::ratio(
                    12,
                    format!("the same of {size} records; of {fewer}, {name}, p50"),
                    compared,
                    "s",
                    Goal::AtMost(2.0),
                ));
            }
            before = Some((*size, medians));
        }
    }
    lines
}

/// The median and the 99th percentile of each question, in seconds.
async fn searched(engine: Engine, size: usize) -> (Vec<f64>, Rounds) {
    let prepare = async |neighbours: &Neighbours| {
        records::commit(neighbours.store(SOURCE), size).await;
    };
    let start: Start = |platform| Box::pin(audit::start(platform));
    let process = TestProcess::start_after(engine, &[(ServiceName::Audit, start)], prepare).await;
    let log = ingest::log(&process).await;
    while indexed(&log).await < size as u64 {
        tokio::time::sleep(LOOK).await;
    }
    let auditor = process.person("S0311", "1301", &[Role::Auditor]);
    let mut client = AuditLogClient::new(auditor);
    let (mut medians, mut slowest) = (Vec::new(), Rounds::default());
    for (_, question) in QUESTIONS {
        let (median, late) = asked(&mut client, question).await;
        medians.push(median);
        slowest.push(late);
    }
    process.stop().await;
    (medians, slowest)
}

async fn asked(
    client: &mut AuditLogClient<Channel>,
    question: fn(u64) -> SearchRecordsRequest,
) -> (f64, f64) {
    let mut latencies = latencies();
    for n in 0..ASKED {
        let asked = Instant::now();
        let answer = client.search_records(question(n * 7)).await;
        answer.expect("an answer");
        latencies.saturating_record(micros(asked.elapsed()));
    }
    let seconds = |quantile| latencies.value_at_quantile(quantile) as f64 / 1e6;
    (seconds(0.5), seconds(0.99))
}

async fn indexed(log: &Database) -> u64 {
    let sql = "SELECT size FROM indexed WHERE id = 1";
    let statement = Statement::from_string(log.backend().sea(), sql);
    let row = log
        .read()
        .query_one_raw(statement)
        .await
        .expect("an answer");
    let size: i64 = row.map_or(0, |row| row.try_get("", "size").expect("a number"));
    u64::try_from(size).expect("a size")
}
