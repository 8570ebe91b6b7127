//! Guarantee G9 as an auditor has it: whoever kept a checkpoint finds out, with `sekisho verify`
//! alone, that the platform was put back to an earlier day and has gone on from there.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use standard::{Role, ServiceName};

use crate::{binaries::binary, checker, city, harness::Platform};

/// Commands at a time.
const SOME: u32 = 10;

#[tokio::test]
async fn a_log_that_was_put_back_is_found_with_a_kept_checkpoint() {
    let mut platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, 1).await;
    halt(&mut platform).await;
    let earlier = databases(&platform.path(""));
    start(&mut platform).await;

    at_work(&platform, "A").await;
    let kept = platform.path("kept.txt");
    let checkpoint = platform.sekisho(&["log", "checkpoint"], &[]).await;
    std::fs::write(&kept, &checkpoint).expect("a checkpoint");
    let (code, told) = verify(&fetched(&platform).await, &kept);
    assert_eq!(code, Some(0), "{told}");
    assert!(
        told.contains("unchanged up to the kept checkpoint"),
        "{told}"
    );

    halt(&mut platform).await;
    for (path, bytes) in &earlier {
        std::fs::write(path, bytes).expect("the database of that day");
    }
    start(&mut platform).await;
    let shorter = fetched(&platform).await;
    let (code, told) = verify(&shorter, &kept);
    assert_eq!(code, Some(1), "{told}");
    // Nor does it help to go on until there are as many records as there were.
    for day in ["B", "C"] {
        at_work(&platform, day).await;
    }
    let longer = platform.sekisho(&["log", "checkpoint"], &[]).await;
    assert!(size_of(&longer) > size_of(&checkpoint), "{longer}");
    let (code, told) = verify(&fetched(&platform).await, &kept);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains('✗'), "{told}");
}

/// Some commands, all of them in the log and signed for.
async fn at_work(platform: &Platform, day: &str) {
    for number in 0..SOME {
        city::register_system(platform, &format!("SYS-{day}{number}")).await;
    }
    checker::at_rest(platform).await;
}

async fn halt(platform: &mut Platform) {
    let ended = platform.stop(ServiceName::Audit).await;
    assert!(ended.success(), "{ended}");
}

async fn start(platform: &mut Platform) {
    platform.start(ServiceName::Audit);
    platform.ready(ServiceName::Audit).await;
}

/// Every database, whole: it was stopped in order.
fn databases(data: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let each = ServiceName::ALL.iter().map(|service| {
        let path = data.join(format!("{service}.db"));
        let bytes = std::fs::read(&path).expect("a database");
        (path, bytes)
    });
    each.collect()
}

/// The log, taken home by the auditor, and the key beside it.
async fn fetched(platform: &Platform) -> PathBuf {
    let (log, token) = (platform.path("city.sklog"), platform.path("auditor.token"));
    let minted = platform.token(city::AUDITOR, city::SECTION, &[Role::Auditor]);
    std::fs::write(&token, minted).expect("a token");
    let words = ["log", "fetch", log.to_str().unwrap()];
    let as_auditor = ["--token-file", token.to_str().unwrap()];
    platform.sekisho(&words, &as_auditor).await;
    log
}

fn verify(log: &Path, kept: &Path) -> (Option<i32>, String) {
    let key = log.with_file_name("audit-log.pub");
    let run = Command::new(binary("sekisho"))
        .args(["verify", "--lang", "en"])
        .arg(log)
        .arg("--key")
        .arg(key)
        .arg("--checkpoint")
        .arg(kept)
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = run.expect("sekisho runs");
    let told = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&told).into_owned())
}

/// The second line of a checkpoint is the number of records it is of.
fn size_of(checkpoint: &str) -> u64 {
    let line = checkpoint.lines().nth(1).expect("a size");
    line.parse().expect("a number")
}
