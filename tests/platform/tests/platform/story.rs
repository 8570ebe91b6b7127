//! A day of the city, played against each shape of the platform.

use crate::harness::Platform;

/// The exception of the story lasts as short as it may, so that nobody waits for its end.
const STORY: [&str; 2] = ["--exception-seconds", "3"];

#[tokio::test]
async fn story_on_sqlite_in_one_process() {
    let platform = Platform::embedded(&[]).await;
    for _ in 0..2 {
        platform.sekisho(&["story"], &STORY).await;
    }
}
