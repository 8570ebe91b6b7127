//! Shows the rules what has entered the log, a batch at a time, and keeps what follows.
//!
//! Where the rules are in the log, what they remember and what they raise share a transaction. It locks the
//! row that says where they are: of two replicas that looked at the same records, the later finds them
//! seen and does nothing.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use audit_domain::analysis::{Analyst, Raised, Rules, Seen};
use bus::Delivery;
use kernel::{Actor, Clock, Context};
use proto::record::Record;
use runtime::CancellationToken;
use sea_orm::DbErr;
use standard::Pack;
use store::{Store, Unit};

use super::{metrics, observe, publish};
use crate::{
    growth::Growth,
    store::{
        analysis::{self, Progress},
        search,
        tree::Growing,
    },
};

/// Under whose name suspicions are raised.
const SERVICE: &str = "audit";
/// Records that share a transaction.
const BATCH: u64 = 500;
/// How often the log is looked at when nobody says that it has grown, and after trouble.
const TICK: Duration = Duration::from_secs(1);
/// A batch that is not full waits this long for more, so that a trickle is not a commit each.
const GATHER: Duration = Duration::from_millis(50);

/// See the module.
#[derive(Clone)]
pub(crate) struct Looker {
    pub(crate) store: Store,
    pub(crate) pack: Arc<Pack>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) growth: Growth,
}

impl Looker {
    /// Runs until told to stop.
    pub(crate) async fn run(self, stop: CancellationToken) -> Result<(), DbErr> {
        metrics::begin(self.pack.analysis());
        let mut grown = self.growth.listen();
        let work = async {
            loop {
                grown.mark_unchanged();
                match self.step().await {
                    Ok(BATCH) => {}
                    Ok(_) => {
                        let _ = tokio::time::timeout(TICK, grown.changed()).await;
                        tokio::time::sleep(GATHER).await;
                    }
                    Err(error) => {
                        tracing::warn!(%error, "analysis waits");
                        tokio::time::sleep(TICK).await;
                    }
                }
            }
        };
        stop.run_until_cancelled(work).await;
        Ok(())
    }

    /// Shows the rules the next records and says how many there were.
    pub(crate) async fn step(&self) -> Result<u64, DbErr> {
        let database = self.store.database();
        let (db, backend) = (database.read(), database.backend());
        let begin = Progress::read(db, backend).await?;
        let size = Growing::read(db, backend).await?.tree.size();
        let range = begin.size..size.min(begin.size + BATCH);
        let leaves = search::range(db, range, BATCH).await?;
        metrics::lag(size.saturating_sub(begin.size + leaves.len() as u64));
        let Some(last) = leaves.last() else {
            return Ok(0);
        };
        let (end, count) = (last.index + 1, leaves.len() as u64);
        let read: Vec<_> = leaves.iter().filter_map(observe::seen).collect();

        let mut unit = self.store.unit(self.context()).await?;
        let mut progress = Progress::lock(unit.tx(), backend).await?;
        if progress.size != begin.size {
            unit.abandon().await?;
            return Ok(0);
        }
        let mut analyst = Analyst::new(progress.at);
        let raised = self.see(&mut unit, &mut analyst, &read).await?;
        progress.size = end;
        progress.at = analyst.now();
        progress.save(unit.tx(), backend).await?;
        analysis::forget(unit.tx(), backend, progress.at).await?;
        unit.commit().await?;
        raised.iter().for_each(metrics::raised);
        Ok(count)
    }

    async fn see(
        &self,
        unit: &mut Unit,
        analyst: &mut Analyst,
        read: &[(Seen, Record)],
    ) -> Result<Vec<Raised>, DbErr> {
        let backend = unit.backend();
        let rules = Rules {
            rules: self.pack.analysis(),
            calendar: self.pack.calendar(),
        };
        let keys: BTreeSet<_> = read
            .iter()
            .flat_map(|(seen, _)| rules.concerned(seen))
            .collect();
        for (key, watch) in analysis::watches(unit.tx(), backend, keys).await? {
            analyst.recall(key, watch);
        }
        let mut all = Vec::new();
        for (seen, record) in read {
            for raised in analyst.see(&rules, seen) {
                let (rule, index) = (raised.key.rule.as_str(), seen.index);
                tracing::warn!(rule, index, "a suspicion of misuse");
                unit.set_context(Delivery::context(record, SERVICE, self.clock.now()));
                let version = self.pack.edition();
                let outgoing = publish::raised(raised.clone(), version);
                unit.record(publish::SUSPICION, &raised.key.subject, outgoing);
                all.push(raised);
            }
        }
        analysis::keep(unit.tx(), backend, analyst.changed()).await?;
        analysis::count(unit.tx(), backend, &all).await?;
        Ok(all)
    }

    pub(super) fn context(&self) -> Context {
        let actor = Actor::Service(SERVICE.to_owned());
        Context::new(actor, self.clock.now(), runtime::new_id().to_string())
    }
}
