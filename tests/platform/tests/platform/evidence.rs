//! An auditor finds everything about one thing, takes it home as a package, and checks it there.

use standard::ServiceName;

use crate::{
    auditor::{self, verify},
    city,
    harness::Platform,
};

/// A good key, of nobody here (the example of C2SP signed-note).
const STRANGER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[tokio::test]
async fn an_auditor_finds_exports_and_takes_evidence_that_is_checked_anywhere() {
    let platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, 1).await;
    let text = |name: &str| {
        let path = platform.path(name);
        path.to_str().expect("a path").to_owned()
    };
    let (key, package) = (platform.path("log.pub"), text("package.zip"));
    let token = auditor::token(&platform);
    let published = platform.sekisho(&["log", "key"], &[]).await;
    std::fs::write(&key, published).expect("the key");
    let kept = text("kept.checkpoint");
    let checkpoint = platform.sekisho(&["log", "checkpoint"], &[]).await;
    std::fs::write(&kept, checkpoint).expect("a checkpoint");
    let as_auditor = ["--token-file", token.as_str()];
    let fitting = ["--type", "sekisho.ledger.v1."];
    let lines = platform
        .until("what the ledger said is found", async || {
            let words = [&["log", "search", "--json"][..], &fitting].concat();
            let found = platform.sekisho(&words, &as_auditor).await;
            (found.lines().count() > 0).then_some(found)
        })
        .await;
    assert!(
        lines
            .lines()
            .all(|line| line.contains("\"source\":\"ledger\"")),
        "{lines}"
    );
    let csv = text("records.csv");
    let words = [&["log", "export", csv.as_str()][..], &fitting].concat();
    platform.sekisho(&words, &as_auditor).await;
    let table = std::fs::read_to_string(&csv).expect("a table");
    assert_eq!(table.lines().count(), lines.lines().count() + 1, "{table}");
    let plan = platform.sekisho(&["log", "prune"], &as_auditor).await;
    assert!(plan.contains("from 0: 0 are over"), "{plan}");
    platform.sekisho(&["log", "holds"], &as_auditor).await;

    let words = [&["evidence", "--out", package.as_str()][..], &fitting].concat();
    platform.sekisho(&words, &as_auditor).await;
    let (code, told) = verify(&package, &key, &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("✓ summary.ja.md"), "{told}");
    let mut bytes = std::fs::read(&package).expect("a package");
    bytes.truncate(bytes.len() / 2);
    std::fs::write(&package, bytes).expect("half a package");
    let (code, told) = verify(&package, &key, &[]);
    assert_eq!(code, Some(1), "{told}");

    // Whoever kept a checkpoint needs no sign-in, and no more than the log's address.
    let log = platform.http(ServiceName::Audit) + "/log";
    let (code, told) = verify(&log, &key, &["--checkpoint", &kept]);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("unchanged up to the kept checkpoint"),
        "{told}"
    );
    let other = platform.path("other.pub");
    std::fs::write(&other, STRANGER).expect("another key");
    let (code, told) = verify(&log, &other, &["--checkpoint", &kept]);
    assert_eq!(code, Some(1), "{told}");
    let (code, told) = verify(format!("{log}/nowhere"), &key, &[]);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("cannot be read"), "{told}");

    // The last record is in no chain yet: only the log itself tells which was changed.
    let file = auditor::fetched(&platform).await;
    let (code, told) = verify(&file, &key, &["--log", &log]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("are the first of the log"), "{told}");
    let mut bytes = std::fs::read(&file).expect("a log");
    let end = bytes.windows(4).rposition(|four| four == [0xff; 4]);
    bytes[end.expect("an end mark") - 1] ^= 1;
    std::fs::write(&file, bytes).expect("another log");
    let (code, told) = verify(&file, &key, &["--log", &log]);
    assert_eq!(code, Some(1), "{told}");
    assert!(
        told.contains("is the first that is not the log's"),
        "{told}"
    );
    let (code, told) = verify(&package, &key, &["--log", &log]);
    assert_eq!(code, Some(64), "{told}");
}
