#![expect(clippy::unwrap_used)]
use std::time::Instant;
use sea_orm::{ConnectionTrait, Statement, Value};
use crate::{store::Migrator, testing::{Journal, Log}};
use proto::identity::v1::AccessEvaluated;

#[tokio::test]
async fn speed() {
    testkit::on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test);
        let journal = Journal::new("identity");
        for n in 0..20_000 {
            let event = AccessEvaluated { decision_id: runtime::new_id().to_string(), outcome: 1, person_id: format!("S{:04}", n % 3000), system_id: format!("SYS-{}", n % 200), action: "use".into(), enforcement_point_id: "vdi-gateway".into(), clauses: vec!["7-2-(1)-1".into(), "7-2-(2)-2ア".into(), "4-5-1".into()], session_id: runtime::new_id().to_string(), pack_version: "sendai/2026.1".into(), ..Default::default() };
            journal.say(&event, &["7-2-(1)-1", "7-2-(2)-2ア", "4-5-1"]);
        }
        let records = journal.backup();
        eprintln!("bytes/record {}", records.iter().map(|r| r.len()).sum::<usize>() / records.len());
        let backend = test.database.backend();
        log.tamper(match backend { store::Backend::Postgres => "CREATE TABLE raw (position BIGINT PRIMARY KEY, record BYTEA)", _ => "CREATE TABLE raw (position INTEGER PRIMARY KEY, record BLOB)" }).await;
        for round in 0..3u64 {
            let (lo, hi) = (round * 6000, round * 6000 + 6000);
            let start = Instant::now();
            for chunk in (lo..hi).collect::<Vec<_>>().chunks(500) {
                let unit = log.store.unit(log.context()).await.unwrap();
                let marks: Vec<String> = (0..chunk.len()).map(|n| format!("(${},${})", n * 2 + 1, n * 2 + 2)).collect();
                let values: Vec<Value> = chunk.iter().flat_map(|n| [(*n as i64).into(), records[*n as usize].to_vec().into()]).collect();
                unit.tx().execute_raw(Statement::from_sql_and_values(backend.sea(), format!("INSERT INTO raw VALUES {}", marks.join(",")), values)).await.unwrap();
                unit.commit().await.unwrap();
            }
            let raw = start.elapsed();
            let start = Instant::now();
            let mut decode = std::time::Duration::ZERO;
            let mut at = lo;
            while at < hi {
                let d = Instant::now();
                let batch = journal.deliveries(at + 1..=at + 500);
                decode += d.elapsed();
                log.deliver("identity", &batch).await;
                at += 500;
            }
            let ours = start.elapsed();
            eprintln!("{backend:?} raw {raw:?} ours {ours:?} (decode {decode:?}) ratio {:.2}", raw.as_secs_f64() / ours.as_secs_f64());
        }
    }).await;
}
