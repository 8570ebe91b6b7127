//! The log's key on another machine: moved there, away for a while, renewed there. Whoever holds the
//! first key checks all of it with `sekisho verify` alone (7-1-(4)-3).

use std::{fs, path::PathBuf, process::Output};

use standard::ServiceName::Audit;
use tempfile::TempDir;
use testkit::{Program, eventually, free_port};
use tokio::process::Command;

use crate::{auditor, binaries::binary, checker, city, harness::Platform};

const AWAY: &str = "sekisho_audit_signer_failures_total{reason=\"away\"}";
const SIZE: &str = "sekisho_audit_log_size";
const SIGNED: &str = "sekisho_audit_checkpoint_size";

/// `sekisho signer`, as it runs on a machine of its own.
struct Signer {
    directory: TempDir,
    program: Program,
    url: String,
}

impl Signer {
    /// One that takes the tokens of whoever has this workload key; not running yet.
    fn prepared(workload: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = |name: &str| directory.path().join(name);
        fs::write(path("workload.jwks"), workload).expect("a key set");
        fs::create_dir(path("held")).expect("a directory");
        let issuer = format!(
            "[[issuers]]\nissuer = \"urn:sekisho:workload\"\nkind = \"workload\"\n\
             jwks_file = {:?}\nsubjects = {{ \"service/audit\" = \"service/audit\" }}\n",
            path("workload.jwks")
        );
        fs::write(path("signer.toml"), issuer).expect("a configuration");
        let address = format!("127.0.0.1:{}", free_port());
        let [config, held] = ["signer.toml", "held"].map(|name| path(name).display().to_string());
        let arguments = [
            "signer",
            "--lang",
            "en",
            "--name",
            "sekisho.sendai/log",
            "--config",
            &config,
            "--data",
            &held,
            "--listen",
            &address,
        ];
        let said = path("said");
        Self {
            program: Program::new(&binary("sekisho"), arguments, &said),
            url: format!("http://{address}"),
            directory,
        }
    }

    fn held(&self, name: &str) -> PathBuf {
        self.directory.path().join("held").join(name)
    }

    async fn key(&self) -> String {
        let shown = async || {
            let shown = reqwest::get(format!("{}/key", self.url)).await.ok()?;
            shown.text().await.ok()
        };
        eventually("the signer's key", shown).await
    }

    /// What audit is told of it.
    fn configured(&self, key: &str) -> String {
        let (key, url) = (key.trim(), &self.url);
        format!("[audit.signer]\nkey = \"{key}\"\nurl = \"{url}\"\n")
    }
}

/// Something happens in the city, and the log is signed as long as it is.
async fn goes_on(platform: &Platform, system: &str) {
    city::register_system(platform, system).await;
    checker::at_rest(platform).await;
}

async fn restart(platform: &mut Platform) {
    platform.start(Audit);
    platform.ready(Audit).await;
}

#[tokio::test]
async fn the_log_s_key_is_moved_elsewhere_may_be_away_and_is_renewed_there() {
    let home = tempfile::tempdir().expect("the auditor's directory");
    let config = home.path().join("sekisho.toml");
    fs::write(&config, "").expect("a configuration");
    let configured = ["--empty", "--config", config.to_str().unwrap()];
    let mut platform = Platform::embedded(&configured).await;
    city::populate(&platform, 1).await;
    checker::at_rest(&platform).await;
    let first = fs::read_to_string(platform.path("audit-log.pub")).expect("its key");

    // The key leaves the machine, and with it goes what it signed last.
    let workload = platform.sekisho_here(&["key", "workload"], &[]).await;
    let newest = platform.sekisho(&["log", "checkpoint"], &[]).await;
    platform.stop(Audit).await;
    let mut signer = Signer::prepared(&workload);
    fs::rename(platform.path("audit-log.key"), signer.held("audit-log.key")).expect("moved");
    fs::write(signer.held("signed.checkpoint"), newest).expect("what it signed last");
    signer.program.start();
    assert_eq!(signer.key().await, first);
    fs::write(&config, signer.configured(&first)).expect("a configuration");
    restart(&mut platform).await;
    goes_on(&platform, "SYS-ONE").await;
    assert!(!platform.path("audit-log.key").exists());

    // While it is away, commands are answered and the log grows; then it is signed as if nothing were.
    signer.program.kill();
    city::register_system(&platform, "SYS-TWO").await;
    let waits = async || {
        let away = platform.metric(Audit, AWAY).await?;
        let (size, signed) = (
            platform.metric(Audit, SIZE).await?,
            platform.metric(Audit, SIGNED).await?,
        );
        (away > 0.0 && size > signed).then_some(())
    };
    platform.until("that checkpoints wait", waits).await;
    signer.program.start();
    goes_on(&platform, "SYS-THREE").await;

    // With a key that is not the signer's, audit does not start, and says which is which.
    platform.stop(Audit).await;
    let other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    fs::write(&config, signer.configured(other)).expect("a configuration");
    let (code, told) = up(&platform, &configured).await;
    assert_eq!(code, Some(70), "{told}");
    assert!(
        told.contains(first.trim()) && told.contains(other),
        "{told}"
    );

    // Renewed where it is held.
    signer.program.stop().await;
    let held = signer.held("");
    let renew = ["key", "hand-over", "--data", held.to_str().unwrap()];
    let renewed = said(&renew).await;
    signer.program.start();
    assert_eq!(signer.key().await, renewed);
    fs::write(&config, signer.configured(&renewed)).expect("a configuration");
    restart(&mut platform).await;
    goes_on(&platform, "SYS-FOUR").await;
    assert_eq!(platform.sekisho(&["log", "key"], &[]).await, renewed);

    let hand_overs = platform.sekisho(&["log", "hand-overs"], &[]).await;
    let key = home.path().join("log.vkey");
    let log = auditor::fetched(&platform).await;
    for (trusted, code) in [(&first, 1), (&format!("{first}{hand_overs}"), 0)] {
        fs::write(&key, trusted).expect("what is trusted");
        let (ended, told) = auditor::verify(&log, &key, &[]);
        assert_eq!(ended, Some(code), "{told}");
    }
}

/// What a command printed that ended well.
async fn said(words: &[&str]) -> String {
    let mut line = Command::new(binary("sekisho"));
    let ran = line.args(words).output().await.expect("sekisho runs");
    assert!(ran.status.success(), "{words:?}: {ran:?}");
    String::from_utf8_lossy(&ran.stdout).into_owned()
}

/// `sekisho up` on this platform's data, which does not start.
async fn up(platform: &Platform, configured: &[&str]) -> (Option<i32>, String) {
    let mut line = Command::new(binary("sekisho"));
    let here = platform.path("");
    line.args(["up", "--no-broker", "--lang", "en", "--data"]);
    line.arg(here).args(configured);
    line.args(["--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
    let Output { status, stderr, .. } = line.output().await.expect("sekisho runs");
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}
