//! The consumer's handler that teaches the decisions.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{RecordHandler, Trouble};
use proto::record::Record;
use store::{Unit, facts::Snapshot};

use super::{AccessFacts, learn};

/// Learns from each record what decisions must know. Where another part of identity handles the
/// same source, its handler calls this one: there is one consumer per source.
pub struct Learning(pub(super) Arc<Snapshot<AccessFacts>>);

#[async_trait]
impl RecordHandler for Learning {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        learn(unit, record).await
    }

    fn committed(&self, _position: u64) {
        self.0.wake();
    }
}
