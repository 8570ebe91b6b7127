//! Waiting for something to become so, instead of sleeping and hoping.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// Longer than anything should take on a busy machine; reached only by a failing test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);
pub(crate) const LOOK: Duration = Duration::from_millis(5);

/// The value, as soon as `look` finds it.
///
/// # Panics
/// When it has not been found after two minutes, naming `what` was waited for.
pub async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        sleep(LOOK).await;
    }
}

/// The value, as soon as `look` succeeds; the last error is told when it never does.
///
/// # Panics
/// As [`eventually`].
pub async fn eventually_ok<T, E: std::fmt::Debug>(
    what: &str,
    look: impl AsyncFn() -> Result<T, E>,
) -> T {
    let start = Instant::now();
    loop {
        match look().await {
            Ok(found) => return found,
            Err(error) => {
                assert!(
                    start.elapsed() < PATIENCE,
                    "waited in vain: {what}: {error:?}"
                );
            }
        }
        sleep(LOOK).await;
    }
}
