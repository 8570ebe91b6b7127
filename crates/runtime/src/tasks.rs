//! Background work: started only here, counted, named, and stopped in stages.
//!
//! A task runs until its stage is told to stop. One that ends before that, well or badly, is a
//! hole in the service that nobody would notice, so it fails the whole process with its name.

use std::{any::Any, fmt, future::Future, panic::AssertUnwindSafe, sync::Arc};

use futures::FutureExt;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The stages of stopping, in the order in which they are told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Servers: stop accepting, finish the requests that are in.
    Servers,
    /// Consumers: finish the batch in hand.
    Consumers,
    /// Relays: publish what is committed.
    Relays,
    /// Everything else.
    Background,
    /// What all of it stood on: databases, a broker of the process's own, telemetry.
    Foundations,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 5] = [
        Self::Servers,
        Self::Consumers,
        Self::Relays,
        Self::Background,
        Self::Foundations,
    ];
}

/// Why the process must stop: a task ended that should have gone on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("task {task} {reason}")]
pub struct Failure {
    /// The task's name.
    pub task: String,
    /// What became of it.
    pub reason: String,
}

#[derive(Debug, Default)]
struct Lane {
    tracker: TaskTracker,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Inner {
    lanes: [Lane; 5],
    failure: watch::Sender<Option<Failure>>,
}

/// A handle that starts tasks in one stage; clones and other stages share the same process.
#[derive(Debug, Clone)]
pub struct Tasks {
    inner: Arc<Inner>,
    stage: Stage,
}

impl Default for Tasks {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                lanes: Default::default(),
                failure: watch::Sender::new(None),
            }),
            stage: Stage::Background,
        }
    }
}

impl Tasks {
    /// The same tasks, for work that belongs to another stage.
    #[must_use]
    pub fn stage(&self, stage: Stage) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            stage,
        }
    }

    /// Starts work that goes on until [`Tasks::shutdown_token`] is cancelled. If it ends before,
    /// with `Ok`, `Err` or a panic, the process fails.
    pub fn spawn<F, E>(&self, name: impl Into<String>, work: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display + Send,
    {
        let name = name.into();
        let tasks = self.clone();
        self.start(async move {
            let outcome = AssertUnwindSafe(work).catch_unwind().await;
            let stopping = tasks.lane().stop.is_cancelled();
            match outcome {
                Ok(Ok(())) if stopping => {}
                Ok(Ok(())) => tasks.fail(name, "ended early".to_owned()),
                Ok(Err(error)) if stopping => {
                    tracing::warn!(task = name, %error, "a task failed while stopping");
                }
                Ok(Err(error)) => tasks.fail(name, format!("failed: {error}")),
                Err(panic) => tasks.fail(name, format!("panicked: {}", words(&panic))),
            }
        });
    }

    /// Starts work with an end of its own. Stopping waits for it; a panic fails the process.
    pub fn spawn_brief<F>(&self, name: impl Into<String>, work: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let name = name.into();
        let tasks = self.clone();
        self.start(async move {
            if let Err(panic) = AssertUnwindSafe(work).catch_unwind().await {
                tasks.fail(name, format!("panicked: {}", words(&panic)));
            }
        });
    }

    /// Cancelled when the work of this handle's stage is to stop.
    pub fn shutdown_token(&self) -> CancellationToken {
        self.lane().stop.clone()
    }

    /// Returns when a task has failed, with the first that did.
    pub async fn failed(&self) -> Failure {
        let mut failure = self.inner.failure.subscribe();
        match failure.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(failure)) => failure.clone(),
            // The sender is held by `self`, so the wait cannot end without a failure.
            _ => std::future::pending().await,
        }
    }

    /// The first failure, if there was one.
    pub fn failure(&self) -> Option<Failure> {
        self.inner.failure.borrow().clone()
    }

    /// Does this when the process ends in order, after all that may still need what it takes away.
    pub fn at_the_end<F, E>(&self, name: impl Into<String>, last: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: fmt::Display + Send,
    {
        let tasks = self.stage(Stage::Foundations);
        let stop = tasks.shutdown_token();
        tasks.spawn(name, async move {
            stop.cancelled().await;
            last.await
        });
    }

    /// Tells this handle's stage to stop and waits until its work has.
    pub async fn stop_stage(&self) {
        let lane = self.lane();
        lane.stop.cancel();
        lane.tracker.close();
        lane.tracker.wait().await;
    }

    /// Stops every stage in order, without limit of time: for tests and short-lived tools.
    pub async fn stop(&self) {
        for stage in Stage::ALL {
            self.stage(stage).stop_stage().await;
        }
    }

    fn lane(&self) -> &Lane {
        &self.inner.lanes[self.stage as usize]
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that starts tasks")]
    fn start(&self, work: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(self.lane().tracker.track_future(work));
    }

    fn fail(&self, task: String, reason: String) {
        tracing::error!(task, reason, "a task ended that should have gone on");
        self.inner.failure.send_if_modified(|failure| {
            let first = failure.is_none();
            failure.get_or_insert(Failure { task, reason });
            first
        });
    }
}

fn words(panic: &Box<dyn Any + Send>) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("without a message")
}

#[cfg(test)]
mod tests;
