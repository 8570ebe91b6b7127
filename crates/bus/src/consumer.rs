//! The consumer of one source: who may be active, and what goes on while it is.

mod apply;
mod feed;
mod history;
mod intake;
mod lasting;
mod watch;

pub(crate) use lasting::is_lasting;

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use kernel::Clock;
use runtime::CancellationToken;
use store::{Database, Lease, Store, watermark::Mark};
use tokio::sync::mpsc;

use crate::{
    Handler, Nats, Retry, Upstream,
    tenure::{self, LEASE, RENEW, pause},
};

/// Records handled in one transaction, fetched at once, or taken from the broker at once, at most.
const BATCH: usize = 500;

/// See the module. One consumer of a source is active per service (by lease).
pub struct Consumer {
    store: Store,
    source: &'static str,
    upstream: Arc<dyn Upstream>,
    nats: Option<Nats>,
    handler: Arc<dyn Handler>,
    clock: Arc<dyn Clock>,
}

impl Consumer {
    /// `store` is the consuming service's own; `source` the service whose events it handles.
    /// Without a broker it pulls from the source.
    pub fn new(
        store: Store,
        source: &'static str,
        upstream: Arc<dyn Upstream>,
        nats: Option<Nats>,
        handler: Arc<dyn Handler>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            store,
            source,
            upstream,
            nats,
            handler,
            clock,
        }
    }

    /// Another try at its source's records in quarantine; works also while another replica consumes.
    pub fn retry(&self) -> Retry {
        Retry::new(self.store.clone(), self.source, Arc::clone(&self.handler))
    }

    /// Runs until told to stop, then finishes the batch in hand and gives up the lease.
    ///
    /// # Errors
    /// None at present: a database that is away is waited for.
    pub async fn run(self, stop: CancellationToken) -> Result<(), sea_orm::DbErr> {
        runtime::metrics::consumer().begin(self.service(), self.source);
        let name = lease_name(self.source);
        let holder = runtime::new_id().to_string();
        let database = self.store.database();
        while !stop.is_cancelled() {
            match database.acquire(&name, &holder, LEASE).await {
                Ok(Some(lease)) => {
                    self.hold(&lease, &stop).await;
                    tenure::release(database, &lease).await;
                }
                Ok(None) => runtime::metrics::consumer().stands_by(self.service(), self.source),
                Err(error) => tracing::warn!(source = self.source, %error, "consumer lease"),
            }
            pause(RENEW, &stop).await;
        }
        Ok(())
    }

    /// Works while the lease is held. Four things go on at once, so that a source or a broker that
    /// hangs holds up none of the others: the lease is renewed, the broker is listened to, the
    /// source's head is watched, and records are handled.
    async fn hold(&self, lease: &Lease, stop: &CancellationToken) {
        let mark = match self.store.database().mark(self.source).await {
            Ok(mark) => mark,
            Err(error) => {
                tracing::warn!(source = self.source, %error, "reading the watermark");
                return;
            }
        };
        let active = Active {
            consumer: self,
            lease,
            stop,
            mark: Mutex::new(mark),
            alarmed: AtomicU64::new(0),
            flowing: AtomicBool::new(false),
        };
        // One batch each: whoever is ahead of the handler waits.
        let (batches, incoming) = mpsc::channel(1);
        let (heads, wanted) = mpsc::channel(1);
        tokio::select! {
            () = tenure::keep(self.database(), lease) => {
                tracing::warn!(source = self.source, "a consumer lost its lease");
            }
            () = active.feed(batches) => {}
            () = active.watch(heads) => {}
            () = active.work(incoming, wanted) => {}
        }
    }

    fn database(&self) -> &Database {
        self.store.database()
    }

    /// The consuming service.
    fn service(&self) -> &'static str {
        self.store.source()
    }
}

/// The lease under which a source's records are handled.
pub(crate) fn lease_name(source: &str) -> String {
    format!("consumer:{source}")
}

/// A consumer while it holds its lease.
struct Active<'a> {
    consumer: &'a Consumer,
    lease: &'a Lease,
    stop: &'a CancellationToken,
    /// The watermark as last committed; only `work` moves it.
    mark: Mutex<Mark>,
    /// Where the source was last found to tell another history; 0 = nowhere.
    alarmed: AtomicU64,
    /// True while the broker is subscribed to.
    flowing: AtomicBool,
}

impl Active<'_> {
    fn mark(&self) -> Mark {
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn handled(&self) -> u64 {
        self.mark().position
    }

    fn move_to(&self, mark: Mark) {
        *self.mark.lock().unwrap_or_else(PoisonError::into_inner) = mark;
    }

    /// True while the broker can be expected to bring what is new.
    fn is_flowing(&self) -> bool {
        let connected = self.consumer.nats.as_ref().is_some_and(Nats::is_connected);
        connected && self.flowing.load(Ordering::Acquire)
    }
}

/// The lease is somebody else's now, or it is time to stop.
struct Over;
