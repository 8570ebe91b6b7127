//! The log as its readers see it: records, checkpoints, proofs. Reads only.

use std::{sync::Arc, time::Duration};

use audit_domain::{Hash, Leaf as TreeLeaf, Plan, Tile};
use kernel::Clock;
use sea_orm::{DatabaseConnection, DbErr};
use store::{Backend, Database, Failure};

use crate::{
    index::Names,
    refused::Refused,
    signer::EVERY,
    store::{
        checkpoint::{self, Signed},
        leaf::Leaf,
        search::{self, Name, Search},
        sql::corrupt,
        tree::Growing,
    },
};

/// A checkpoint that is due may still be under way.
const SOON: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Clone)]
pub(crate) struct Library {
    database: Database,
    names: Arc<Names>,
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
    pub(crate) fn new(database: Database, names: Arc<Names>, clock: Arc<dyn Clock>) -> Self {
        Self {
            database,
            names,
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
            names: &self.names,
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
                found.ok_or(Failure::Refused(Refused::CheckpointNotFound(size)))
            }
            None => {
                if let Some(finding) = Growing::unsound(db, backend).await? {
                    return Err(Failure::Refused(Refused::Unsound(finding)));
                }
                let last = checkpoint::last(db, backend).await?;
                last.ok_or(Failure::Refused(Refused::NothingSigned(EVERY)))
            }
        }
    }

    /// One record.
    pub(crate) async fn record(&self, name: &Name) -> Answer<Leaf> {
        let found = self.search().find(name).await?;
        found.ok_or(Failure::Refused(Refused::RecordNotFound))
    }

    /// One record with its proof under a signed checkpoint.
    pub(crate) async fn prove_record(&self, name: &Name, size: Option<u64>) -> Answer<Proven> {
        let leaf = self.record(name).await?;
        let checkpoint = self.checkpoint(size).await?;
        let (index, signed) = (leaf.index, checkpoint.root.size);
        let plan = Plan::inclusion(signed, index).map_err(|_| {
            Failure::Refused(match size {
                Some(size) => Refused::Beyond { index, size },
                None => Refused::NotYetSigned {
                    index,
                    signed,
                    next: self.until_next(&checkpoint),
                },
            })
        })?;
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

    /// The entries of a bundle, each after its length in two bytes.
    pub(crate) async fn entries(&self, tile: &Tile) -> Answer<Vec<u8>> {
        self.under_signature(tile).await?;
        let places = tile.places();
        let width = places.end - places.start;
        let records = search::records(self.read(), places.clone(), width).await?;
        if !records.iter().map(|(index, _)| *index).eq(places) {
            return Err(corrupt("leaf", "a leaf is missing").into());
        }
        let mut bundle = Vec::new();
        for (_, record) in &records {
            let entry = TreeLeaf::of(record).entry();
            let length = u16::try_from(entry.len()).map_err(|why| corrupt("leaf", why))?;
            bundle.extend(length.to_be_bytes());
            bundle.extend_from_slice(&entry);
        }
        Ok(bundle)
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
