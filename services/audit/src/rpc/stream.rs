//! Records as a stream: read in batches as the caller takes them, so that a slow one costs nothing.

use std::{collections::VecDeque, ops::Range, sync::Arc, time::Duration};

use auth::Revocations;
use futures::stream::{self, BoxStream, StreamExt as _};
use kernel::Clock;
use proto::audit::v1::{ReadLeavesResponse, StreamRecordsResponse};
use rpc::{Caller, status};
use sea_orm::Order;
use tokio::sync::watch;
use tonic::Status;

use super::convert;
use crate::{
    growth::Growth,
    library::Library,
    readers::Reading,
    store::{
        leaf::Leaf,
        search::{self, Filter, Page, Part},
    },
};

/// What a streaming RPC answers with.
pub(super) type Answers<T> = BoxStream<'static, Result<T, Status>>;

/// Records read at once.
const BATCH: u64 = 200;
/// Bytes in one message of raw leaves, unless a single record is longer.
const BYTES: usize = 1 << 20;
/// How often those who follow look for what other replicas took in, and whether they still may.
const LOOK: Duration = Duration::from_millis(500);

/// For those who follow the log as it grows.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) growth: Growth,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) revocations: Revocations,
}

impl Watch {
    /// Records that fit, then those that follow. Ends when the caller's token does.
    pub(super) fn follow(
        &self,
        library: Library,
        caller: Caller,
        wanted: Wanted,
    ) -> Answers<StreamRecordsResponse> {
        let follower = Follower {
            grown: self.growth.listen(),
            watch: self.clone(),
            library,
            caller,
            next: wanted.from,
            filter: wanted.filter,
            reading: wanted.reading,
            ready: VecDeque::new(),
        };
        let records = stream::try_unfold(follower, async |mut follower: Follower| {
            let leaf = follower.next().await?;
            let (entry, record) = convert::entry(follower.library.terms(), leaf);
            let entry = Some(entry);
            Ok(Some((StreamRecordsResponse { entry, record }, follower)))
        });
        records.boxed()
    }
}

/// What a follower is sent.
pub(super) struct Wanted {
    /// Index of the first record looked at.
    pub(super) from: u64,
    /// Which of them.
    pub(super) filter: Filter,
    /// Their being read.
    pub(super) reading: Reading,
}

struct Follower {
    watch: Watch,
    grown: watch::Receiver<()>,
    library: Library,
    caller: Caller,
    next: u64,
    filter: Filter,
    reading: Reading,
    ready: VecDeque<Leaf>,
}

impl Follower {
    /// The next record, waited for if need be.
    async fn next(&mut self) -> Result<Leaf, Status> {
        loop {
            self.may_go_on()?;
            if let Some(leaf) = self.ready.pop_front() {
                return Ok(leaf);
            }
            // Marked before reading: what is taken in after that is not missed.
            self.grown.mark_unchanged();
            let end = self.library.size().await.map_err(status::unavailable)?;
            if end <= self.next {
                let _ = tokio::time::timeout(LOOK, self.grown.changed()).await;
                continue;
            }
            let part = Part {
                range: self.next..end,
                order: Order::Asc,
                limit: BATCH,
            };
            let page = self.library.search().page(&self.filter, part).await;
            let Page { leaves, rest } = page.map_err(status::unavailable)?;
            self.next = if rest.is_empty() { end } else { rest.start };
            self.reading.sends(&leaves).await?;
            self.ready = leaves.into();
        }
    }

    /// A stream outlives neither its token nor what the token stands for.
    fn may_go_on(&self) -> Result<(), Status> {
        let Some(principal) = self.caller.principal() else {
            return Err(status::refused(auth::Refused::Missing));
        };
        if principal.expires_at <= self.watch.clock.now() {
            return Err(status::refused(auth::Refused::Expired));
        }
        let against = self.watch.revocations.against(principal);
        against.map_or(Ok(()), |by| {
            Err(status::refused(auth::Refused::Revoked(by)))
        })
    }
}

/// Raw leaves of a range, or of as much of it as there is.
pub(super) fn leaves(
    library: Library,
    range: Range<u64>,
    reading: Reading,
) -> Answers<ReadLeavesResponse> {
    let state = (library, range, VecDeque::new(), reading);
    let messages = stream::try_unfold(
        state,
        async |(library, mut range, mut ready, mut reading)| {
            if ready.is_empty() {
                let leaves = search::range(library.read(), range.clone(), BATCH).await;
                let leaves = leaves.map_err(status::unavailable)?;
                reading.sends(&leaves).await?;
                ready = VecDeque::from(leaves);
            }
            let Some(first) = ready.pop_front() else {
                return Ok(None);
            };
            let first_index = first.index;
            let mut bytes = first.record.len();
            let mut leaves = vec![first];
            while let Some(next) = ready.front() {
                bytes += next.record.len();
                if bytes > BYTES {
                    break;
                }
                leaves.extend(ready.pop_front());
            }
            range.start = first_index + leaves.len() as u64;
            let pruned = library.hashes_of_pruned(&leaves).await;
            let message = ReadLeavesResponse {
                first_index,
                pruned: pruned.map_err(status::unavailable)?,
                records: leaves.into_iter().map(|leaf| leaf.record).collect(),
            };
            Ok(Some((message, (library, range, ready, reading))))
        },
    );
    messages.boxed()
}
