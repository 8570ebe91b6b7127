//! The relay of one source: stamps its journal, publishes what is stamped.

use std::time::Duration;

use async_nats::{
    HeaderMap, header,
    jetstream::{
        self, ErrorCode,
        context::{PublishError, PublishErrorKind},
    },
};
use runtime::CancellationToken;
use store::{Backend, Lease, Store, fault};
use tokio::{sync::Notify, time::Instant};

use crate::{
    Nats, Topology,
    nats::BrokerError,
    tenure::{self, BACK_OFF, LEASE, RENEW, pause},
};

/// Rows stamped in one transaction, and records published before their acks are awaited.
const BATCH: u64 = 500;
/// How far apart transactions that stamp begin while there is always more. What comes first is
/// stamped at once; a stream of it shares transactions, which it would otherwise take away from the
/// commands and, through the consumers, from every service.
const SPACING: Duration = Duration::from_millis(5);
/// How often the cursor is written down. Whatever was published since is published once more by the
/// next relay, and dropped by the broker and by every consumer.
const NOTED: Duration = Duration::from_millis(100);
/// How long publishing what is left may hold up the way out; the next start publishes the rest.
const FAREWELL: Duration = Duration::from_millis(500);
/// How long the broker may be unable to store into a stream before the stream is made again.
const UNSTORABLE: Duration = Duration::from_secs(10);

/// Why something was not published.
#[derive(Debug, thiserror::Error)]
enum Unpublished {
    /// The database or the broker is away, or the stream is not there.
    #[error(transparent)]
    Waits(#[from] BrokerError),
    /// The broker is there and cannot store into the stream: some versions lose the files of one that is
    /// made again just after it was deleted, and never find them any more.
    #[error("the broker cannot store into the stream: {0}")]
    Unstorable(PublishError),
}

impl From<sea_orm::DbErr> for Unpublished {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Waits(BrokerError(error.to_string()))
    }
}

impl From<PublishError> for Unpublished {
    fn from(error: PublishError) -> Self {
        let said = std::error::Error::source(&error);
        let said = said.and_then(|said| said.downcast_ref::<jetstream::Error>());
        match said.map(jetstream::Error::error_code) {
            Some(ErrorCode::STREAM_STORE_FAILED) => Self::Unstorable(error),
            _ => Self::Waits(BrokerError(error.to_string())),
        }
    }
}

/// See the module.
pub struct Relay {
    store: Store,
    nats: Option<Nats>,
    holder: String,
    stamped: Notify,
}

impl Relay {
    /// Without a broker it only stamps; consumers then pull.
    pub fn new(store: Store, nats: Option<Nats>) -> Self {
        Self {
            store,
            nats,
            holder: runtime::new_id().to_string(),
            stamped: Notify::new(),
        }
    }

    /// Runs until told to stop; then stamps and publishes what is left, and gives up the lease.
    pub async fn run(self, stop: CancellationToken) -> Result<(), sea_orm::DbErr> {
        runtime::metrics::relay().begin(self.store.source());
        while !stop.is_cancelled() {
            let database = self.store.database();
            match database.acquire("relay", &self.holder, LEASE).await {
                Ok(Some(lease)) => self.hold(&lease, &stop).await,
                Ok(None) => {}
                Err(error) => tracing::warn!(source = self.store.source(), %error, "relay lease"),
            }
            pause(RENEW, &stop).await;
        }
        Ok(())
    }

    /// Works while the lease is held.
    async fn hold(&self, lease: &Lease, stop: &CancellationToken) {
        tracing::debug!(source = self.store.source(), "relay holds the lease");
        tokio::select! {
            () = tenure::keep(self.store.database(), lease) => {}
            () = self.stamp_all(lease, stop) => {}
            () = self.publish_all(stop) => {}
        }
        if stop.is_cancelled() {
            self.drain(lease).await;
            tenure::release(self.store.database(), lease).await;
        } else {
            let source = self.store.source();
            tracing::warn!(source, "another relay has taken this one's place");
            runtime::metrics::relay().displaced(source);
        }
    }

