//! The plainest handler: what was said becomes facts.

use std::sync::Arc;

use async_trait::async_trait;
use proto::record::Record;
use store::{
    Unit,
    facts::{self, Change, FactSet, Snapshot},
};

use crate::{RecordHandler, Trouble};

/// Turns the records of a source into facts by a pure function and wakes the snapshot.
pub struct Learn<T> {
    changes: fn(&Record) -> Result<Vec<Change>, Trouble>,
    snapshot: Arc<Snapshot<T>>,
}

impl<T> Learn<T> {
    /// `changes` says what a record teaches; nothing for one of no interest.
    pub fn new(
        changes: fn(&Record) -> Result<Vec<Change>, Trouble>,
        snapshot: Arc<Snapshot<T>>,
    ) -> Self {
        Self { changes, snapshot }
    }
}

#[async_trait]
impl<T: FactSet> RecordHandler for Learn<T> {
    async fn handle(&self, unit: &mut Unit, record: &Record) -> Result<(), Trouble> {
        let changes = (self.changes)(record)?;
        let backend = unit.backend();
        facts::put(unit.tx(), backend, &record.source, record.position, changes).await?;
        Ok(())
    }

    fn committed(&self, _position: u64) {
        self.snapshot.wake();
    }
}

/// Bytes that are not the event their type says can never be handled.
impl From<proto::DecodeError> for Trouble {
    fn from(error: proto::DecodeError) -> Self {
        Self::Record(format!("the event cannot be decoded: {error}"))
    }
}
