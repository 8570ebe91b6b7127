//! What enters the log, what does not, and that both can be proven.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use audit_domain::{Checkpoint, Plan, verify_inclusion};
use bus::{Delivery, Handler as _};
use jiff::SignedDuration;
use kernel::Clock as _;
use proto::audit::v1::SourceDiverged;
use testkit::on_both;
use verifier::{Report, Writer, verify_dump};

use super::Ingest;
use crate::{
    heads::is_diverged,
    readers::Scope,
    store::{
        Migrator, aside,
        search::{self, Name},
        tree::Growing,
    },
    testing::{Journal, Log, ORIGIN},
};

/// The whole log as the offline judge sees it.
async fn judged(log: &Log) -> Report {
    let library = log.library();
    let size = log.size().await;
    let leaves = search::range(library.read(), 0..size, size).await.unwrap();
    let growing = Growing::read(library.read(), library.backend())
        .await
        .unwrap();
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        root: growing.tree.root(),
    };
    let mut writer = Writer::begin(Vec::new(), ORIGIN).unwrap();
    for leaf in &leaves {
        writer.record(&leaf.record).unwrap();
    }
    let note = checkpoint.sign(&Log::key()).unwrap();
    let dump = writer.finish(&note).unwrap();
    let key = Log::key().verifier().to_string().parse().unwrap();
    verify_dump(dump.as_slice(), &key, None).unwrap()
}

async fn kept_aside(log: &Log, source: &str) -> u64 {
    let library = log.library();
    let counts = aside::counts(library.read(), library.backend()).await;
    counts.unwrap().get(source).copied().unwrap_or_default()
}

/// No hash covers when a leaf was taken in: that its neighbours bound it is all there is.
#[tokio::test]
async fn no_leaf_is_taken_in_before_the_one_before_it_whatever_the_clock_says_7_1_4_3() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let (journal, hour) = (Journal::new("ledger"), SignedDuration::from_hours(1));
        let first = log.clock.now();
        for by in [SignedDuration::ZERO, -hour, hour, hour] {
            log.clock.advance(by);
            journal.grow(2, "story");
            log.take(&journal).await;
        }
        let leaves = search::range(log.library().read(), 0..8, 8).await.unwrap();
        let times: Vec<_> = leaves.iter().map(|leaf| leaf.logged_at).collect();
        let last = first + hour;
        assert_eq!(
            times,
            [first, first, first, first, first, first, last, last]
        );
        let verifier = Log::key().verifier();
        log.signer().check(&verifier, 0).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn records_of_all_sources_are_one_log_that_the_offline_judge_accepts() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let sources = [Journal::of("identity", 70), Journal::of("ledger", 45)];
        for journal in &sources {
            log.take(journal).await;
        }
        for journal in &sources {
            journal.grow(33, "second day");
            log.take(journal).await;
        }
        let report = judged(&log).await;
        assert_eq!(report.checkpoint.size, 181);
        assert_eq!(report.sources["/sekisho/identity"].position, 103);
        assert_eq!(report.sources["/sekisho/ledger"].position, 78);
        assert!(report.unplaced.is_empty());
        assert!(log.said().await.is_empty(), "nothing to complain of");
    })
    .await;
}

#[tokio::test]
async fn every_leaf_can_be_proven_at_every_size_from_the_stored_nodes() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 37);
        // Batches of uneven sizes, so that rows of nodes are left and taken up half full.
        let mut from = 1;
        for count in [1, 2, 15, 1, 18] {
            log.deliver("ledger", &journal.deliveries(from..=from + count - 1))
                .await;
            from += count;
        }
        let library = log.library();
        let (db, backend) = (library.read(), library.backend());
        let growing = Growing::read(db, backend).await.unwrap();
        for size in 1..=37 {
            let root = growing.at(db, backend, size).await.unwrap().root();
            for index in 0..size {
                let plan = Plan::inclusion(size, index).unwrap();
                let proof = growing.prove(db, backend, &plan).await.unwrap();
                let leaf = library
                    .record(&Name::Index(index), &Scope::City)
                    .await
                    .unwrap();
                let hash = audit_domain::Leaf::of(&leaf.record).hash();
                verify_inclusion(&root, index, &hash, &proof).unwrap();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn sources_that_come_at_once_queue_for_one_sequencer() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let names = ["identity", "ledger", "approvals", "incidents", "audit"];
        let journals = names.map(|name| Journal::of(name, 60));
        let deliver = journals.iter().map(async |journal| {
            for round in 0..6 {
                let from = round * 10 + 1;
                log.deliver(journal.name, &journal.deliveries(from..=from + 9))
                    .await;
            }
        });
        futures::future::join_all(deliver).await;
        let report = judged(&log).await;
        assert_eq!(report.checkpoint.size, 300);
        assert!(report.sources.values().all(|source| source.position == 60));
    })
    .await;
}

