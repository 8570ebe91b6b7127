//! What an auditor does with the program alone: takes the log home, and checks it there.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
};

use standard::Role;

use crate::{
    binaries::binary,
    city::{AUDITOR, SECTION},
    harness::Platform,
};

/// A file with a token of the auditor's, as `--token-file` takes it.
pub(crate) fn token(platform: &Platform) -> String {
    let path = platform.path("auditor.token");
    let minted = platform.token(AUDITOR, SECTION, &[Role::Auditor]);
    std::fs::write(&path, minted).expect("a token");
    path.to_str().expect("a path").to_owned()
}

/// The log as it is now.
pub(crate) async fn fetched(platform: &Platform) -> PathBuf {
    let log = platform.path("city.sklog");
    let words = ["log", "fetch", log.to_str().expect("a path")];
    let token = token(platform);
    platform.sekisho(&words, &["--token-file", &token]).await;
    log
}

/// `sekisho verify` of a file or a log at an address; how it ended and what it said.
pub(crate) fn verify(what: impl AsRef<Path>, key: &Path, more: &[&str]) -> (Option<i32>, String) {
    let mut line = Command::new(binary("sekisho"));
    line.args(["verify", "--lang", "en"]).arg(what.as_ref());
    line.arg("--key").arg(key).args(more);
    let Output {
        status,
        stdout,
        stderr,
    } = line.output().expect("sekisho runs");
    let told = [stdout, stderr].concat();
    (status.code(), String::from_utf8_lossy(&told).into_owned())
}
