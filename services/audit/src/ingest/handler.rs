//! The consumer of one source.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Delivery, Handler, Trouble};
use kernel::Clock;
use store::Unit;

use super::Intake;
use crate::growth::Growth;

/// Takes what the bus brings into the log. Never sends a record to quarantine: what cannot be read
/// is logged as bytes, what contradicts the log is kept aside here.
pub(crate) struct Ingest {
    source: &'static str,
    clock: Arc<dyn Clock>,
    growth: Growth,
}

impl Ingest {
    pub(crate) fn new(source: &'static str, clock: Arc<dyn Clock>, growth: Growth) -> Self {
        Self {
            source,
            clock,
            growth,
        }
    }
}

#[async_trait]
impl Handler for Ingest {
    async fn handle(&self, unit: &mut Unit, batch: &[Delivery]) -> Result<(), Trouble> {
        let intake = Intake {
            source: self.source,
            now: self.clock.now(),
        };
        intake.take(unit, batch).await?;
        Ok(())
    }

    fn committed(&self, _position: u64) {
        self.growth.tell();
    }

    /// The log has its own watermark of each source, and keeps what contradicts it as evidence.
    fn judges_history(&self) -> bool {
        true
    }
}
