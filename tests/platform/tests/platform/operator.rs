//! What an operator types: some services here and some there, no broker, and lines that cannot be
//! meant. Exit codes are docs/operating.md's.

use std::{
    path::Path,
    process::{Command, Output},
};

use standard::ServiceName::{self, Approvals, Audit, Identity, Incidents, Ledger};
use testkit::{PostgresServer, eventually, shared_nats, shared_postgres};

use crate::{
    auditor,
    binaries::binary,
    city,
    harness::{Ground, Platform},
};

/// A wrong command line or configuration.
const USAGE: i32 = 64;
/// Anything else at start.
const NOT_STARTED: i32 = 70;

/// Runs `sekisho` to its end; what it said on standard error.
fn sekisho(words: &[&str]) -> (Option<i32>, String) {
    let run = Command::new(binary("sekisho")).args(words).output();
    let Output { status, stderr, .. } = run.expect("sekisho runs");
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path of plain characters")
}

/// Some services without a word on where the others are: they serve, hear each other, and say where
/// they look for the rest.
#[tokio::test]
async fn some_services_serve_before_the_others_are_there() {
    let platform = Platform::apart(Ground::default(), &[&[Identity, Audit]], &[]).await;
    city::staff_it(&platform, 1).await;
    for missing in [Ledger, Approvals, Incidents] {
        let at = format!("{missing}: http://{missing}:7070");
        platform.said(Identity, &at).await;
    }
    log_of(&platform, &["identity"]).await;
}

/// Who routes requests is told when a database does not answer, and when it does again.
#[tokio::test]
async fn readiness_follows_the_database() {
    let ground = Ground {
        postgres: Some(PostgresServer::start(300)),
        ..Ground::default()
    };
    let mut platform = Platform::apart(ground, &[ServiceName::ALL], &[]).await;
    let uri = format!("{}/readyz", platform.http(Ledger));
    let readiness = async || {
        let answer = reqwest::get(&uri).await.expect("an answer");
        let status = answer.status().as_u16();
        (status, answer.text().await.expect("words"))
    };
    assert_eq!(readiness().await.0, 200);
    platform
        .postgres
        .as_mut()
        .expect("a server")
        .stop_immediately();
    eventually("it is told what does not answer", async || {
        let (status, waiting) = readiness().await;
        let all = ServiceName::ALL.iter();
        let named = all.map(|service| format!("{service}: database"));
        (status == 503 && named.into_iter().all(|one| waiting.contains(&one))).then_some(())
    })
    .await;
    platform.postgres.as_mut().expect("a server").restart();
    eventually("ready again", async || {
        (readiness().await.0 == 200).then_some(())
    })
    .await;
}

/// A database that waits for migrations is left alone, and what to add is said.
#[tokio::test]
async fn some_services_here_and_the_others_there_are_one_platform() {
    let data = tempfile::tempdir().expect("a directory");
    for lang in ["ja", "en"] {
        let prefix = format!("o{}_", runtime::new_id().simple());
        let (code, told) = sekisho(&[
            "up",
            "--services",
            "identity,audit",
            "--database-url",
            shared_postgres(),
            "--nats-url",
            shared_nats(),
            "--data",
            text(data.path()),
            "--schema-prefix",
            &prefix,
            "--lang",
            lang,
        ]);
        assert_eq!(code, Some(NOT_STARTED), "{told}");
        assert!(told.contains("--migrate"), "{told}");
    }

    let halves: [&[ServiceName]; 2] = [&[Identity, Audit], &[Ledger, Approvals, Incidents]];
    let platform = Platform::apart(Ground::default(), &halves, &[]).await;
    city::populate(&platform, 1).await;
    let token = city::sign_in(&platform, &city::applicant(0)).await;
    assert!(!token.is_empty());
    log_of(&platform, &["identity", "ledger"]).await;
}

#[tokio::test]
async fn without_a_broker_all_is_heard_and_logged_all_the_same() {
    let platform = Platform::embedded(&["--empty", "--no-broker"]).await;
    city::populate(&platform, 1).await;
    log_of(&platform, &["identity", "ledger"]).await;
    assert!(!platform.path("nats.pid").exists(), "a broker was started");
}

/// The auditor takes the log home, with the records of all who have said something.
async fn log_of(platform: &Platform, sources: &[&str]) {
    let key = platform.path("log.pub");
    let published = platform.sekisho(&["log", "key"], &[]).await;
    std::fs::write(&key, published).expect("the key");
    platform
        .until("what they said is under a checkpoint", async || {
            let (code, told) = auditor::verify(auditor::fetched(platform).await, &key, &[]);
            assert_eq!(code, Some(0), "{told}");
            sources
                .iter()
                .all(|source| told.contains(source))
                .then_some(())
        })
        .await;
}

#[tokio::test]
async fn each_way_of_ending_has_its_exit_code() {
    let platform = Platform::embedded(&["--empty"]).await;
    let here = platform.path("");
    let here = text(&here);
    let missing = platform.path("nothing-there");
    let bundle = platform.path("record.proof");
    std::fs::write(&bundle, "c2sp.org/tlog-proof@v1\n").expect("a file");
    let (missing, bundle) = (text(&missing), text(&bundle));
    let nobody = platform.path("nobody.toml");
    std::fs::write(&nobody, "").expect("a configuration");
    let nobody = text(&nobody);
    let key = platform.path("audit-log.pub");
    let key = text(&key);
    for (words, code, said) in [
        (vec!["--version"], 0, ""),
        (vec!["signer", "--help"], 0, ""),
        (vec!["upp"], USAGE, "up"),
        (vec!["up", "--services", "identity,nobody"], USAGE, "nobody"),
        (
            vec!["up", "--no-broker", "--nats-url", "nats://127.0.0.1:4222"],
            USAGE,
            "--nats-url",
        ),
        (vec!["up", "--config", missing], USAGE, missing),
        // Another process serves from it.
        (vec!["up", "--data", here], NOT_STARTED, "--data"),
        (vec!["log", "fetch", missing], USAGE, "--sign-in-as"),
        (vec!["log", "key", "--address", "here"], USAGE, "--address"),
        (
            vec!["log", "key", "--address", "http://127.0.0.1:1"],
            1,
            "127.0.0.1:1",
        ),
        (vec!["signer", "--name", "x.example/log"], USAGE, "--config"),
        (
            vec!["signer", "--name", "x.example/log", "--config", missing],
            USAGE,
            missing,
        ),
        (
            vec!["signer", "--name", "x.example/log", "--config", nobody],
            USAGE,
            "service/audit",
        ),
        (vec!["verify", missing], USAGE, "--key"),
        (vec!["verify", missing, "--key", key], 1, missing),
        (vec!["verify", bundle, "--key", key], 1, bundle),
        (
            vec!["verify", bundle, "--key", key, "--checkpoint", missing],
            USAGE,
            "--checkpoint",
        ),
    ] {
        let (ended, told) = sekisho(&[&words[..], &["--lang", "en"]].concat());
        assert_eq!(ended, Some(code), "{words:?}: {told}");
        assert!(told.contains(said), "{words:?}: {told}");
    }
}
