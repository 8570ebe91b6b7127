//! Takes a source in again that goes on from the record the log holds last.

use bus::{Delivery, SourceHead, Upstream};
use sea_orm::DbErr;
use store::{Lease, watermark};

use super::{Heads, settle};
use crate::store::{
    aside,
    source::{self, Source},
};

/// Records taken in one transaction.
const BATCH: u32 = 500;

impl Heads {
    /// Asks the source for what follows the log's last record of it. What continues the chain
    /// enters; when that is all there is, what was found is settled.
    pub(super) async fn resume(
        &self,
        lease: &Lease,
        name: &'static str,
        upstream: &dyn Upstream,
        head: &SourceHead,
    ) -> Result<(), DbErr> {
        loop {
            let known = source::get(self.store.database().read(), self.backend(), name).await?;
            let logged = known.watermark;
            if head.position < logged.position {
                return Ok(());
            }
            let Ok(records) = upstream.read(logged.position + 1, BATCH).await else {
                return Ok(());
            };
            let nothing_new = records.is_empty();
            if nothing_new && head.hash != logged.hash && logged.position > 0 {
                return Ok(());
            }
            let batch: Vec<_> = (logged.position + 1..)
                .zip(records)
                .map(|(position, bytes)| Delivery::new(position, bytes))
                .collect();
            let now = self.clock.now();
            let Some(mut unit) = self.unit(lease, now).await? else {
                return Ok(());
            };
            let taken = self.intake(name, now).take(&mut unit, &batch).await?;
            if taken.appended == 0 && !nothing_new {
                unit.abandon().await?;
                return Ok(());
            }
            let backend = unit.backend();
            let handled = watermark::get(unit.tx(), backend, name).await?.position;
            let done = taken.source.watermark.position >= handled;
            if done {
                let mut row: Source = taken.source;
                settle(&mut unit, &mut row, name, now);
                row.save(unit.tx(), backend, name).await?;
                aside::drop_logged(unit.tx(), backend, name).await?;
            }
            unit.commit().await?;
            self.growth.tell();
            if done || nothing_new {
                return Ok(());
            }
        }
    }
}
