//! The log as its readers see it: records, checkpoints, proofs. Reads only.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use audit_domain::{Hash, Leaf as TreeLeaf, Plan, Tile};
use kernel::Clock;
use sea_orm::{DatabaseConnection, DbErr};
use store::{Backend, Database, Failure};

use crate::{
    index::Terms,
    readers::Scope,
    refused::Refused,
    signer::EVERY,
    store::{
        checkpoint::{self, Signed},
        cosignature, hand_over,
        leaf::Leaf,
        search::{self, Effort, Name, Search},
        sql::corrupt,
        tree::{Growing, leaf_node},
    },
};

/// A checkpoint that is due may still be under way.
const SOON: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Clone)]
pub(crate) struct Library {
    database: Database,
    terms: Terms,
    clock: Arc<dyn Clock>,
}

/// A record with the way from its leaf to a signed root.
#[derive(Debug)]
pub(crate) struct Proven {
    /// The record.
    pub(crate) leaf: Leaf,
    /// From the leaf up.
    pub(crate) path: Vec<Hash>,
    /// What it leads to.
    pub(crate) checkpoint: Signed,
}

type Answer<T> = Result<T, Failure<Refused>>;

impl Library {
    pub(crate) fn new(database: Database, terms: Terms, clock: Arc<dyn Clock>) -> Self {
        Self {
            database,
            terms,
            clock,
        }
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        self.database.read()
    }

    pub(crate) fn backend(&self) -> Backend {
        self.database.backend()
    }

