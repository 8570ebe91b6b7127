//! Records as a stream: read in batches as the caller takes them, so that a slow one costs nothing.

use std::{collections::VecDeque, ops::Range, sync::Arc, time::Duration};

use auth::Revocations;
use futures::stream::{self, BoxStream, StreamExt as _};
use kernel::Clock;
use proto::audit::v1::{ReadLeavesResponse, StreamRecordsResponse};
use rpc::{Caller, status};
use tokio::sync::watch;
use tonic::Status;

use super::convert;
use crate::{
    growth::Growth,
    library::Library,
    store::{leaf::Leaf, search},
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
    /// Records from an index on, then what follows. Ends when the caller's token does.
    pub(super) fn follow(
        &self,
        library: Library,
        caller: Caller,
        from: u64,
    ) -> Answers<StreamRecordsResponse> {
        let follower = Follower {
            grown: self.growth.listen(),
            watch: self.clone(),
            library,
            caller,
            next: from,
            ready: VecDeque::new(),
        };
        let records = stream::try_unfold(follower, async |mut follower: Follower| {
            let (entry, record) = convert::entry(follower.next().await?);
            let entry = Some(entry);
            Ok(Some((StreamRecordsResponse { entry, record }, follower)))
        });
        records.boxed()
    }
}

struct Follower {
    watch: Watch,
    grown: watch::Receiver<()>,
    library: Library,
    caller: Caller,
    next: u64,
    ready: VecDeque<Leaf>,
}

impl Follower {
    /// The next record, waited for if need be.
    async fn next(&mut self) -> Result<Leaf, Status> {
        loop {
            self.may_go_on()?;
            if let Some(leaf) = self.ready.pop_front() {
                self.next = leaf.index + 1;
                return Ok(leaf);
            }
            // Marked before reading: what is taken in after that is not missed.
            self.grown.mark_unchanged();
            let range = self.next..u64::MAX;
            let leaves = search::range(self.library.read(), range, BATCH).await;
            self.ready = leaves.map_err(status::unavailable)?.into();
            if self.ready.is_empty() {
                let _ = tokio::time::timeout(LOOK, self.grown.changed()).await;
            }
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
        if !self.watch.revocations.is_live(principal) {
            return Err(status::refused(auth::Refused::Revoked));
        }
        Ok(())
    }
}

/// Raw leaves of a range, or of as much of it as there is.
pub(super) fn leaves(library: Library, range: Range<u64>) -> Answers<ReadLeavesResponse> {
    let state = (library, range, VecDeque::new());
    let messages = stream::try_unfold(state, async |(library, mut range, mut ready)| {
        if ready.is_empty() {
            let records = search::records(library.read(), range.clone(), BATCH).await;
            ready = VecDeque::from(records.map_err(status::unavailable)?);
        }
        let Some((first_index, record)) = ready.pop_front() else {
            return Ok(None);
        };
        let mut bytes: usize = record.len();
        let mut records = vec![record];
        while let Some((_, next)) = ready.front() {
            bytes += next.len();
            if bytes > BYTES {
                break;
            }
            records.extend(ready.pop_front().map(|(_, record)| record));
        }
        range.start = first_index + records.len() as u64;
        let message = ReadLeavesResponse {
            first_index,
            records,
        };
        Ok(Some((message, (library, range, ready))))
    });
    messages.boxed()
}
