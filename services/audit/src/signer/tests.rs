//! What is signed only ever grows from what was signed; anything else is an alarm (G9).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use audit_domain::{Checkpoint, SignerKey};
use jiff::SignedDuration;
use proto::audit::v1::LogCheckFailed;
use runtime::CancellationToken;
use testkit::{eventually, on_both};

use super::{Ring, Trouble};
use crate::{
    readers::Scope,
    store::{Migrator, checkpoint, search::Name},
    testing::{Journal, Log, lease},
};

async fn signed_sizes(log: &Log) -> Option<u64> {
    let library = log.library();
    let last = checkpoint::last(library.read(), library.backend())
        .await
        .unwrap();
    last.map(|last| last.root.size)
}

#[tokio::test]
async fn each_growth_is_signed_once_and_proven_to_grow_from_the_last() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let (signer, verifier, lease) = (log.signer(), Log::key().verifier(), lease(&log).await);
        assert!(
            !signer.sign(&lease, &verifier).await.unwrap(),
            "nothing to sign"
        );
        let journal = Journal::new("ledger");
        let mut kept = Vec::new();
        for count in [1, 6, 40] {
            journal.grow(count, "story");
            log.take(&journal).await;
            assert!(signer.sign(&lease, &verifier).await.unwrap());
            assert!(
                !signer.sign(&lease, &verifier).await.unwrap(),
                "signed already"
            );
            kept.push(log.library().checkpoint(None).await.unwrap());
        }
        let sizes: Vec<_> = kept.iter().map(|signed| signed.root.size).collect();
        assert_eq!(sizes, [1, 7, 47]);
        let newest = kept.last().unwrap();
        let key = verifier.to_string().parse().unwrap();
        for earlier in &kept {
            assert_eq!(
                Checkpoint::open(&earlier.note, &verifier).unwrap().root,
                earlier.root
            );
            let growth = log.library().prove_growth(earlier.root.size, None).await;
            let (proof, to) = growth.unwrap();
            assert_eq!(&to, newest);
            verifier::verify_growth(&earlier.note, &newest.note, &proof, &key).unwrap();
        }
        signer.check(&verifier, 0).await.unwrap();
    })
    .await;
}

/// A log of 40 leaves, 30 of them signed for, and then somebody at its database.
async fn tampered(log: &Log, sql: &str) {
    let journal = Journal::of("ledger", 30);
    log.take(&journal).await;
    let lease = lease(log).await;
    log.signer()
        .sign(&lease, &Log::key().verifier())
        .await
        .unwrap();
    journal.grow(10, "unsigned");
    log.take(&journal).await;
    log.store.database().release(&lease).await.unwrap();
    assert_ne!(log.tamper(sql).await, 0, "{sql}");
}

#[tokio::test]
async fn whatever_is_changed_behind_it_it_signs_nothing_and_says_so() {
    let table = [
        (
            "UPDATE leaf SET record = (SELECT hash FROM source) WHERE idx = 7",
            "other_leaf",
        ),
        (
            "UPDATE leaf SET record = (SELECT hash FROM source) WHERE idx = 35",
            "other_leaf",
        ),
        ("DELETE FROM leaf WHERE idx = 12", "other_leaf"),
        ("DELETE FROM leaf WHERE idx = 39", "other_leaf"),
        (
            "UPDATE node SET hashes = (SELECT hashes FROM node WHERE chunk = 1) WHERE chunk = 0",
            "other_leaf",
        ),
        ("DELETE FROM node WHERE chunk = 1", "other_leaf"),
        ("UPDATE log SET tail = frontier", "other_leaf"),
        ("UPDATE log SET frontier = tail", "unreadable"),
        (
            "UPDATE log SET size = 64, frontier = (SELECT hash FROM source)",
            "other_leaf",
        ),
        (
            "UPDATE checkpoint SET root = (SELECT hash FROM source)",
            "other_root",
        ),
        ("UPDATE checkpoint SET note = 'forged'", "other_key"),
    ];
    for (sql, finding) in table {
        on_both::<Migrator, _>(async |test| {
            let log = Log::new(&test).await;
            tampered(&log, sql).await;
            let stop = CancellationToken::new();
            let running = log.signer().run(stop.clone());
            let seen = async {
                let failed = eventually("the alarm", async || {
                    log.events::<LogCheckFailed>().await.pop()
                })
                .await;
                stop.cancel();
                failed
            };
            let (ended, failed) = tokio::join!(running, seen);
            ended.unwrap();
            assert_eq!(failed.finding, finding, "{sql}");
            assert_eq!(signed_sizes(&log).await, Some(30), "{sql}");
            let refused = log.library().checkpoint(None).await.unwrap_err();
            assert!(refused.to_string().contains(finding), "{refused}");
            let before = log.library().checkpoint(Some(30)).await;
            assert!(
                before.is_ok(),
                "what was signed before is still shown: {sql}"
            );
        })
        .await;
    }
}

