//! One batch of one source: judged, appended, kept aside.

use audit_domain::{Hash, Incoming, Leaf as TreeLeaf, Suspicion, Verdict, record_hash};
use bus::Delivery;
use jiff::Timestamp;
use proto::record::{Record, source_uri};
use sea_orm::DbErr;
use store::{
    Unit,
    facts::{self, Change},
    fault,
};

use super::place::Place;
use crate::{
    known::changes,
    metrics, publish,
    store::{
        aside::{self, Aside},
        leaf::{self, Leaf},
        source::Source,
        tree::Growing,
    },
};

/// Under whose name consequences are done.
const SERVICE: &str = "audit";

/// Takes records of one source into the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Intake {
    /// The source, for example `ledger`.
    pub(crate) source: &'static str,
    /// When it is.
    pub(crate) now: Timestamp,
}

/// What became of a batch.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The source's row after it, locked by the unit.
    pub(crate) source: Source,
    /// Records that entered the log.
    pub(crate) appended: usize,
}

/// What is gathered from a batch before anything is written.
#[derive(Default)]
struct Gathered {
    leaves: Vec<Leaf>,
    hashes: Vec<Hash>,
    aside: Vec<Aside>,
    learned: Vec<(u64, Vec<Change>)>,
}

impl Intake {
    /// Takes in consecutive records. Effects are in the unit; nothing of them is seen before it is
    /// committed.
    pub(crate) async fn take(&self, unit: &mut Unit, batch: &[Delivery]) -> Result<Taken, DbErr> {
        let backend = unit.backend();
        let mut growing = Growing::lock(unit.tx(), backend).await?;
        let mut source = Source::lock(unit.tx(), backend, self.source).await?;
        let before = source.clone();
        let own = unit.context().clone();
        let logged_at = self.logged_at(unit).await?;
        let mut gathered = Gathered::default();
        for delivery in batch {
            let index = growing.tree.size() + gathered.leaves.len() as u64;
            match self.judge(unit, &source, delivery).await? {
                Verdict::Append(watermark) => {
                    source.watermark = watermark;
                    self.gather(&mut gathered, delivery, index, logged_at);
                }
                Verdict::AlreadyHave => {}
                // The bus brings records one after the other: behind a gap is a source that
                // diverged before it. Its records wait aside until it goes on where the log stands.
                Verdict::Gap { .. } => gathered.aside.push(self.aside(delivery, "gap")),
                Verdict::Suspect(suspicion) => {
                    let finding = publish::finding(&suspicion);
                    gathered.aside.push(self.aside(delivery, finding));
                    self.raise(unit, &mut source, &suspicion, delivery.record.as_ref().ok());
                }
            }
        }
        let appended = gathered.leaves.len();
        unit.set_context(own);
        let tx = unit.tx();
        growing.append(tx, backend, gathered.hashes).await?;
        fault::point("ingest");
        leaf::append(tx, backend, gathered.leaves).await?;
        for (position, learned) in gathered.learned {
            facts::put(tx, backend, self.source, position, learned).await?;
        }
        if !gathered.aside.is_empty() {
            metrics::log().kept_aside(self.source, gathered.aside.len() as u64);
            aside::put(tx, backend, self.source, gathered.aside, self.now).await?;
        }
        if source != before {
            source.save(tx, backend, self.source).await?;
        }
        Ok(Taken { source, appended })
    }

    /// When the next leaves are taken in: now, or where the clock was set back, when the one before them
    /// was. What a row says of that can so be held against its neighbours (`signer`).
    async fn logged_at(&self, unit: &Unit) -> Result<Timestamp, DbErr> {
        let before = leaf::newest_logged(unit.tx(), unit.backend()).await?;
        Ok(before.map_or(self.now, |before| before.max(self.now)))
    }

    /// May it enter? The record's own word on its place must be that of the bus; one without a
    /// place is taken under the one it came with, and its successor vouches for it.
    async fn judge(
        &self,
        unit: &Unit,
        source: &Source,
        delivery: &Delivery,
    ) -> Result<Verdict, DbErr> {
        let uri = source_uri(self.source);
        let watermark = &source.watermark;
        let place = Place::read(&delivery.bytes);
        if let Some(place) = &place
            && (place.source != uri || place.position != delivery.position)
        {
            return Ok(Verdict::Suspect(Suspicion::Misplaced {
                source_name: uri,
                position: delivery.position,
                named_source: place.source.chars().take(100).collect(),
                named_position: place.position,
            }));
        }
        let held = if delivery.position < watermark.position {
            leaf::held(unit.tx(), unit.backend(), self.source, delivery.position).await?
        } else {
            None
        };
        let incoming = Incoming {
            source: &uri,
            position: delivery.position,
            prev_hash: place.map_or(watermark.hash, |place| place.previous),
            record: &delivery.bytes,
        };
        Ok(watermark.judge(&incoming, held))
    }

    fn gather(&self, to: &mut Gathered, delivery: &Delivery, index: u64, logged_at: Timestamp) {
        to.hashes.push(TreeLeaf::of(&delivery.bytes).hash());
        match &delivery.record {
            Ok(record) => {
                to.learned.push((delivery.position, changes(record)));
            }
            Err(error) => {
                let position = delivery.position;
                tracing::error!(source = self.source, position, %error, "logged as mere bytes");
                metrics::log().unreadable(self.source);
            }
        }
        to.leaves.push(Leaf {
            index,
            source: self.source.to_owned(),
            position: delivery.position,
            logged_at,
            record: delivery.bytes.to_vec(),
            pruned: None,
        });
    }

    fn aside(&self, delivery: &Delivery, finding: &'static str) -> Aside {
        Aside {
            position: delivery.position,
            hash: record_hash(&delivery.bytes),
            record: delivery.bytes.to_vec(),
            finding,
        }
    }

    /// Raises a suspicion against the source, once for each finding until it is settled.
    pub(crate) fn raise(
        &self,
        unit: &mut Unit,
        source: &mut Source,
        suspicion: &Suspicion,
        cause: Option<&Record>,
    ) {
        if !source.find(publish::finding(suspicion), self.now) {
            return;
        }
        tracing::error!(source = self.source, code = suspicion.code(), "{suspicion}");
        metrics::log().found(self.source, publish::finding(suspicion));
        if let Some(record) = cause {
            unit.set_context(Delivery::context(record, SERVICE, self.now));
        }
        let outgoing = publish::suspicion(self.source, suspicion);
        unit.record(publish::SOURCE, self.source, outgoing);
    }
}
