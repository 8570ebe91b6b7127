//! A recorder that remembers, and can be made to wait or to fail.

use std::sync::{Arc, Mutex, PoisonError};

use kernel::Context;
use proto::common::v1::RequestRefused;
use rpc::{RecordError, RefusalRecorder};
use tokio::sync::{Semaphore, watch};

#[derive(Clone)]
pub(crate) struct Recorder {
    kept: Arc<Mutex<Vec<(Context, RequestRefused)>>>,
    begun: Arc<watch::Sender<usize>>,
    /// A permit is needed for each record.
    pub(crate) gate: Arc<Semaphore>,
    pub(crate) fails: Arc<std::sync::atomic::AtomicBool>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            kept: Arc::default(),
            begun: Arc::new(watch::Sender::new(0)),
            gate: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            fails: Arc::default(),
        }
    }
}

impl Recorder {
    /// What was recorded, and for whom.
    pub(crate) fn kept(&self) -> Vec<(Context, RequestRefused)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.clone()
    }

    /// Returns when recording has begun once.
    pub(crate) async fn begun(&self) {
        let mut begun = self.begun.subscribe();
        begun.wait_for(|n| *n > 0).await.expect("the sender lives");
    }
}

#[tonic::async_trait]
impl RefusalRecorder for Recorder {
    async fn record(&self, context: &Context, refused: RequestRefused) -> Result<(), RecordError> {
        self.begun.send_modify(|n| *n += 1);
        self.gate.acquire().await?.forget();
        if self.fails.load(std::sync::atomic::Ordering::SeqCst) {
            return Err("the disk is full".into());
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push((context.clone(), refused));
        Ok(())
    }
}
