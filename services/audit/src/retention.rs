//! Pruning: what records say is dropped when its period is over and nothing holds it; hashes stay.
//!
//! A plan looks at a bounded part of the log and changes nothing. Pruning makes the same plan again,
//! while nothing else enters the log, and drops what it says only if it is the plan that was decided on.

use std::{collections::BTreeMap, sync::Arc};

use audit_domain::{About, Hold, Keeping, record_hash, young_since};
use jiff::Timestamp;
use kernel::{Actor, Clock, Context};
use sea_orm::Order;
use standard::Pack;
use store::{Failure, Store};

use crate::{
    index::{What, term},
    known::Known,
    library::Library,
    publish,
    refused::Refused,
    store::{
        index,
        leaf::Leaf,
        prune,
        search::{Filter, Page, Part},
        tree::Growing,
    },
};

/// Records one pruning drops at most.
const MOST: usize = 2_000;
/// Records one plan looks at, at most.
const LOOKED_AT: usize = 20_000;
/// Records read at once.
const BATCH: u64 = 500;

/// Plans and prunes.
#[derive(Clone)]
pub(crate) struct Retention {
    pub(crate) store: Store,
    pub(crate) library: Library,
    pub(crate) pack: Arc<Pack>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What is to be dropped of a part of the log.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// Places in the log, and of which terms their entries are to go.
    due: Vec<Leaf>,
    /// How many of each kind.
    pub(crate) by_kind: BTreeMap<String, u64>,
    /// How many are over but held, by incident.
    pub(crate) held: BTreeMap<String, u64>,
    /// Where the next plan goes on.
    pub(crate) next: Option<u64>,
}

type Answer<T> = Result<T, Failure<Refused>>;

impl Plan {
    /// How many records would be dropped.
    pub(crate) fn count(&self) -> u64 {
        self.due.len() as u64
    }

    /// SHA-256 over the places, in hexadecimal digits.
    pub(crate) fn digest(&self) -> String {
        let places = self.due.iter().flat_map(|leaf| leaf.index.to_be_bytes());
        let hash = record_hash(&places.collect::<Vec<_>>());
        hash.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Retention {
    /// The instant asked for, if it is not to come; now, if none is.
    pub(crate) fn as_of(&self, asked: Option<Timestamp>) -> Answer<Timestamp> {
        let now = self.clock.now();
        match asked {
            Some(at) if at > now => Err(Failure::Refused(Refused::PruningToCome)),
            Some(at) => Ok(at),
            None => Ok(now),
        }
    }

    /// Holds in force.
    pub(crate) async fn holds(&self) -> Answer<Vec<Hold>> {
        let known = self.library.terms().newest_city().await?;
        Ok(known.holds.values().cloned().collect())
    }

    /// What pruning would drop.
    pub(crate) async fn plan(&self, as_of: Timestamp, from: u64) -> Answer<Plan> {
        let known = self.library.terms().newest_city().await?;
        let (db, backend) = (self.library.read(), self.library.backend());
        let mut kinds = Vec::new();
        for kept in self.pack.kept() {
            kinds.extend(index::kinds(db, backend, &kept.records).await?);
        }
        let filter = Filter {
            any: Some(kinds.iter().map(|kind| term::kind(kind)).collect()),
            to: Some(young_since(&self.pack, as_of)),
            ..Filter::default()
        };
        let mut part = Part {
            range: from..index::size(db, backend).await?,
            order: Order::Asc,
            limit: BATCH,
        };
        let holds: Vec<Hold> = known.holds.values().cloned().collect();
        let (mut plan, mut looked_at) = (Plan::default(), 0);
        loop {
            let page = self.library.search().page(&filter, part.clone()).await?;
            let Page { leaves, rest } = page;
            for leaf in leaves {
                if plan.due.len() == MOST || looked_at == LOOKED_AT {
                    plan.next = Some(leaf.index);
                    return Ok(plan);
                }
                looked_at += 1;
                self.judge(&mut plan, leaf, &known, &holds, as_of);
            }
            if rest.is_empty() {
                return Ok(plan);
            }
            part.range = rest;
        }
    }

    fn judge(&self, plan: &mut Plan, leaf: Leaf, known: &Known, holds: &[Hold], as_of: Timestamp) {
        let Some(said) = leaf.said() else { return };
        let mut about = About::default();
        for (what, id) in self.library.terms().names(&said) {
            match what {
                What::Person => about.people.insert(id),
                What::System => about.systems.insert(id),
                What::Incident => about.incidents.insert(id),
                What::Section | What::Bureau => continue,
            };
        }
        if let Actor::Person { id, .. } = &said.actor {
            about.people.insert(id.to_string());
        }
        let important = known.is_important(&about.systems);
        let (kind, time) = (&said.kind, said.time);
        match Keeping::of(kind, time, important, &about, holds, &self.pack, as_of) {
            Keeping::Over => {
                *plan.by_kind.entry(said.kind).or_default() += 1;
                plan.due.push(leaf);
            }
            Keeping::Held(incident) => *plan.held.entry(incident).or_default() += 1,
            Keeping::ForGood | Keeping::Until(_) => {}
        }
    }

    /// Drops what the plan says that was decided on; returns how many records.
    pub(crate) async fn prune(
        &self,
        context: Context,
        as_of: Timestamp,
        from: u64,
        decided: &str,
    ) -> Answer<u64> {
        let mut unit = self.store.unit(context).await?;
        let backend = unit.backend();
        // From here on no record enters the log, and so no hold is placed.
        Growing::lock(unit.tx(), backend).await?;
        let plan = self.plan(as_of, from).await?;
        if plan.digest() != decided {
            return Err(Failure::Refused(Refused::PruningPlanChanged));
        }
        if plan.due.is_empty() {
            return Ok(0);
        }
        let city = self.library.terms().city();
        for leaf in &plan.due {
            let said = leaf.said();
            let terms = self.library.terms().of(&city, &leaf.source, said.as_ref());
            prune::leaf(unit.tx(), backend, leaf).await?;
            index::remove(unit.tx(), backend, leaf.index, &terms).await?;
        }
        let places = plan.due.iter().map(|leaf| leaf.index);
        let pruned = publish::pruned(places, as_of, decided);
        unit.record(publish::LOG, "pruned", pruned);
        unit.commit().await?;
        Ok(plan.count())
    }
}

#[cfg(test)]
mod tests;
