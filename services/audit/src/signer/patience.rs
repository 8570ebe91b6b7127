//! Waiting for whoever holds the key. Nothing else waits with it: records come in, and what was signed
//! before is shown; only the newest records have no checkpoint yet.

use std::time::Duration;

use super::{EVERY, Trouble};
use crate::metrics;

/// Longest until one that did not sign is asked again.
const LONGEST: Duration = Duration::from_secs(15);

/// How long it has been away, and why, as far as that was told.
#[derive(Debug)]
pub(super) struct Patience {
    wait: Duration,
    known: Option<&'static str>,
}

impl Patience {
    /// It is there, as far as is known.
    pub(super) fn new() -> Self {
        Self {
            wait: EVERY,
            known: None,
        }
    }

    /// What was done. None if the key's holder was in the way: when this returns, it is time to ask again,
    /// each time later than the last.
    pub(super) async fn after<T>(
        &mut self,
        done: Result<T, Trouble>,
    ) -> Result<Option<T>, Trouble> {
        let why = match done {
            Err(Trouble::Unsigned(why)) => why,
            done => {
                let done = done?;
                if self.known.is_some() {
                    tracing::warn!("the signer signs again");
                }
                *self = Self::new();
                return Ok(Some(done));
            }
        };
        let reason = why.word();
        metrics::log().unsigned(reason);
        if self.known.replace(reason) != Some(reason) {
            tracing::error!(reason, "checkpoints wait for the signer: {why}");
        }
        tokio::time::sleep(self.wait).await;
        self.wait = LONGEST.min(self.wait * 2);
        Ok(None)
    }
}