    /// For finding records.
    pub(crate) fn search(&self) -> Search<'_> {
        Search {
            db: self.read(),
            backend: self.backend(),
            terms: &self.terms,
            effort: Effort::default(),
        }
    }

    /// Whether anything was ever signed.
    pub(crate) async fn was_signed(&self) -> Result<bool, DbErr> {
        let last = checkpoint::last(self.read(), self.backend()).await?;
        Ok(last.is_some())
    }

    /// The checkpoint of a size, or the newest. While the log does not check, nobody vouches for
    /// the newest; what was signed before is still shown by its size.
    pub(crate) async fn checkpoint(&self, size: Option<u64>) -> Answer<Signed> {
        let (db, backend) = (self.read(), self.backend());
        match size {
            Some(size) => {
                let found = checkpoint::of_size(db, backend, size).await?;
                let found = found.ok_or(Failure::Refused(Refused::CheckpointNotFound(size)))?;
                Ok(self.cosigned(found).await?)
            }
            None => {
                if let Some(finding) = Growing::unsound(db, backend).await? {
                    return Err(Failure::Refused(Refused::Unsound(finding)));
                }
                let last = checkpoint::last(db, backend).await?;
                let last = last.ok_or(Failure::Refused(Refused::NothingSigned(EVERY)))?;
                Ok(self.cosigned(last).await?)
            }
        }
    }

    /// The newest checkpoint that at least so many witnesses have signed as well.
    pub(crate) async fn witnessed(&self, by: u32) -> Answer<Signed> {
        let size = cosignature::newest_by(self.read(), self.backend(), by).await?;
        let size = size.ok_or(Failure::Refused(Refused::Unwitnessed(by)))?;
        self.checkpoint(Some(size)).await
    }

    /// With what witnesses have signed of it under it.
    async fn cosigned(&self, signed: Signed) -> Result<Signed, DbErr> {
        let lines = cosignature::lines(self.read(), self.backend(), signed.root.size).await?;
        let note = signed.note + &lines;
        Ok(Signed { note, ..signed })
    }

    /// The notes by which one key of the log followed another, with an empty line between them.
    pub(crate) async fn hand_overs(&self) -> Result<String, DbErr> {
        let notes = hand_over::all(self.read(), self.backend()).await?;
        let notes: Vec<String> = notes.into_iter().map(|(_, note)| note).collect();
        Ok(notes.join("\n"))
    }

    /// How many leaves there are, signed for or not.
    pub(crate) async fn size(&self) -> Result<u64, DbErr> {
        let growing = Growing::read(self.read(), self.backend()).await?;
        Ok(growing.tree.size())
    }

    /// What records are found by.
    pub(crate) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// One record, if the reader may read it; for others it is not there.
    pub(crate) async fn record(&self, name: &Name, scope: &Scope) -> Answer<Leaf> {
        if let Some(leaf) = self.search().find(name, scope.filter()).await? {
            return Ok(leaf);
        }
        // Whose it was to read went with what it said: only who reads everything is told.
        let pruned = match scope {
            Scope::City => self.search().pruned(name).await?,
            Scope::Part(_) => None,
        };
        Err(Failure::Refused(match pruned {
            Some(index) => Refused::RecordPruned(index),
            None => Refused::RecordNotFound,
        }))
    }

    /// One record with its proof under a signed checkpoint.
    pub(crate) async fn prove_record(
        &self,
        name: &Name,
        size: Option<u64>,
        scope: &Scope,
    ) -> Answer<Proven> {
        let leaf = self.record(name, scope).await?;
        let checkpoint = self.checkpoint(size).await?;
        let (index, signed) = (leaf.index, checkpoint.root.size);
        if index >= signed {
            return Err(Failure::Refused(match size {
                Some(size) => Refused::Beyond { index, size },
                None => Refused::NotYetSigned {
                    index,
                    signed,
                    next: self.until_next(&checkpoint),
                },
            }));
        }
        Ok(self.prove_leaf(leaf, checkpoint).await?)
    }

    /// A record that a checkpoint covers, with its proof under it.
    pub(crate) async fn prove_leaf(&self, leaf: Leaf, checkpoint: Signed) -> Result<Proven, DbErr> {
        let plan = Plan::inclusion(checkpoint.root.size, leaf.index);
        let plan = plan.map_err(|why| corrupt("leaf", why))?;
        Ok(Proven {
            path: self.prove(&plan).await?,
            leaf,
            checkpoint,
        })
    }

    /// The proof that the log of a signed size began as it was with `from` leaves.
    pub(crate) async fn prove_growth(
        &self,
        from: u64,
        to: Option<u64>,
    ) -> Answer<(Vec<Hash>, Signed)> {
        let checkpoint = self.checkpoint(to).await?;
        let to = checkpoint.root.size;
        let plan = Plan::consistency(from, to)
            .map_err(|_| Failure::Refused(Refused::NotEarlier { from, to }))?;
        Ok((self.prove(&plan).await?, checkpoint))
    }

    /// The hashes of a tile, one after the other.
    pub(crate) async fn hashes(&self, tile: &Tile) -> Answer<Vec<u8>> {
        self.under_signature(tile).await?;
        let (db, backend) = (self.read(), self.backend());
        let growing = Growing::read(db, backend).await?;
        Ok(growing.nodes(db, backend, &tile.nodes()).await?.concat())
    }

    /// The records of a bundle.
    pub(crate) async fn leaves(&self, tile: &Tile) -> Answer<Vec<Leaf>> {
        self.under_signature(tile).await?;
        let places = tile.places();
        let width = places.end - places.start;
        let leaves = search::range(self.read(), places.clone(), width).await?;
        if !leaves.iter().map(|leaf| leaf.index).eq(places) {
            return Err(corrupt("leaf", "a leaf is missing").into());
        }
        Ok(leaves)
    }

    /// The entries of a bundle, each after its length in two bytes.
    pub(crate) fn bundle(leaves: &[Leaf]) -> Answer<Vec<u8>> {
        let mut bundle = Vec::new();
        for leaf in leaves {
            if leaf.pruned.is_some() {
                return Err(Failure::Refused(Refused::RecordPruned(leaf.index)));
            }
            let entry = TreeLeaf::of(&leaf.record).entry();
            let length = u16::try_from(entry.len()).map_err(|why| corrupt("leaf", why))?;
            bundle.extend(length.to_be_bytes());
            bundle.extend_from_slice(&entry);
        }
        Ok(bundle)
    }

    /// The leaf hashes of those records that were pruned, by place.
    pub(crate) async fn hashes_of_pruned(
        &self,
        leaves: &[Leaf],
    ) -> Result<BTreeMap<u64, Vec<u8>>, DbErr> {
        let pruned = leaves.iter().filter(|leaf| leaf.pruned.is_some());
        let places: Vec<u64> = pruned.map(|leaf| leaf.index).collect();
        if places.is_empty() {
            return Ok(BTreeMap::new());
        }
        let (db, backend) = (self.read(), self.backend());
        let nodes: Vec<u64> = places.iter().map(|place| leaf_node(*place)).collect();
        let growing = Growing::read(db, backend).await?;
        let hashes = growing.nodes(db, backend, &nodes).await?.into_iter();
        Ok(places
            .into_iter()
            .zip(hashes.map(|hash| hash.to_vec()))
            .collect())
    }

    /// Only what is signed for is shown.
    async fn under_signature(&self, tile: &Tile) -> Answer<()> {
        let signed = checkpoint::last(self.read(), self.backend()).await?;
        let size = signed.map_or(0, |signed| signed.root.size);
        if tile.is_within(size) {
            return Ok(());
        }
        Err(Failure::Refused(Refused::TileNotFound))
    }

    /// How long it takes until the next checkpoint after this one, the newest. One that is long
    /// overdue is asked for no more often than they are made.
    fn until_next(&self, newest: &Signed) -> Duration {
        let since = self.clock.now().duration_since(newest.at);
        let since = Duration::try_from(since).unwrap_or_default();
        if since >= 2 * EVERY {
            return EVERY;
        }
        EVERY.saturating_sub(since).max(SOON)
    }

    async fn prove(&self, plan: &Plan) -> Result<Vec<Hash>, DbErr> {
        let growing = Growing::read(self.read(), self.backend()).await?;
        growing.prove(self.read(), self.backend(), plan).await
    }
}
