//! A day of the city, played against each shape of the platform by `sekisho story`: every step it
//! tells is compared with what the standard expects, and the first difference ends it with 1.

use std::process::Stdio;

use standard::ServiceName;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::harness::Platform;

/// The exception of the story lasts as short as it may, so that nobody waits for its end.
const STORY: [&str; 2] = ["--exception-seconds", "3"];

#[tokio::test]
async fn story_on_sqlite_in_one_process() {
    let platform = Platform::embedded(&[]).await;
    // The demo city is entered over gRPC, so by then it serves already.
    platform
        .said(ServiceName::Identity, "Sekisho is serving")
        .await;
    cut_off_at(&platform, "[SystemSuspended]").await;
    let told = platform.sekisho(&["story"], &STORY).await;
    let left = "left unfinished (incidents: 1, emergency exceptions: 0)";
    assert!(told.contains(left), "{told}");
    let told = platform.sekisho(&["story"], &STORY).await;
    assert!(!told.contains("left unfinished"), "{told}");
}

/// kill -9 of a playing that has just told these words in one line.
async fn cut_off_at(platform: &Platform, words: &str) {
    let mut line = platform.command(&["story"], &STORY);
    let mut playing = line.stdout(Stdio::piped()).spawn().expect("sekisho runs");
    let told = playing.stdout.take().expect("its words");
    let mut told = BufReader::new(told).lines();
    while let Some(line) = told.next_line().await.expect("a line") {
        if line.contains(words) {
            playing.kill().await.expect("killed");
            return;
        }
    }
    panic!("the story never told {words:?}");
}

#[tokio::test]
async fn story_on_postgresql_with_separate_processes() {
    let platform = Platform::cluster(None).await;
    let secret = platform.path("identity").join("bootstrap-secret");
    let secret = secret.to_str().expect("a path of plain characters");
    platform
        .sekisho(&["demo"], &["--bootstrap-secret", secret])
        .await;
    platform.sekisho(&["story"], &STORY).await;
}
