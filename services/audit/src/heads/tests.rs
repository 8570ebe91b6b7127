//! A source is believed as long as it tells the story the log holds, and again when it does.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use bus::{SourceHead, Unreachable, Upstream};
use bytes::Bytes;
use jiff::SignedDuration;
use proto::audit::v1::{SourceDiverged, SourceOverdue, SourceRecovered};
use store::Lease;
use testkit::{expire_lease, on_both};

use super::{Effort, Heads, is_diverged};
use crate::{
    store::{Migrator, aside},
    testing::{Journal, Log},
};

struct Asking<'a> {
    log: &'a Log,
    heads: Heads,
    lease: Lease,
}

impl<'a> Asking<'a> {
    async fn new(log: &'a Log) -> Self {
        let clock = Arc::new(log.clock.clone());
        let heads = Heads {
            store: log.store.clone(),
            sources: Vec::new(),
            clock,
            growth: log.growth.clone(),
        };
        let ttl = SignedDuration::from_secs(5);
        let lease = log.store.database().acquire("heads", "test", ttl).await;
        let lease = lease.unwrap().unwrap();
        Self { log, heads, lease }
    }

    /// Asks once, as the task does every second, but without waiting between attempts.
    async fn ask(&self, source: &'static str, upstream: &dyn Upstream) {
        let mut effort = Effort::default();
        let asked = self
            .heads
            .look(&self.lease, source, upstream, &mut effort)
            .await;
        assert!(asked.unwrap(), "the lease is held");
    }

    async fn diverged(&self) -> Vec<(u64, String)> {
        let events = self.log.events::<SourceDiverged>().await;
        events
            .into_iter()
            .map(|event| (event.position, event.finding))
            .collect()
    }

    async fn kept_aside(&self) -> u64 {
        let library = self.log.library();
        let counts = aside::counts(library.read(), library.backend()).await;
        counts.unwrap().values().sum()
    }
}

#[tokio::test]
async fn a_source_that_is_ahead_is_nothing_unusual() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 3);
        let asking = Asking::new(&log).await;
        log.take(&journal).await;
        journal.grow(4, "not on the bus yet");
        asking.ask("ledger", &journal).await;
        let row = log.source("ledger").await;
        assert_eq!((row.head, row.watermark.position), (7, 3));
        assert!(row.findings.is_empty());
        assert_eq!(log.size().await, 3, "what is on its way is left to the bus");
        assert!(log.said().await.is_empty());
    })
    .await;
}

/// Its head is asked for, and before the answer is judged the bus brings more than it says.
struct Slow {
    log: &'static Log,
    journal: &'static Journal,
}

#[async_trait::async_trait]
impl Upstream for Slow {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        let head = self.journal.head().await;
        self.journal.grow(2, "meanwhile");
        self.log.take(self.journal).await;
        head
    }

    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable> {
        self.journal.read(from, limit).await
    }
}

#[tokio::test]
async fn an_answer_overtaken_by_the_bus_is_no_head_gone_back() {
    on_both::<Migrator, _>(async |test| {
        // Leaked so that the upstream may live as long as any: a test's few bytes.
        let log: &'static Log = Box::leak(Box::new(Log::new(&test).await));
        let journal: &'static Journal = Box::leak(Box::new(Journal::of("ledger", 3)));
        log.take(journal).await;
        let asking = Asking::new(log).await;
        for _ in 0..3 {
            asking.ask("ledger", &Slow { log, journal }).await;
        }
        assert_eq!(log.size().await, 9);
        assert!(log.said().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_head_that_went_back_is_raised_once_and_settled_by_the_right_backup() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 10);
        log.take(&journal).await;
        let asking = Asking::new(&log).await;
        asking.ask("ledger", &journal).await;
        let whole = journal.backup();

        journal.truncate(6);
        for _ in 0..3 {
            asking.ask("ledger", &journal).await;
        }
        assert_eq!(asking.diverged().await, [(6, "head_went_back".to_owned())]);
        assert!(is_diverged(&log.source("ledger").await));

        journal.restore(whole);
        journal.grow(2, "goes on");
        log.take(&journal).await;
        asking.ask("ledger", &journal).await;
        let recovered = log.events::<SourceRecovered>().await;
        assert_eq!((recovered.len(), recovered[0].logged), (1, 12));
        assert!(log.source("ledger").await.findings.is_empty());
        asking.ask("ledger", &journal).await;
        assert_eq!(asking.diverged().await.len(), 1, "no alarm is left");
    })
    .await;
}

