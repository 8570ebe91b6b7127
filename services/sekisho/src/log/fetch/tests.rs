//! The log is pruned while it is read.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::File;

use jiff::SignedDuration;
use proto::{
    audit::v1::{PlanPruningRequest, PruneRequest, retention_client::RetentionClient},
    identity::v1::AccessEvaluated,
};
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, eventually};
use verifier::{Trust, Writer, verify_dump};

use super::{super::trusted, checkpoint, read};
use crate::{
    client::{Connection, Here, Line},
    up::start_of,
};

/// More than the longer period of access records.
const FOUR_YEARS: SignedDuration = SignedDuration::from_hours(4 * 366 * 24);

fn line(process: &TestProcess, role: Role) -> Line {
    let connection = Connection {
        address: process.uri(),
        at: Vec::new(),
        here: Here {
            data: "data".into(),
        },
    };
    let token = process.person_token("S0001", "1301", &[role]);
    connection.bearer(&token).ok().unwrap()
}

/// Drops so many records that are over.
async fn prune(process: &TestProcess, count: u64) {
    let mut retention = RetentionClient::new(line(process, Role::Ciso));
    let plan = eventually("the plan", async || {
        let request = PlanPruningRequest::default();
        let answer = RetentionClient::new(line(process, Role::Ciso))
            .plan_pruning(request)
            .await;
        let plan = answer.unwrap().into_inner().plan;
        plan.filter(|plan| plan.count == count)
    })
    .await;
    let decided = PruneRequest {
        as_of: plan.as_of,
        from_index: plan.from_index,
        plan: plan.plan,
    };
    retention.prune(decided).await.unwrap();
}

#[tokio::test]
async fn a_dump_begun_before_a_pruning_goes_on_until_the_log_says_what_was_dropped() {
    let audit = (ServiceName::Audit, start_of(ServiceName::Audit));
    let process = TestProcess::start(Engine::Sqlite, &[audit]).await;
    for _ in 0..3 {
        let event = AccessEvaluated {
            person_id: "S0009".to_owned(),
            system_id: "SYS-1".to_owned(),
            ..AccessEvaluated::default()
        };
        let identity = ServiceName::Identity;
        let neighbours = &process.neighbours;
        neighbours
            .say(identity, "decision", "S0009", &event, &[])
            .await;
    }
    let begun = eventually("a checkpoint of all three", async || {
        let newest = checkpoint(line(&process, Role::Auditor), 0).await.ok()?;
        (newest.size >= 3).then_some(newest)
    })
    .await;
    process.clock.advance(FOUR_YEARS);
    prune(&process, 3).await;

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("city.sklog");
    let auditor = line(&process, Role::Auditor);
    let key = trusted(auditor.clone()).await.ok().unwrap();
    let key: Trust = String::from_utf8(key).unwrap().parse().unwrap();
    let mut writer = Writer::begin(File::create(&path).unwrap(), key.name()).unwrap();
    let ended = read(&auditor, &mut writer, begun.clone(), 0, &path).await;
    let ended = ended.ok().unwrap();
    assert!(ended.size > begun.size, "it goes on");
    writer.finish(&ended.note).unwrap();
    let report = verify_dump(File::open(&path).unwrap(), &key, Some(&begun.note)).unwrap();
    assert_eq!((report.pruned, report.checkpoint.size), (3, ended.size));
    process.stop().await;
}
