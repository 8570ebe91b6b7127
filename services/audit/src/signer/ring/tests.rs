//! The log's key changes, and everybody who trusts the old one can follow (7-1-(4)-3).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use audit_domain::SignerKey;
use proto::audit::v1::{LogCheckFailed, LogKeyHandedOver};
use runtime::CancellationToken;
use testkit::{eventually, on_both};
use verifier::{Checkpoint, Failure, Trust, Which};

use super::Ring;
use crate::{
    signer::Signer,
    store::Migrator,
    testing::{Journal, Log, ORIGIN, lease},
};

fn renewed() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[43; 32]).unwrap()
}

fn trusted(key: &SignerKey) -> Trust {
    key.verifier().to_string().parse().unwrap()
}

/// Runs a signer until the log is signed at that size.
async fn run_until_signed(log: &Log, signer: Signer, size: u64) -> String {
    let stop = CancellationToken::new();
    let signed = async {
        let found = eventually("a checkpoint", async || {
            let newest = log.library().checkpoint(None).await.ok()?;
            (newest.root.size == size).then_some(newest.note)
        })
        .await;
        stop.cancel();
        found
    };
    let (ended, note) = tokio::join!(signer.run(stop.clone()), signed);
    ended.unwrap();
    note
}

#[tokio::test]
async fn the_old_key_hands_over_once_and_who_trusts_it_follows_to_the_new_one() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 30);
        log.take(&journal).await;
        let kept = run_until_signed(&log, log.signer(), 30).await;
        for size in [31, 32] {
            // Started twice with both keys in the file.
            journal.grow(1, "more");
            log.take(&journal).await;
            let mut signer = log.signer();
            signer.key = Arc::new(Ring {
                key: renewed(),
                before: Some(Log::key()),
            });
            let note = run_until_signed(&log, signer, size).await;
            let notes = log.library().hand_overs().await.unwrap();
            let follows = trusted(&Log::key()).follow(&notes).unwrap();
            for trust in [&follows, &trusted(&renewed())] {
                Checkpoint::open(&note, trust, Which::Final).unwrap();
            }
            Checkpoint::open(&kept, &follows, Which::Kept).unwrap();
            let lags = Checkpoint::open(&note, &trusted(&Log::key()), Which::Final);
            assert!(matches!(lags, Err(Failure::Unsigned { .. })), "{lags:?}");
        }
        let told = log.events::<LogKeyHandedOver>().await;
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].size, 30);
        assert_eq!(told[0].note, log.library().hand_overs().await.unwrap());
        // The old secret has done its work.
        journal.grow(1, "more");
        log.take(&journal).await;
        let mut signer = log.signer();
        signer.key = Arc::new(Ring {
            key: renewed(),
            before: None,
        });
        run_until_signed(&log, signer, 33).await;
    })
    .await;
}

#[tokio::test]
async fn before_anything_new_was_signed_the_new_key_stands_by_what_it_took_over() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        log.take(&Journal::of("ledger", 30)).await;
        let held = lease(&log).await;
        let old = log.signer();
        old.sign(&held, &Log::key().verifier()).await.unwrap();
        let mut new = log.signer();
        new.key = Arc::new(Ring {
            key: renewed(),
            before: Some(Log::key()),
        });
        new.take_over(&held).await.unwrap();
        new.take_over(&held).await.unwrap();
        new.check(&renewed().verifier(), 0).await.unwrap();
        assert!(!new.sign(&held, &renewed().verifier()).await.unwrap());
        // The old one is refused from now on.
        let refused = old.check(&Log::key().verifier(), 0).await.unwrap_err();
        assert!(
            refused.to_string().contains("not signed with this key"),
            "{refused}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_key_that_is_not_handed_over_to_signs_nothing() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 30);
        log.take(&journal).await;
        run_until_signed(&log, log.signer(), 30).await;
        journal.grow(1, "more");
        log.take(&journal).await;
        let stranger = || SignerKey::from_seed(ORIGIN, &[9; 32]).unwrap();
        let mut signer = log.signer();
        signer.key = Arc::new(Ring {
            key: renewed(),
            before: Some(stranger()),
        });
        let stop = CancellationToken::new();
        let alarm = async {
            let failed = eventually("the alarm", async || {
                log.events::<LogCheckFailed>().await.pop()
            })
            .await;
            stop.cancel();
            failed
        };
        let (ended, failed) = tokio::join!(signer.run(stop.clone()), alarm);
        ended.unwrap();
        assert_eq!(failed.finding, "other_key");
        assert_eq!(log.library().hand_overs().await.unwrap(), "");
        // A note that only the stranger signed does not make it the log's own key.
        let stolen = audit_domain::HandOver::sign(
            log.library().checkpoint(Some(30)).await.unwrap().root,
            &stranger(),
            &renewed(),
        );
        let notes = stolen.unwrap();
        let trust = trusted(&Log::key()).follow(&notes).unwrap();
        let note = log.library().checkpoint(Some(30)).await.unwrap().note;
        assert!(Checkpoint::open(&note, &trust, Which::Final).is_ok());
    })
    .await;
}
