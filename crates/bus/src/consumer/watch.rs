//! The source's head: what the broker lost at the end of the stream leaves no gap, and only the
//! source can tell.

use std::time::Duration;

use tokio::sync::mpsc;

use super::Active;
use crate::{Contradiction, SourceHead};

/// How often the source is asked how far it is.
const LOOK: Duration = Duration::from_secs(1);
/// The same while no broker brings news.
const PULL: Duration = Duration::from_millis(100);
/// How long the source may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

impl Active<'_> {
    /// Asks the source for its head and says up to where to fetch from it. Never returns by itself.
    pub(super) async fn watch(&self, heads: mpsc::Sender<u64>) {
        // The watermark at the last look: standing still behind the head means that the broker
        // lost some. At the first look, what was missed while nobody listened.
        let mut before = None;
        let mut told = false;
        loop {
            // Taken before asking, since the head may move while the answer is under way.
            let handled = self.handled();
            if let Ok(Ok(head)) =
                tokio::time::timeout(PATIENCE, self.consumer.upstream.head()).await
            {
                told = self.judge(&head, handled, told).await;
                let stands_still = before.is_none_or(|before| before == handled);
                if head.position > handled
                    && (stands_still || !self.is_flowing())
                    && heads.send(head.position).await.is_err()
                {
                    return;
                }
                before = Some(handled);
            }
            let look = if self.is_flowing() { LOOK } else { PULL };
            tokio::time::sleep(look).await;
        }
    }

    /// Shows how far the source is. Where that is behind what was handled, it was put back: the alarm
    /// stands for as long as it is, and the handler is told once. True when that has been done.
    async fn judge(&self, head: &SourceHead, handled: u64, told: bool) -> bool {
        let consumer = self.consumer;
        let (service, source, head) = (consumer.service(), consumer.source, head.position);
        let (lag, ahead) = (head.saturating_sub(handled), handled.saturating_sub(head));
        runtime::metrics::consumer().watermark(service, source, handled, lag);
        runtime::metrics::consumer().ahead(service, source, ahead);
        if ahead == 0 || told {
            return ahead > 0;
        }
        tracing::error!(
            source,
            head,
            handled,
            "the source's head went back: was it restored from an old copy?"
        );
        self.tell(Contradiction::HeadWentBack { head, handled })
            .await
    }
}