#[tokio::test]
async fn a_source_restored_from_an_old_backup_is_held_off_until_it_is_itself_again() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 10);
        log.take(&journal).await;
        let asking = Asking::new(&log).await;
        let right = journal.backup();

        // The old backup goes on with another story, beyond where the log stands.
        journal.truncate(6);
        journal.grow(8, "another story");
        log.take(&journal).await;
        asking.ask("ledger", &journal).await;
        assert_eq!(log.size().await, 10);
        let found: Vec<_> = asking.diverged().await;
        assert_eq!(
            found,
            [
                (11, "chain_broken".to_owned()),
                (7, "other_bytes".to_owned())
            ],
            "where the stories part, too"
        );
        assert_eq!(
            asking.kept_aside().await,
            8,
            "all of the other story: 7 to 14"
        );
        asking.ask("ledger", &journal).await;
        assert_eq!(log.size().await, 10, "asking again merges nothing");

        // The right journal, which the bus has no reason to bring again.
        journal.restore(right);
        journal.grow(6, "goes on");
        asking.ask("ledger", &journal).await;
        assert_eq!(log.size().await, 16);
        let row = log.source("ledger").await;
        assert!(row.findings.is_empty());
        assert_eq!(row.watermark.position, 16);
        let recovered = log.events::<SourceRecovered>().await;
        assert_eq!((recovered.len(), recovered[0].logged), (1, 16));
        assert_eq!(asking.kept_aside().await, 8, "the evidence stays");

        journal.grow(3, "and on");
        log.take(&journal).await;
        assert_eq!(log.size().await, 19);
        asking.ask("ledger", &journal).await;
        assert_eq!(asking.diverged().await.len(), 2, "no new alarm");
    })
    .await;
}

#[tokio::test]
async fn a_rewritten_last_record_is_found_though_nothing_follows_it() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 5);
        log.take(&journal).await;
        journal.truncate(4);
        journal.grow(1, "rewritten");
        let asking = Asking::new(&log).await;
        asking.ask("ledger", &journal).await;
        assert_eq!(asking.diverged().await, [(5, "other_bytes".to_owned())]);
        assert_eq!(asking.kept_aside().await, 1);
        assert_eq!(log.size().await, 5);
    })
    .await;
}

#[tokio::test]
async fn a_tail_that_does_not_arrive_is_raised_and_over_when_it_does() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 5);
        let asking = Asking::new(&log).await;
        asking.ask("ledger", &journal).await;
        log.clock.advance(SignedDuration::from_secs(61));
        for _ in 0..2 {
            asking.ask("ledger", &journal).await;
        }
        let overdue = log.events::<SourceOverdue>().await;
        assert_eq!(overdue.len(), 1);
        assert_eq!((overdue[0].head, overdue[0].logged), (5, 0));
        assert!(!is_diverged(&log.source("ledger").await), "late, not wrong");

        log.take(&journal).await;
        asking.ask("ledger", &journal).await;
        assert_eq!(log.events::<SourceRecovered>().await.len(), 1);
        assert!(log.source("ledger").await.findings.is_empty());
    })
    .await;
}

#[tokio::test]
async fn whoever_lost_the_lease_writes_nothing() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 5);
        log.take(&journal).await;
        let asking = Asking::new(&log).await;
        expire_lease(log.store.database(), "heads").await;
        let ttl = SignedDuration::from_secs(5);
        let other = log.store.database().acquire("heads", "other", ttl).await;
        assert!(other.unwrap().is_some());
        journal.truncate(1);
        let mut effort = Effort::default();
        let asked = asking
            .heads
            .look(&asking.lease, "ledger", &journal, &mut effort)
            .await;
        assert!(!asked.unwrap());
        assert!(log.said().await.is_empty());
    })
    .await;
}