    /// Returns on stop, or when the lease is somebody else's.
    async fn stamp_all(&self, lease: &Lease, stop: &CancellationToken) {
        // Commits of this process wake it at once; those of other replicas are found by looking.
        let look = match self.store.database().backend() {
            Backend::Postgres => Duration::from_millis(50),
            Backend::Sqlite => Duration::from_secs(1),
        };
        while !stop.is_cancelled() {
            let begun = Instant::now();
            match self.store.database().stamp(lease, BATCH).await {
                Ok(None) => return,
                Ok(Some(stamped)) => {
                    if stamped.count > 0 {
                        self.stamped.notify_one();
                    }
                    if stamped.count as u64 == BATCH {
                        continue;
                    }
                    pause(SPACING.saturating_sub(begun.elapsed()), stop).await;
                }
                Err(error) => {
                    tracing::warn!(source = self.store.source(), %error, "stamping failed");
                    pause(BACK_OFF, stop).await;
                }
            }
            tokio::select! {
                () = self.store.committed() => {}
                () = pause(look, stop) => {}
            }
        }
    }

    /// Returns on stop.
    async fn publish_all(&self, stop: &CancellationToken) {
        let Some(nats) = &self.nats else {
            return self.watch_stamping(stop).await;
        };
        let source = self.store.source();
        let (mut cursor, mut lag, mut told) = (Cursor::default(), Lag::default(), false);
        let mut unstorable_since = None;
        while !stop.is_cancelled() {
            let published = self.publish_next(nats, &mut cursor).await;
            match &published {
                Err(error) if !told => {
                    tracing::warn!(source, %error, "publishing waits; consumers pull");
                }
                _ => {}
            }
            told = published.is_err();
            self.tell(&mut lag, cursor.position).await;
            match published {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    tracing::debug!(source, %error, "publishing still waits");
                    runtime::metrics::relay().publish_failed(source);
                    nats.forget_stream(source);
                    unstorable_since = match error {
                        Unpublished::Unstorable(_) => unstorable_since.or(Some(Instant::now())),
                        Unpublished::Waits(_) => None,
                    };
                    if unstorable_since.is_some_and(|since| since.elapsed() >= UNSTORABLE) {
                        unstorable_since = None;
                        remove_stream(nats, source).await;
                    }
                    pause(BACK_OFF, stop).await;
                    continue;
                }
            }
            let look = if cursor.is_noted() { RENEW } else { NOTED };
            tokio::select! {
                () = self.stamped.notified() => {}
                () = pause(look, stop) => {}
            }
        }
    }

    /// Publishes one batch after the cursor; true when there may be more.
    async fn publish_next(&self, nats: &Nats, cursor: &mut Cursor) -> Result<bool, Unpublished> {
        let (database, source) = (self.store.database(), self.store.source());
        let head = database.head().await?;
        cursor.read(head.published);
        runtime::metrics::relay().positions(source, head.position, cursor.position);
        if cursor.position >= head.position {
            self.note(cursor).await?;
            return Ok(false);
        }
        if !nats.is_connected() {
            // Sending would only fill the client's queue.
            return Err(BrokerError("not connected".to_owned()).into());
        }
        nats.ensure_stream(source).await?;
        let rows = database.publications(cursor.position + 1, BATCH).await?;
        fault::point("relay.publish.before");
        let mut position = cursor.position;
        let mut acks = Vec::with_capacity(rows.len());
        for (aggregate, kind, record) in rows {
            position += 1;
            let mut headers = HeaderMap::new();
            headers.insert(
                header::NATS_MESSAGE_ID,
                Topology::message_id(source, position).as_str(),
            );
            headers.insert("Content-Type", "application/cloudevents+protobuf");
            let subject = nats.topology().subject(source, &aggregate, &kind);
            let sent = nats
                .jetstream()
                .publish_with_headers(subject, headers, record.into())
                .await;
            match sent {
                Ok(ack) => acks.push(ack),
                // The broker will never take it: consumers find the gap and ask for it here.
                Err(error) if error.kind() == PublishErrorKind::MaxPayloadExceeded => {
                    tracing::error!(source, position, %error, "a record is not published");
                    runtime::metrics::relay().publish_failed(source);
                }
                Err(error) => return Err(error.into()),
            }
        }
        fault::point("relay.publish.after");
        for ack in acks {
            ack.await?;
        }
        fault::point("relay.acknowledged");
        cursor.position = position;
        self.note(cursor).await?;
        Ok(true)
    }

    /// Without a broker what is stamped is out: the consumers pull it. Returns on stop.
    async fn watch_stamping(&self, stop: &CancellationToken) {
        let (mut lag, mut stamped) = (Lag::default(), 0);
        while !stop.is_cancelled() {
            if let Ok(head) = self.store.database().head().await {
                stamped = head.position;
                let source = self.store.source();
                runtime::metrics::relay().positions(source, head.position, head.published);
            }
            self.tell(&mut lag, stamped).await;
            pause(RENEW, stop).await;
        }
    }

    /// Shows how long what is committed waits to be out, be it unstamped or unpublished.
    async fn tell(&self, lag: &mut Lag, out: u64) {
        if lag.looked_at.is_some_and(|at| at.elapsed() < NOTED) {
            return;
        }
        let now = Instant::now();
        lag.looked_at = Some(now);
        // Without an answer whatever waits goes on waiting.
        if let Ok(committed) = self.store.database().committed().await {
            lag.look(committed, out, now);
        }
        runtime::metrics::relay().lag(self.store.source(), lag.seconds(now));
    }

    /// Writes the cursor down, now and then.
    async fn note(&self, cursor: &mut Cursor) -> Result<(), sea_orm::DbErr> {
        if cursor.is_noted() || cursor.noted_at.is_some_and(|at| at.elapsed() < NOTED) {
            return Ok(());
        }
        self.store.database().published(cursor.position).await?;
        cursor.noted = cursor.position;
        cursor.noted_at = Some(Instant::now());
        Ok(())
    }

    /// On the way out: nothing committed stays unstamped, and the broker gets it if it is there.
    async fn drain(&self, lease: &Lease) {
        while let Ok(Some(stamped)) = self.store.database().stamp(lease, BATCH).await {
            if stamped.count == 0 {
                break;
            }
        }
        if let Some(nats) = &self.nats {
            let mut cursor = Cursor::default();
            let publish = async {
                while let Ok(true) = self.publish_next(nats, &mut cursor).await {}
                // Whoever comes next need not publish the last of it again.
                let _ = self.store.database().published(cursor.position).await;
            };
            if tokio::time::timeout(FAREWELL, publish).await.is_err() {
                tracing::debug!(source = self.store.source(), "the rest is published later");
            }
        }
    }
}

