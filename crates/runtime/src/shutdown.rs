//! Stopping in the right order: not serving, drain, servers, consumers, relays, the rest, and last
//! what they stood on. A second signal, or the limit of time, cuts it off.

use std::{future::Future, io, time::Duration};

use futures::stream::{BoxStream, StreamExt};
use tokio::signal::unix::{SignalKind, signal};

use crate::{Failure, Readiness, Stage, Tasks, config::Shutdown};

/// The requests to stop, as they come.
pub struct Signals(BoxStream<'static, ()>);

impl Signals {
    /// SIGTERM and SIGINT of this process.
    ///
    /// # Errors
    /// When the system refuses a handler.
    pub fn listen() -> io::Result<Self> {
        let handlers = (
            signal(SignalKind::terminate())?,
            signal(SignalKind::interrupt())?,
        );
        let stream = futures::stream::unfold(handlers, |(mut term, mut int)| async {
            tokio::select! {
                _ = term.recv() => {}
                _ = int.recv() => {}
            }
            Some(((), (term, int)))
        });
        Ok(Self(stream.boxed()))
    }

    /// Requests from elsewhere: tests, or a process that holds this one as a part.
    pub fn from_stream(stream: impl futures::Stream<Item = ()> + Send + 'static) -> Self {
        Self(stream.chain(futures::stream::pending()).boxed())
    }
}

/// Why a process ended other than by being asked to and doing it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// A task ended that should have gone on.
    #[error(transparent)]
    Failed(#[from] Failure),
    /// Told a second time to stop.
    #[error("stopped at once on a second signal, during {0:?}")]
    Twice(Stage),
    /// Stopping took longer than it may.
    #[error("stopping took longer than {} s, cut off during {stage:?}", limit.as_secs())]
    TooSlow {
        /// What was still running.
        stage: Stage,
        /// How long it may take.
        limit: Duration,
    },
}

/// Runs until a signal comes or a task fails, then stops everything in order.
///
/// # Errors
/// When a task failed, or stopping was cut off; the process then exits with failure.
pub async fn run_until_stopped(
    tasks: &Tasks,
    readiness: &Readiness,
    mut signals: Signals,
    times: &Shutdown,
) -> Result<(), Stopped> {
    let failure = tokio::select! {
        _ = signals.0.next() => None,
        failure = tasks.failed() => Some(failure),
    };
    tracing::info!(failed = failure.is_some(), "stopping");
    readiness.stop();

    let limit = Duration::from_secs(times.limit_seconds);
    let mut stage = Stage::Servers;
    let orderly = async {
        // After a failure there is nothing to be gained by waiting for balancers.
        if failure.is_none() {
            tokio::time::sleep(Duration::from_secs(times.drain_seconds)).await;
        }
        for next in Stage::ALL {
            stage = next;
            tasks.stage(next).stop_stage().await;
            tracing::debug!(?next, "stopped");
        }
    };
    let outcome = cut_off(orderly, signals.0.next(), limit).await;
    match (failure, outcome) {
        (Some(failure), _) => Err(failure.into()),
        (None, End::Done) => tasks.failure().map_or(Ok(()), |late| Err(late.into())),
        (None, End::Signal) => Err(Stopped::Twice(stage)),
        (None, End::Time) => Err(Stopped::TooSlow { stage, limit }),
    }
}

enum End {
    Done,
    Signal,
    Time,
}

async fn cut_off(
    work: impl Future<Output = ()>,
    signal: impl Future<Output = Option<()>>,
    limit: Duration,
) -> End {
    tokio::select! {
        () = work => End::Done,
        _ = signal => End::Signal,
        () = tokio::time::sleep(limit) => End::Time,
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::stream;
    use tokio::sync::mpsc;

    use super::*;

    fn times() -> Shutdown {
        Shutdown {
            drain_seconds: 2,
            limit_seconds: 10,
        }
    }

    fn stubborn(tasks: &Tasks) {
        tasks.stage(Stage::Relays).spawn("stubborn", async {
            std::future::pending::<Result<(), Infallible>>().await
        });
    }

    #[tokio::test(start_paused = true)]
    async fn a_signal_makes_it_not_ready_then_stops_all_tasks() {
        let tasks = Tasks::default();
        let readiness = Readiness::default();
        let token = tasks.shutdown_token();
        let seen = readiness.clone();
        tasks.spawn("worker", async move {
            token.cancelled().await;
            if seen.is_ready() {
                return Err("still ready while stopping");
            }
            Ok(())
        });
        let signals = Signals::from_stream(stream::iter([()]));
        let end = run_until_stopped(&tasks, &readiness, signals, &times()).await;
        assert_eq!(end, Ok(()));
        assert!(!readiness.is_ready());
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_task_stops_the_process_with_failure() {
        let tasks = Tasks::default();
        tasks.spawn("broken", async { Err("no disk") });
        let signals = Signals::from_stream(stream::empty());
        let end = run_until_stopped(&tasks, &Readiness::default(), signals, &times()).await;
        assert!(matches!(end, Err(Stopped::Failed(f)) if f.task == "broken"));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_stop_in_time_is_cut_off_and_named() {
        let tasks = Tasks::default();
        stubborn(&tasks);
        let signals = Signals::from_stream(stream::iter([()]));
        let end = run_until_stopped(&tasks, &Readiness::default(), signals, &times()).await;
        assert_eq!(
            end,
            Err(Stopped::TooSlow {
                stage: Stage::Relays,
                limit: Duration::from_secs(10)
            })
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_signal_ends_it_at_once() {
        let tasks = Tasks::default();
        stubborn(&tasks);
        let (send, mut receive) = mpsc::unbounded_channel();
        let signals = Signals::from_stream(stream::poll_fn(move |cx| receive.poll_recv(cx)));
        send.send(()).expect("heard");
        let second = tasks.stage(Stage::Consumers).shutdown_token();
        tasks.spawn_brief("impatient", async move {
            second.cancelled().await;
            send.send(()).expect("heard");
            std::future::pending::<()>().await;
        });
        let end = run_until_stopped(&tasks, &Readiness::default(), signals, &times()).await;
        assert!(
            matches!(end, Err(Stopped::Twice(Stage::Consumers | Stage::Relays))),
            "{end:?}"
        );
    }
}
