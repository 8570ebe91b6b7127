//! `sekisho backup` and `sekisho restore`, as an operator uses them.

use std::{collections::BTreeSet, fs, path::Path};

use standard::ServiceName;

use crate::{
    acknowledged::Acknowledged,
    auditor,
    checker::{self, Evidence, Rule, judge},
    city,
    harness::Platform,
    writers::{WRITERS, Writers},
};

const BACKUP: [&str; 1] = ["backup"];

/// Those of which the evidence has a record.
fn held(evidence: &Evidence, acknowledged: &[Acknowledged]) -> Vec<Acknowledged> {
    let findings = judge(evidence, acknowledged);
    let lost = findings.iter().filter(|one| one.rule == Rule::RecordLost);
    let lost: BTreeSet<&str> = lost.map(|one| one.place.as_str()).collect();
    let held = acknowledged.iter();
    held.filter(|one| !lost.contains(one.to_string().as_str()))
        .cloned()
        .collect()
}

/// `sekisho` with these words on a data directory; what it said.
async fn sekisho(words: &[&str], data: &Path) -> (bool, String) {
    let data = data.to_str().expect("a path");
    run(&[words, &["--data", data]].concat()).await
}

/// `sekisho` with these words; what it said.
async fn run(words: &[&str]) -> (bool, String) {
    let mut line = tokio::process::Command::new(crate::binaries::binary("sekisho"));
    line.args(words).args(["--lang", "en"]);
    let output = line.output().await.expect("sekisho runs");
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[tokio::test]
async fn what_was_answered_before_a_backup_is_there_on_an_empty_machine_and_the_log_proves_it() {
    let first = Platform::embedded(&["--empty"]).await;
    city::populate(&first, WRITERS).await;
    let writers = Writers::start(&first).await;
    writers.progress(200).await;
    let outside = tempfile::tempdir().expect("another disk");
    let (backup, keys) = (outside.path().join("backup"), outside.path().join("keys"));
    let answered_before = writers.acknowledged();
    let words = [backup.to_str().unwrap(), "--keys", keys.to_str().unwrap()];
    let told = first.sekisho_here(&BACKUP, &words).await;
    assert!(told.contains("up to record"), "{told}");
    // It goes on meanwhile and afterwards, and the copy knows nothing of that.
    writers.progress(100).await;
    let answered = writers.stop().await;
    checker::check(&first, &answered).await;
    drop(first);

    let second = Platform::embedded_after(&["--empty"], async |_, data| {
        let words = ["restore", words[0], words[1], words[2]];
        let (well, told) = sekisho(&words, data).await;
        assert!(well && !told.contains('!'), "{told}");
    })
    .await;
    let evidence = checker::at_rest(&second).await;
    let held = held(&evidence, &answered);
    let lost: Vec<_> = answered_before
        .iter()
        .filter(|one| !held.contains(one))
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(
        held.len() < answered.len(),
        "the copy is from before the end"
    );
    checker::check(&second, &held).await;

    let (key, kept) = (backup.join("audit-log.pub"), backup.join("checkpoint"));
    let kept = ["--checkpoint", kept.to_str().unwrap()];
    let (code, told) = auditor::verify(auditor::fetched(&second).await, &key, &kept);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("unchanged up to the kept"), "{told}");
}

#[tokio::test]
async fn a_source_older_than_its_listeners_is_told_and_alarmed_and_heals_when_it_is_put_right() {
    let mut platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    writers.progress(50).await;
    let backup = platform.path("old");
    let backup = backup.to_str().unwrap();
    platform.sekisho_here(&BACKUP, &[backup]).await;
    writers.progress(200).await;
    let answered = writers.stop().await;
    checker::check(&platform, &answered).await;

    let restore = ["restore", backup, "--services", "ledger"];
    let data = platform.path("");
    let (well, told) = sekisho(&restore, &data).await;
    assert!(!well && told.contains("in use"), "it runs: {told}");
    platform.stop(ServiceName::Ledger).await;
    let (well, told) = sekisho(&restore, &data).await;
    assert!(!well && told.contains("nothing is overwritten"), "{told}");
    let truth = data.join("ledger.true");
    fs::rename(data.join("ledger.db"), &truth).unwrap();
    let (well, told) = sekisho(&restore, &data).await;
    assert!(
        well && told.contains("! audit has handled ledger's"),
        "{told}"
    );

    platform.start(ServiceName::Ledger);
    platform.ready(ServiceName::Ledger).await;
    let alarm = "sekisho_audit_source_diverged{source=\"ledger\"}";
    platform.until_metric(ServiceName::Audit, alarm, 1.0).await;

    platform.stop(ServiceName::Ledger).await;
    fs::rename(&truth, data.join("ledger.db")).unwrap();
    platform.start(ServiceName::Ledger);
    platform.ready(ServiceName::Ledger).await;
    platform.until_metric(ServiceName::Audit, alarm, 0.0).await;
    checker::check(&platform, &answered).await;
}

#[tokio::test]
async fn what_is_no_whole_backup_is_not_restored_and_nothing_is_overwritten() {
    let platform = Platform::embedded(&["--empty"]).await;
    let outside = tempfile::tempdir().expect("another disk");
    let backup = outside.path().join("backup");
    let words = backup.to_str().unwrap();
    platform.sekisho_here(&BACKUP, &[words]).await;
    let (well, told) = sekisho(&["backup", words], &platform.path("")).await;
    assert!(!well && told.contains("not empty"), "{told}");

    let data = outside.path().join("data");
    let file = backup.join("incidents.db");
    let mut bytes = fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&file, bytes).unwrap();
    let (well, told) = sekisho(&["restore", words], &data).await;
    assert!(!well && told.contains("SHA-256"), "{told}");
    assert!(
        !data.join("identity.db").exists(),
        "half of it was restored"
    );

    let (well, told) = sekisho(&["restore", words, "--services", "audit"], &data).await;
    assert!(
        well && told.contains("audit-log.key is not there"),
        "{told}"
    );
    let (well, told) = sekisho(&["backup", words], outside.path()).await;
    assert!(!well && told.contains("no database"), "{told}");
}
