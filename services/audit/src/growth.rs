//! Word, inside the process, that the log has grown.

use tokio::sync::watch;

/// Shared by those who append and those who wait. What other replicas append is found by looking.
#[derive(Debug, Clone)]
pub(crate) struct Growth(watch::Sender<()>);

impl Default for Growth {
    fn default() -> Self {
        Self(watch::Sender::new(()))
    }
}

impl Growth {
    /// Something was committed.
    pub(crate) fn tell(&self) {
        self.0.send_replace(());
    }

    /// From now on.
    pub(crate) fn listen(&self) -> watch::Receiver<()> {
        self.0.subscribe()
    }
}
