//! Witnesses sign what continues what they have seen, and whoever demands them is shown no other story;
//! the signing itself waits for none of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use kernel::ManualClock;
use runtime::CancellationToken;
use store::Lease;
use tempfile::TempDir;
use testkit::{eventually, on_both, sqlite_database};
use tokio::net::TcpListener;
use verifier::{Trust, Writer, verify_dump};
use witness::router;

use super::{Unwitnessed, Witness};
use crate::{
    signer::Signer,
    store::{Migrator, search},
    testing::{Journal, Log, lease},
};

const NAME: &str = "witness.example/w1";

/// A witness elsewhere.
struct Elsewhere {
    key: String,
    address: String,
    _directory: TempDir,
}

impl Elsewhere {
    /// One that serves what comes to the listener.
    fn at(listener: TcpListener) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log: Trust = Log::key().verifier().to_string().parse().unwrap();
        let judge = witness::Witness::open(directory.path(), NAME, vec![log]).unwrap();
        let key = judge.key().to_string();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let clock = ManualClock::new("2026-04-01T02:00:00Z".parse().unwrap());
        let routes = router(Arc::new(judge), Arc::new(clock));
        #[expect(clippy::disallowed_methods, reason = "a test's own server")]
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            key,
            address,
            _directory: directory,
        }
    }

    async fn started() -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    fn asked(&self) -> Witness {
        runtime::crypto::install();
        Witness::at(&self.key, &self.address).unwrap()
    }

    fn demanded(&self) -> Trust {
        let log: Trust = Log::key().verifier().to_string().parse().unwrap();
        log.witnessed_by(self.key.parse().unwrap())
    }
}

async fn signed(signer: &Signer, lease: &Lease) {
    let verifier = Log::key().verifier();
    assert!(signer.sign(lease, &verifier).await.unwrap());
}

/// The whole log as an auditor fetches it, under its newest checkpoint.
async fn dumped(log: &Log) -> Vec<u8> {
    let library = log.library();
    let newest = library.checkpoint(None).await.unwrap();
    let leaves = search::range(library.read(), 0..newest.root.size, 1_000).await;
    let mut dump = Writer::begin(Vec::new(), crate::testing::ORIGIN).unwrap();
    for leaf in leaves.unwrap() {
        dump.record(&leaf.record).unwrap();
    }
    dump.finish(&newest.note).unwrap()
}