/// Nothing in the stream is the only copy: listeners fetch what they miss from the journal, and the next
/// publication makes the stream again.
async fn remove_stream(nats: &Nats, source: &str) {
    match nats.remove_stream(source).await {
        Ok(()) => tracing::warn!(source, "the broker's stream is made again"),
        Err(error) => tracing::warn!(source, %error, "the broker's stream cannot be made again"),
    }
}

/// The newest position the broker has acknowledged, and what of it is written down.
#[derive(Default)]
struct Cursor {
    position: u64,
    noted: u64,
    noted_at: Option<Instant>,
}

impl Cursor {
    /// What is written down may be another relay's, and further.
    fn read(&mut self, noted: u64) {
        self.noted = noted;
        self.position = self.position.max(noted);
    }

    fn is_noted(&self) -> bool {
        self.noted >= self.position
    }
}

/// How long what is out is behind what is committed: the newest record of one look is watched until
/// it is out, then that of the next. A busy journal always has something waiting and is not behind
/// for that.
#[derive(Default)]
struct Lag {
    looked_at: Option<Instant>,
    watched: Option<(u64, Instant)>,
}

impl Lag {
    fn look(&mut self, committed: u64, out: u64, now: Instant) {
        let waits = |(position, _): &(u64, Instant)| *position > out;
        self.watched = self
            .watched
            .filter(waits)
            .or_else(|| Some((committed, now)).filter(waits));
    }

    fn seconds(&self, now: Instant) -> f64 {
        self.watched
            .map_or(0.0, |(_, since)| (now - since).as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_behind_for_as_long_as_one_record_waits_and_not_for_being_busy() {
        let (mut lag, mut now) = (Lag::default(), Instant::now());
        let mut after = |seconds: u64, committed, out| {
            now += Duration::from_secs(seconds);
            lag.look(committed, out, now);
            lag.seconds(now)
        };
        assert_eq!(after(1, 5, 5), 0.0, "nothing waits");
        assert_eq!(after(1, 7, 5), 0.0, "7 is watched from now on");
        assert_eq!(after(1, 9, 6), 1.0, "7 still waits");
        assert_eq!(after(1, 12, 7), 0.0, "7 is out, 12 is watched");
        assert_eq!(after(4, 12, 11), 4.0);
        assert_eq!(after(1, 12, 12), 0.0);
    }
}
