//! Where a source's story and the log's part: its other records are kept as evidence.

use audit_domain::{Hash, Suspicion, record_hash};
use bus::Upstream;
use proto::record::source_uri;
use sea_orm::DbErr;
use store::Lease;

use super::Heads;
use crate::{
    metrics, publish,
    store::{
        aside::{self, Aside},
        search,
        source::Source,
    },
};

/// Records compared in one go.
const BATCH: u64 = 500;
/// Records compared in all: evidence, not a copy of the source.
const MOST: u64 = 20_000;

/// A record that the source now tells otherwise, and the hash of the one the log holds.
struct Other {
    position: u64,
    held: Hash,
    offered: Hash,
    record: Vec<u8>,
}

impl Heads {
    /// Goes back from a position that both have through what the source now says it told the log,
    /// until they agree, and keeps what differs. Returns the position when that is done.
    pub(super) async fn compare(
        &self,
        lease: &Lease,
        name: &'static str,
        upstream: &dyn Upstream,
        both: u64,
    ) -> Result<Option<u64>, DbErr> {
        let stop = both.saturating_sub(MOST);
        let mut last = both;
        let mut others = Vec::new();
        while last > stop {
            let from = last.saturating_sub(BATCH - 1).max(stop + 1);
            let Some(differ) = self.differences(name, upstream, from, last).await? else {
                return Ok(None);
            };
            let compared = last - from + 1;
            let all = differ.len() as u64 == compared;
            others.extend(differ);
            if !all {
                break;
            }
            last = from - 1;
        }
        let first = others.iter().min_by_key(|other| other.position);
        let Some(suspicion) = first.map(|first| Suspicion::Divergent {
            source_name: source_uri(name),
            position: first.position,
            held: first.held,
            offered: first.offered,
        }) else {
            return Ok(Some(both));
        };
        let now = self.clock.now();
        let Some(mut unit) = self.unit(lease, now).await? else {
            return Ok(None);
        };
        let backend = unit.backend();
        let mut row = Source::lock(unit.tx(), backend, name).await?;
        self.intake(name, now)
            .raise(&mut unit, &mut row, &suspicion, None);
        let finding = publish::finding(&suspicion);
        let evidence = others.into_iter().map(|other| Aside {
            position: other.position,
            hash: other.offered,
            record: other.record,
            finding,
        });
        let evidence: Vec<_> = evidence.collect();
        metrics::log().kept_aside(name, evidence.len() as u64);
        aside::put(unit.tx(), backend, name, evidence, now).await?;
        row.save(unit.tx(), backend, name).await?;
        unit.commit().await?;
        Ok(Some(both))
    }

    /// The records between two positions, both included, that are not what the log holds; none
    /// when the source cannot be read.
    async fn differences(
        &self,
        name: &'static str,
        upstream: &dyn Upstream,
        from: u64,
        last: u64,
    ) -> Result<Option<Vec<Other>>, DbErr> {
        let limit = u32::try_from(last - from + 1).unwrap_or(u32::MAX);
        let Ok(offered) = upstream.read(from, limit).await else {
            return Ok(None);
        };
        let held = search::hashes(self.store.database().read(), name, from..=last).await?;
        let others = (from..=last).zip(offered).filter_map(|(position, record)| {
            let (held, offered) = (held.get(&position)?, record_hash(&record));
            (offered != *held).then(|| Other {
                position,
                held: *held,
                offered,
                record: record.to_vec(),
            })
        });
        Ok(Some(others.collect()))
    }
}
