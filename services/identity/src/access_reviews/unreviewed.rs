//! Systems that should be reviewed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::SystemId;
use sea_orm::DbErr;
use standard::Period;

use crate::{identity::Identity, store::last_reviews};

impl Identity {
    /// Systems in service whose last review began longer ago than the pack's period, with that
    /// instant; none = never reviewed.
    pub(crate) async fn unreviewed_systems(
        &self,
    ) -> Result<BTreeMap<SystemId, Option<Timestamp>>, DbErr> {
        let reviewed = last_reviews(self.store.database().read()).await?;
        let reviewed: BTreeMap<String, Timestamp> = reviewed.into_iter().collect();
        let (pack, now) = (&self.runtime.pack, self.now());
        let period = pack.period(Period::Periodically);
        let directory = self.directory.get();
        let in_service = directory.systems().filter(|(_, system)| !system.retired);
        let found = in_service.filter_map(|(id, _)| {
            let began = reviewed.get(id.as_str()).copied();
            let overdue = began.is_none_or(|began| period.end(began, pack.calendar()) <= now);
            overdue.then(|| (id.clone(), began))
        });
        Ok(found.collect())
    }
}
