//! All records that fit, walked through as one reading: read in batches as the caller takes them.

use std::ops::Range;

use futures::stream::{self, StreamExt as _};
use proto::audit::v1::{ExportRecordsResponse, ReadEvidenceResponse};
use rpc::status;
use sea_orm::Order;
use tonic::Status;

use super::{convert, stream::Answers};
use crate::{
    library::Library,
    readers::Reading,
    store::{
        checkpoint::Signed,
        leaf::Leaf,
        search::{Filter, Page, Part},
    },
};

/// Records read at once.
const BATCH: u64 = 500;

/// What tells which records fit.
#[derive(Debug, Clone, Copy)]
pub(super) enum By {
    /// The index.
    Index,
    /// Every leaf.
    Leaves,
}

/// What is walked through.
pub(super) struct Walk {
    pub(super) library: Library,
    pub(super) by: By,
    /// Which records.
    pub(super) filter: Filter,
    /// Places in the log that were not looked at yet.
    pub(super) range: Range<u64>,
    /// Their being read.
    pub(super) reading: Reading,
}

impl Walk {
    /// The next records that fit, on record as read; none when there are no more.
    async fn next(&mut self) -> Result<Vec<Leaf>, Status> {
        loop {
            let (search, range) = (self.library.search(), self.range.clone());
            let page = match self.by {
                By::Leaves => search.vouched(&self.filter, range, BATCH).await,
                By::Index => {
                    let part = Part {
                        range,
                        order: Order::Asc,
                        limit: BATCH,
                    };
                    search.page(&self.filter, part).await
                }
            };
            let Page { leaves, rest } = page.map_err(status::unavailable)?;
            // Also of none: that somebody was asked for by name tells something.
            self.reading.sends(&leaves).await?;
            self.range = rest;
            if !leaves.is_empty() || self.range.is_empty() {
                return Ok(leaves);
            }
        }
    }

    /// What the log says of each.
    pub(super) fn entries(self) -> Answers<ExportRecordsResponse> {
        let pages = stream::try_unfold(self, async |mut walk: Self| {
            let leaves = walk.next().await?;
            let terms = walk.library.terms();
            let entries: Vec<_> = leaves
                .into_iter()
                .map(|leaf| convert::entry(terms, leaf).0)
                .collect();
            let answer = ExportRecordsResponse { entries };
            Ok((!answer.entries.is_empty()).then_some((answer, walk)))
        });
        pages.boxed()
    }

    /// Each with its proof under a checkpoint.
    pub(super) fn proven(self, checkpoint: Signed) -> Answers<ReadEvidenceResponse> {
        let state = (self, Vec::new().into_iter(), checkpoint);
        let records = stream::try_unfold(state, async |(mut walk, mut ready, checkpoint)| {
            let leaf = match ready.next() {
                Some(leaf) => leaf,
                None => {
                    ready = walk.next().await?.into_iter();
                    let Some(leaf) = ready.next() else {
                        return Ok(None);
                    };
                    leaf
                }
            };
            let proven = walk.library.prove_leaf(leaf, checkpoint.clone()).await;
            let proven = proven.map_err(status::unavailable)?;
            let proven = convert::proven(walk.library.terms(), proven);
            let answer = ReadEvidenceResponse {
                entry: proven.entry,
                bundle: proven.bundle,
            };
            Ok(Some((answer, (walk, ready, checkpoint))))
        });
        records.boxed()
    }
}