#[tokio::test]
async fn a_log_rolled_back_behind_its_checkpoint_is_not_signed() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 30);
        log.deliver("ledger", &journal.deliveries(1..=20)).await;
        log.tamper("CREATE TABLE backup AS SELECT * FROM log").await;
        log.deliver("ledger", &journal.deliveries(21..=30)).await;
        let lease = lease(&log).await;
        let (signer, verifier) = (log.signer(), Log::key().verifier());
        signer.sign(&lease, &verifier).await.unwrap();
        log.tamper(
            "UPDATE log SET size = (SELECT size FROM backup), \
             frontier = (SELECT frontier FROM backup), tail = (SELECT tail FROM backup)",
        )
        .await;
        let refused = signer.sign(&lease, &verifier).await.unwrap_err();
        let Trouble::Unsound(unsound) = refused else {
            panic!("{refused}");
        };
        assert_eq!(
            (unsound.word(), unsound.size()),
            ("shorter_than_signed", 20)
        );
        let refused = signer.check(&verifier, 0).await.unwrap_err();
        assert!(matches!(refused, Trouble::Unsound(_)), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_fork_of_the_signed_past_is_not_signed_though_its_tree_fits_together() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let lease = lease(&log).await;
        let (signer, verifier) = (log.signer(), Log::key().verifier());
        log.take(&Journal::of("ledger", 30)).await;
        signer.sign(&lease, &verifier).await.unwrap();
        // Somebody writes the whole log anew, consistently, and keeps the checkpoint.
        for table in ["leaf", "node", "source", "watermark"] {
            log.tamper(&format!("DELETE FROM {table}")).await;
        }
        let empty = match log.store.database().backend() {
            store::Backend::Postgres => "''::bytea",
            store::Backend::Sqlite => "x''",
        };
        log.tamper(&format!(
            "UPDATE log SET size = 0, frontier = {empty}, tail = {empty}"
        ))
        .await;
        let forged = Journal::new("ledger");
        forged.grow(40, "another story");
        log.take(&forged).await;
        let refused = signer.sign(&lease, &verifier).await.unwrap_err();
        let Trouble::Unsound(unsound) = refused else {
            panic!("{refused}");
        };
        assert_eq!((unsound.word(), unsound.size()), ("other_root", 30));
    })
    .await;
}

#[tokio::test]
async fn another_key_does_not_go_on_where_the_log_s_own_stopped() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 3);
        log.take(&journal).await;
        let lease = lease(&log).await;
        log.signer()
            .sign(&lease, &Log::key().verifier())
            .await
            .unwrap();
        journal.grow(1, "more");
        log.take(&journal).await;
        let mut signer = log.signer();
        let key = SignerKey::from_seed(crate::testing::ORIGIN, &[9; 32]).unwrap();
        let verifier = key.verifier();
        signer.key = Arc::new(Ring { key, before: None });
        let refused = signer.sign(&lease, &verifier).await.unwrap_err();
        let Trouble::Unsound(unsound) = refused else {
            panic!("{refused}");
        };
        assert_eq!(unsound.word(), "other_key");
        assert_eq!(signed_sizes(&log).await, Some(3));
    })
    .await;
}

/// Runs the signer until something is so.
async fn run_until<T>(log: &Log, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let stop = CancellationToken::new();
    let (ended, found) = tokio::join!(log.signer().run(stop.clone()), async {
        let found = eventually(what, look).await;
        stop.cancel();
        found
    });
    ended.unwrap();
    found
}

#[tokio::test]
async fn what_was_put_right_is_checked_whole_before_signing_goes_on() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        log.take(&Journal::of("ledger", 30)).await;
        log.tamper("CREATE TABLE backup AS SELECT * FROM leaf WHERE idx = 7")
            .await;
        log.tamper("UPDATE leaf SET record = (SELECT hash FROM source) WHERE idx = 7")
            .await;
        for _ in 0..2 {
            run_until(&log, "the alarm", async || {
                let refused = log.library().checkpoint(None).await.unwrap_err();
                refused.to_string().contains("other_leaf").then_some(())
            })
            .await;
        }
        let alarms = log.events::<LogCheckFailed>().await;
        assert_eq!(alarms.len(), 1, "one alarm, however often it is started");
        assert_eq!(alarms[0].size, 8);

        log.tamper("UPDATE leaf SET record = (SELECT record FROM backup) WHERE idx = 7")
            .await;
        let signed = run_until(&log, "a checkpoint", async || {
            log.library().checkpoint(None).await.ok()
        })
        .await;
        assert_eq!(signed.root.size, 30);
        let proven = log
            .library()
            .prove_record(&Name::Index(7), None, &Scope::City)
            .await;
        assert_eq!(proven.unwrap().checkpoint, signed);
    })
    .await;
}

#[tokio::test]
async fn a_record_not_yet_signed_for_is_told_from_one_that_is_not_there() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let code = async |name: Name, size| {
            use kernel::Refusal as _;
            match log
                .library()
                .prove_record(&name, size, &Scope::City)
                .await
                .unwrap_err()
            {
                store::Failure::Refused(refused) => refused.code(),
                other => panic!("{other}"),
            }
        };
        assert_eq!(code(Name::Index(0), None).await, "record_not_found");
        let journal = Journal::of("ledger", 3);
        log.take(&journal).await;
        assert_eq!(code(Name::Index(0), None).await, "log_not_yet_signed");
        let lease = lease(&log).await;
        log.signer()
            .sign(&lease, &Log::key().verifier())
            .await
            .unwrap();
        journal.grow(1, "more");
        log.take(&journal).await;
        assert_eq!(code(Name::Index(3), None).await, "record_not_yet_signed");
        assert_eq!(code(Name::Index(3), Some(3)).await, "record_beyond_size");
        // A checkpoint a second: of this one four tenths are over.
        log.clock.advance(SignedDuration::from_millis(400));
        for (wait, expected) in [(0, 600), (300, 300), (900, 100), (10_000, 1000)] {
            log.clock.advance(SignedDuration::from_millis(wait));
            let refused = log
                .library()
                .prove_record(&Name::Index(3), None, &Scope::City)
                .await;
            let store::Failure::Refused(refused) = refused.unwrap_err() else {
                panic!("not refused");
            };
            let after = kernel::Refusal::retry_after(&refused);
            assert_eq!(after, Some(Duration::from_millis(expected)));
        }
        assert_eq!(code(Name::Index(0), Some(2)).await, "checkpoint_not_found");
        assert_eq!(
            code(Name::Position("ledger".into(), 9), None).await,
            "record_not_found"
        );
    })
    .await;
}
