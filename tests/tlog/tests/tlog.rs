//! Go's checksum-database client and the fsck of transparency-dev/tessera, neither of which knows
//! anything of Sekisho, read the log as it is served (7-1-(4)-3).

use std::{path::PathBuf, pin::Pin, process::Output};

use proto::ledger::v1::SystemRetired;
use sea_orm::{ConnectionTrait as _, Database};
use shell::{Platform, StartError};
use standard::{Role, ServiceName};
use testkit::{Engine, TestProcess, eventually};
use tokio::process::Command;

/// `make test-tlog` builds it from `verifiers/`.
const VERIFIERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tlog-verifiers");

fn start(
    platform: &Platform,
) -> Pin<Box<dyn Future<Output = Result<rpc::Endpoint, StartError>> + Send + '_>> {
    Box::pin(audit::start(platform))
}

struct Log {
    process: TestProcess,
    kept: PathBuf,
}

impl Log {
    /// A log with two full tiles and a part of a third; a checkpoint was kept on the way.
    async fn grown(engine: Engine) -> Self {
        let process = TestProcess::start(engine, &[(ServiceName::Audit, start)]).await;
        let kept = process.runtime().config.data_dir.join("kept.checkpoint");
        let log = Self { process, kept };
        log.retire(0..300).await;
        let checkpoint = log.signed(300).await;
        std::fs::write(&log.kept, checkpoint).expect("kept");
        log.retire(300..530).await;
        log.signed(530).await;
        log
    }

    async fn retire(&self, systems: std::ops::Range<u32>) {
        for number in systems {
            let system_id = format!("SYS-{number}");
            let event = SystemRetired {
                system_id: system_id.clone(),
            };
            let neighbours = &self.process.neighbours;
            let said = neighbours.say(ServiceName::Ledger, "system", &system_id, &event, &[]);
            said.await;
        }
    }

    fn address(&self) -> String {
        format!("{}/log/", self.process.http_uri())
    }

    /// The newest checkpoint, once it is of so many records.
    async fn signed(&self, size: u64) -> String {
        eventually("a checkpoint", async || {
            let answer = reqwest::get(format!("{}checkpoint", self.address())).await;
            let note = answer.ok()?.text().await.ok()?;
            let signed: u64 = note.lines().nth(1)?.parse().ok()?;
            (signed >= size).then_some(note)
        })
        .await
    }

    async fn verified(&self) -> Output {
        let data_dir = &self.process.runtime().config.data_dir;
        let auditor = [Role::Auditor];
        Command::new(VERIFIERS)
            .args(["-log", &self.address(), "-key"])
            .arg(data_dir.join("audit-log.pub"))
            .arg("-kept")
            .arg(&self.kept)
            .arg("-token")
            .arg(self.process.person_token("S0001", "1301", &auditor))
            .output()
            .await
            .expect("make test-tlog builds it")
    }
}

#[tokio::test]
async fn the_log_is_verified_with_other_peoples_tools() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let log = Log::grown(engine).await;
        let verified = log.verified().await;
        let said = String::from_utf8_lossy(&verified.stdout);
        let trouble = String::from_utf8_lossy(&verified.stderr);
        assert!(verified.status.success(), "{trouble}");
        for line in [
            "sumdb/tlog: 530 records are under the signed root",
            "sumdb/tlog: it began with the 300 records of the kept checkpoint",
            "tessera fsck: entries, tiles and checkpoint agree",
        ] {
            assert!(said.contains(line), "{said}");
        }
        log.process.stop().await;
    }
}

#[tokio::test]
async fn a_record_altered_behind_the_services_back_is_named_by_them() {
    let log = Log::grown(Engine::Sqlite).await;
    let file = log.process.runtime().config.data_dir.join("audit.db");
    let database = Database::connect(format!("sqlite://{}", file.display())).await;
    let altered = database
        .expect("its file")
        .execute_unprepared("UPDATE leaf SET record = x'0a0131' WHERE idx = 411")
        .await;
    assert_eq!(altered.expect("altered").rows_affected(), 1);
    let verified = log.verified().await;
    assert!(!verified.status.success());
    let trouble = String::from_utf8_lossy(&verified.stderr);
    assert!(trouble.contains("record 411: "), "{trouble}");
    log.process.stop().await;
}
