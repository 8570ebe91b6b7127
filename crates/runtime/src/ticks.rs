//! Work by the clock: at once, and then every so often until it is to stop.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

/// Counts out the looks of a task.
///
/// ```no_run
/// # async fn run(stop: runtime::CancellationToken) {
/// let mut ticks = runtime::Ticks::every(std::time::Duration::from_secs(1), stop);
/// while ticks.next().await {
///     // Look at what is due. A look that takes longer puts off the next, and makes none up.
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Ticks {
    interval: Interval,
    stop: CancellationToken,
}

impl Ticks {
    /// The first look is at once; from its end or from the span, whichever is later, the next.
    pub fn every(span: Duration, stop: CancellationToken) -> Self {
        let mut interval = interval(span);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, stop }
    }

    /// Waits for the next look; false when there is to be none, because work stops.
    pub async fn next(&mut self) -> bool {
        tokio::select! {
            biased;
            () = self.stop.cancelled() => false,
            _ = self.interval.tick() => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_look_is_at_once_then_each_span_and_none_after_the_stop() {
        let (stop, span) = (CancellationToken::new(), Duration::from_secs(10));
        let began = tokio::time::Instant::now();
        let mut ticks = Ticks::every(span, stop.clone());
        assert!(ticks.next().await && began.elapsed() < span);
        assert!(ticks.next().await && began.elapsed() >= span);
        // A long look puts off the next one and is not made up for.
        tokio::time::advance(span * 3).await;
        assert!(ticks.next().await);
        let late = began.elapsed();
        assert!(ticks.next().await && began.elapsed() >= late + span);
        stop.cancel();
        assert!(!ticks.next().await);
    }
}
