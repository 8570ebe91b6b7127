//! A day of the city, played against each shape of the platform by `sekisho story`: every step it
//! tells is compared with what the standard expects, and the first difference ends it with 1.

use standard::ServiceName;

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
    for _ in 0..2 {
        platform.sekisho(&["story"], &STORY).await;
    }
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