#[tokio::test]
async fn a_batch_that_is_not_committed_leaves_nothing() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 40);
        let clock = std::sync::Arc::new(log.clock.clone());
        let ingest = Ingest::new("ledger", clock, log.growth.clone());
        let mut unit = log.store.unit(log.context()).await.unwrap();
        ingest
            .handle(&mut unit, &journal.deliveries(1..=40))
            .await
            .unwrap();
        unit.abandon().await.unwrap();
        assert_eq!(log.size().await, 0);
        assert_eq!(log.source("ledger").await, Default::default());
        log.take(&journal).await;
        assert_eq!(judged(&log).await.checkpoint.size, 40);
    })
    .await;
}

#[tokio::test]
async fn a_record_delivered_again_is_in_the_log_once() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 5);
        log.take(&journal).await;
        log.deliver("ledger", &journal.deliveries(2..=5)).await;
        assert_eq!(log.size().await, 5);
        assert_eq!(kept_aside(&log, "ledger").await, 0);
        assert!(log.said().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn other_bytes_at_a_position_held_are_kept_aside_and_raised_once() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 5);
        log.take(&journal).await;
        let before = judged(&log).await.checkpoint;
        let forged = Journal::new("ledger");
        forged.grow(5, "another story");
        for _ in 0..2 {
            log.deliver("ledger", &forged.deliveries(3..=5)).await;
        }
        assert_eq!(
            judged(&log).await.checkpoint,
            before,
            "the log is as it was"
        );
        assert_eq!(kept_aside(&log, "ledger").await, 3);
        let raised = log.events::<SourceDiverged>().await;
        assert_eq!(raised.len(), 1);
        assert_eq!(
            (raised[0].source.as_str(), raised[0].position),
            ("ledger", 3)
        );
        assert_eq!(raised[0].finding, "other_bytes");
    })
    .await;
}

#[tokio::test]
async fn a_broken_chain_is_not_merged_and_what_follows_waits_aside() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 5);
        log.take(&journal).await;
        journal.truncate(3);
        journal.grow(4, "after an old backup");
        log.take(&journal).await;
        log.deliver("ledger", &journal.deliveries(6..=7)).await;
        assert_eq!(log.size().await, 5);
        assert_eq!(kept_aside(&log, "ledger").await, 2, "positions 6 and 7");
        let raised = log.events::<SourceDiverged>().await;
        assert_eq!(raised.len(), 1);
        assert_eq!(
            (raised[0].position, raised[0].finding.as_str()),
            (6, "chain_broken")
        );
        let said = log.said().await;
        assert_eq!(said[0].clauses[0].as_str(), "7-1-(4)-3");
        assert!(is_diverged(&log.source("ledger").await));

        // Another source is not held up by it.
        log.take(&Journal::of("identity", 3)).await;
        assert_eq!(judged(&log).await.checkpoint.size, 8);
    })
    .await;
}

#[tokio::test]
async fn a_record_that_names_another_place_than_it_came_under_is_kept_aside() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let other = Journal::of("identity", 2);
        let stranger: Vec<_> = other.deliveries(1..=1);
        log.deliver("ledger", &stranger).await;
        assert_eq!(log.size().await, 0);
        let raised = log.events::<SourceDiverged>().await;
        assert_eq!((raised.len(), raised[0].finding.as_str()), (1, "misplaced"));

        let shifted = Delivery::new(1, other.backup()[1].clone());
        log.deliver("identity", &[shifted]).await;
        assert_eq!(log.size().await, 0);
        assert_eq!(log.events::<SourceDiverged>().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_logged_as_bytes_and_its_successor_vouches_for_it() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 2);
        journal.push_raw(b"\x00 not a record");
        journal.grow(2, "goes on");
        log.take(&journal).await;
        let report = judged(&log).await;
        assert_eq!((report.checkpoint.size, report.unplaced), (5, vec![2]));
        let leaf = log
            .library()
            .record(&Name::Index(2), &Scope::City)
            .await
            .unwrap();
        assert_eq!(leaf.record, b"\x00 not a record");
        assert_eq!((leaf.position, leaf.said()), (3, None));
        assert!(log.said().await.is_empty(), "unreadable is not divergent");
    })
    .await;
}

#[tokio::test]
async fn a_record_too_long_for_a_leaf_is_in_the_log_whole() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::new("ledger");
        let event = proto::ledger::v1::SystemRetired {
            system_id: "x".repeat(100_000),
        };
        journal.say(&event, &[]);
        journal.grow(1, "short");
        log.take(&journal).await;
        assert_eq!(judged(&log).await.checkpoint.size, 2);
        let leaf = log
            .library()
            .record(&Name::Index(0), &Scope::City)
            .await
            .unwrap();
        assert!(leaf.record.len() > 100_000);
    })
    .await;
}
