//! The log seen from outside: a witness that runs elsewhere, and a key that another follows. Whoever
//! holds the first key and the witness's checks both with `sekisho verify` alone (7-1-(4)-3).

use std::path::Path;

use standard::ServiceName;
use tempfile::TempDir;
use testkit::{Program, eventually, free_port};

use crate::{auditor, binaries::binary, checker, city, harness::Platform};

const NAME: &str = "witness.example/w1";

/// A witness of the log, with what is trusted of that in a file.
struct Witness {
    directory: TempDir,
    program: Program,
    url: String,
}

impl Witness {
    fn of(trust: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = |name: &str| directory.path().join(name).display().to_string();
        let address = format!("127.0.0.1:{}", free_port());
        let arguments = [
            "witness",
            "--lang",
            "en",
            "--name",
            NAME,
            "--log",
            &path("log.vkey"),
            "--data",
            &path("memory"),
            "--listen",
            &address,
        ];
        let log = directory.path().join("said");
        let mut witness = Self {
            program: Program::new(&binary("sekisho"), arguments, &log),
            directory,
            url: format!("http://{address}"),
        };
        witness.trust(trust);
        witness
    }

    /// Started, or started again, with this to trust.
    fn trust(&mut self, trust: &str) {
        let file = self.directory.path().join("log.vkey");
        std::fs::write(file, trust).expect("what is trusted");
        self.program.start();
    }

    async fn key(&self) -> String {
        eventually("the witness's key", async || {
            let said = self.program.log();
            let key = said.lines().find(|line| line.starts_with(NAME));
            key.map(str::to_owned)
        })
        .await
    }
}

/// A command of the auditor's that may not be done at once.
async fn eventually_well(platform: &Platform, command: &[&str]) {
    let token = auditor::token(platform);
    let token = ["--token-file", token.as_str()];
    platform
        .until(&format!("{command:?}"), async || {
            let ran = platform.command(command, &token).output().await;
            ran.expect("sekisho runs").status.success().then_some(())
        })
        .await;
}

fn verified(log: &Path, key: &Path, witness: &str) -> bool {
    auditor::verify(log, key, &["--witness", witness]).0 == Some(0)
}

async fn restart(platform: &mut Platform) {
    platform.start(ServiceName::Audit);
    platform.ready(ServiceName::Audit).await;
}

#[tokio::test]
async fn a_log_is_checked_with_its_first_key_and_a_witness_also_after_it_has_another() {
    let home = tempfile::tempdir().expect("the auditor's directory");
    let config = home.path().join("sekisho.toml");
    std::fs::write(&config, "").expect("a configuration");
    let configured = ["--empty", "--config", config.to_str().unwrap()];
    let mut platform = Platform::embedded(&configured).await;
    city::populate(&platform, 1).await;
    let key = home.path().join("log.vkey");
    let first = std::fs::read_to_string(platform.path("audit-log.pub")).expect("its key");
    std::fs::write(&key, &first).expect("the key kept");

    let mut witness = Witness::of(&first);
    let named = witness.key().await;
    let url = &witness.url;
    let witnesses = format!("[[audit.witnesses]]\nkey = \"{named}\"\nurl = \"{url}\"\n");
    std::fs::write(&config, witnesses).expect("a configuration");
    platform.stop(ServiceName::Audit).await;
    restart(&mut platform).await;
    checker::at_rest(&platform).await;
    let log = home.path().join("city.sklog");
    let fetch = ["log", "fetch", log.to_str().unwrap(), "--witnesses", "1"];
    eventually_well(&platform, &fetch).await;
    assert!(verified(&log, &key, &named));
    let signed = format!("sekisho_audit_witness_size{{witness=\"{NAME}\"}}");
    let signed = platform.metric(ServiceName::Audit, &signed).await;
    assert!(signed.is_some_and(|leaves| leaves > 0.0), "{signed:?}");
    let proof = home.path().join("record.tlog-proof");
    let prove = [
        "log",
        "proof",
        "3",
        proof.to_str().unwrap(),
        "--witnesses",
        "1",
    ];
    eventually_well(&platform, &prove).await;
    assert!(verified(&proof, &key, &named));
    let stranger = verifier::Cosigner::from_seed(NAME, &[9; 32]).expect("a name");
    let stranger = stranger.verifier().to_string();
    assert!(!verified(&log, &key, &stranger));
    assert!(!verified(&proof, &key, &stranger));

    platform.stop(ServiceName::Audit).await;
    let renewed = platform.sekisho_here(&["key", "hand-over"], &[]).await;
    restart(&mut platform).await;
    city::register_system(&platform, "SYS-NEW").await;
    checker::at_rest(&platform).await;
    let followed = platform.sekisho(&["log", "key"], &[]).await;
    assert_eq!(followed, renewed, "it signs with the new key");
    let hand_overs = platform.sekisho(&["log", "hand-overs"], &[]).await;
    let followed = format!("{first}{hand_overs}");
    // Who follows the log must be told that it has another key; its memory stays.
    witness.trust(&followed);
    let proof = home.path().join("new.tlog-proof");
    let newest = platform.sekisho(&["log", "checkpoint"], &[]).await;
    let last: u64 = newest.lines().nth(1).unwrap().parse().expect("a size");
    let index = (last - 1).to_string();
    let prove = [
        "log",
        "proof",
        &index,
        proof.to_str().unwrap(),
        "--witnesses",
        "1",
    ];
    eventually_well(&platform, &prove).await;
    assert!(!verified(&proof, &key, &named), "by the old key alone");
    std::fs::write(&key, followed).expect("the key and what follows it");
    assert!(verified(&proof, &key, &named));
    eventually_well(&platform, &fetch).await;
    assert!(verified(&log, &key, &named));
}