#[tokio::test]
async fn every_checkpoint_is_signed_by_the_witness_and_shown_with_its_signature() {
    on_both::<Migrator, _>(async |test| {
        let elsewhere = Elsewhere::started().await;
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 7);
        let mut signer = log.signer();
        signer.witnesses.push(elsewhere.asked());
        let stop = CancellationToken::new();
        let grow = async {
            for count in [0, 1, 40] {
                journal.grow(count, "more");
                log.take(&journal).await;
                let size = journal.len();
                let shown = eventually("a witnessed checkpoint", async || {
                    let newest = log.library().witnessed(1).await.ok()?;
                    (newest.root.size == size).then_some(newest)
                })
                .await;
                assert_eq!(log.library().checkpoint(None).await.unwrap(), shown);
                let dump = dumped(&log).await;
                verify_dump(dump.as_slice(), &elsewhere.demanded(), None).unwrap();
            }
            stop.cancel();
        };
        let (ended, ()) = tokio::join!(signer.run(stop.clone()), grow);
        ended.unwrap();
        let refused = log.library().witnessed(2).await.unwrap_err();
        assert!(refused.to_string().contains("2 witnesses"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_witness_that_does_not_answer_delays_no_signature_and_is_caught_up_with() {
    let test = sqlite_database::<Migrator>().await;
    // It takes connections, and says nothing to anybody.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let elsewhere = Elsewhere::started().await;
    let log = Log::new(&test).await;
    let journal = Journal::of("ledger", 7);
    log.take(&journal).await;
    let mut signer = log.signer();
    runtime::crypto::install();
    let silent = Witness::at(&elsewhere.key, &address).unwrap();
    signer.witnesses.push(silent);
    let stop = CancellationToken::new();
    let grow = async {
        for _ in 0..3 {
            let size = journal.len();
            eventually("a checkpoint", async || {
                let newest = log.library().checkpoint(None).await.ok()?;
                (newest.root.size == size).then_some(())
            })
            .await;
            journal.grow(3, "more");
            log.take(&journal).await;
        }
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(signer.run(stop.clone()), grow);
    ended.unwrap();
    assert!(log.library().witnessed(1).await.is_err());
    drop(listener);

    // Whatever it missed, one proof leads from what it has seen to what there is.
    let lease = lease(&log).await;
    let signer = log.signer();
    signer.sign(&lease, &Log::key().verifier()).await.unwrap();
    let size = signer.ask(&lease, &elsewhere.asked()).await.unwrap();
    assert_eq!(size, journal.len());
    let again = signer.ask(&lease, &elsewhere.asked()).await.unwrap();
    assert_eq!(again, size, "it has signed that already");
}

#[tokio::test]
async fn a_forked_or_rolled_back_log_gets_no_signature_and_who_demands_one_refuses_it() {
    on_both::<Migrator, _>(async |test| {
        let elsewhere = Elsewhere::started().await;
        let witness = elsewhere.asked();
        let honest = Log::new(&test).await;
        let (signer, held) = (honest.signer(), lease(&honest).await);
        honest.take(&Journal::of("ledger", 30)).await;
        signed(&signer, &held).await;
        assert_eq!(signer.ask(&held, &witness).await.unwrap(), 30);

        for (what, size) in [("rolled back", 20), ("forked there", 30), ("went on", 40)] {
            // The same key over another story: the server lies to somebody.
            let other = sqlite_database::<Migrator>().await;
            let liar = Log::new(&other).await;
            let journal = Journal::new("ledger");
            journal.grow(size, "another story");
            liar.take(&journal).await;
            let (signer, held) = (liar.signer(), lease(&liar).await);
            signed(&signer, &held).await;
            let refused = signer.ask(&held, &witness).await.unwrap_err();
            assert_eq!(refused.word(), "other_log", "{what}: {refused}");
            let dump = dumped(&liar).await;
            let own: Trust = Log::key().verifier().to_string().parse().unwrap();
            assert!(
                verify_dump(dump.as_slice(), &own, None).is_ok(),
                "it is well signed"
            );
            let failure = verify_dump(dump.as_slice(), &elsewhere.demanded(), None).unwrap_err();
            assert!(
                matches!(failure, verifier::Failure::Unwitnessed { .. }),
                "{what}: {failure}"
            );
        }
        verify_dump(
            dumped(&honest).await.as_slice(),
            &elsewhere.demanded(),
            None,
        )
        .unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_no_witness_or_not_this_one_is_told_apart() {
    let test = sqlite_database::<Migrator>().await;
    let log = Log::new(&test).await;
    log.take(&Journal::of("ledger", 3)).await;
    let (signer, held) = (log.signer(), lease(&log).await);
    signed(&signer, &held).await;
    let (one, two) = (Elsewhere::started().await, Elsewhere::started().await);
    let mixed_up = Witness::at(&one.key, &two.address).unwrap();
    let refused = signer.ask(&held, &mixed_up).await.unwrap_err();
    assert!(matches!(refused, Unwitnessed::NoSignature), "{refused}");
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let away = Witness::at(&one.key, &nobody).unwrap();
    let refused = signer.ask(&held, &away).await.unwrap_err();
    assert_eq!(refused.word(), "away", "{refused}");
    let elsewhere = Witness::at(&one.key, &format!("{}/other", one.address)).unwrap();
    let refused = signer.ask(&held, &elsewhere).await.unwrap_err();
    assert_eq!(refused.word(), "answered", "{refused}");
    assert!(Witness::at(&Log::key().verifier().to_string(), &one.address).is_err());
    assert!(
        log.library().witnessed(1).await.is_err(),
        "nothing is kept of it"
    );
}
