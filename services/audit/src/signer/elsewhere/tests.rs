//! The key is elsewhere: what is signed is the log's one story, and nothing but checkpoints waits while
//! the signer is away (7-1-(4)-3).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use kernel::ManualClock;
use proto::audit::v1::LogKeyHandedOver;
use runtime::{CancellationToken, Config, Runtime, config::SignerAt};
use shell::StartError;
use standard::Pack;
use store::Lease;
use testkit::{eventually, measured, on_both, sqlite_database};
use verifier::{Checkpoint, Trust, Which};

use super::*;
use crate::{
    signer::{Signer, Trouble, configured_key, renew},
    store::Migrator,
    testing::{HeldElsewhere, Journal, Log, lease},
};

fn signer(log: &Log, held: &HeldElsewhere) -> Signer {
    let mut signer = log.signer();
    signer.key = Arc::new(held.asked());
    signer
}

async fn sign(signer: &Signer, lease: &Lease) -> Result<bool, Trouble> {
    signer.sign(lease, &signer.key.verifier()).await
}

/// Leaves under the newest checkpoint there is.
async fn signed(log: &Log) -> Option<u64> {
    let newest = log.library().checkpoint(None).await.ok();
    newest.map(|newest| newest.root.size)
}

async fn until_signed(log: &Log, size: u64) {
    eventually("a checkpoint", async || {
        (signed(log).await == Some(size)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn each_growth_is_signed_elsewhere_and_the_signer_remembers_the_last() {
    on_both::<Migrator, _>(async |test| {
        let held = HeldElsewhere::started();
        let log = Log::new(&test).await;
        let (signer, lease) = (signer(&log, &held), lease(&log).await);
        let trust: Trust = held.key().parse().unwrap();
        let journal = Journal::new("ledger");
        for count in [1, 6, 40] {
            journal.grow(count, "story");
            log.take(&journal).await;
            assert!(sign(&signer, &lease).await.unwrap());
            assert!(!sign(&signer, &lease).await.unwrap(), "signed already");
            let newest = log.library().checkpoint(None).await.unwrap();
            let opened = Checkpoint::open(&newest.note, &trust, Which::Final).unwrap();
            assert_eq!(opened.size, journal.len());
            let kept = held.directory.path().join("signed.checkpoint");
            assert_eq!(std::fs::read_to_string(kept).unwrap(), newest.note);
        }
        signer.check(&signer.key.verifier(), 0).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn while_the_signer_is_away_the_log_grows_and_it_is_signed_when_it_is_back() {
    let test = sqlite_database::<Migrator>().await;
    let mut held = HeldElsewhere::started();
    let log = Log::new(&test).await;
    let journal = Journal::of("ledger", 7);
    log.take(&journal).await;
    let stop = CancellationToken::new();
    let running = signer(&log, &held).run(stop.clone());
    let story = async {
        until_signed(&log, 7).await;
        held.stop().await;
        let away = || {
            let reason = ["reason=\"away\""];
            measured("sekisho_audit_signer_failures_total", &reason)
        };
        let before = away();
        journal.grow(3, "unsigned");
        log.take(&journal).await;
        eventually("that it is told", async || (away() > before).then_some(())).await;
        journal.grow(3, "unsigned");
        log.take(&journal).await;
        assert_eq!((log.size().await, signed(&log).await), (13, Some(7)));
        held.start();
        until_signed(&log, 13).await;
        stop.cancel();
    };
    let (ended, ()) = tokio::join!(running, story);
    ended.unwrap();
}

#[tokio::test]
async fn what_was_signed_and_then_not_kept_is_gone_on_from() {
    on_both::<Migrator, _>(async |test| {
        let held = HeldElsewhere::started();
        let log = Log::new(&test).await;
        let (signer, lease) = (signer(&log, &held), lease(&log).await);
        let journal = Journal::of("ledger", 7);
        log.take(&journal).await;
        let lost = async || {
            let last = signed(&log).await.unwrap_or(0);
            let asked = signer.continuation(None, last).await.unwrap();
            signer.key.sign(&asked).await.unwrap();
        };
        lost().await;
        assert!(sign(&signer, &lease).await.unwrap(), "the same once more");
        journal.grow(5, "more");
        log.take(&journal).await;
        lost().await;
        journal.grow(5, "more");
        log.take(&journal).await;
        assert!(sign(&signer, &lease).await.unwrap());
        assert_eq!(signed(&log).await, Some(17));
        signer.check(&signer.key.verifier(), 0).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn a_log_rolled_back_or_forked_gets_no_signature_from_elsewhere() {
    on_both::<Migrator, _>(async |test| {
        let held = HeldElsewhere::started();
        let honest = Log::new(&test).await;
        honest.take(&Journal::of("ledger", 30)).await;
        assert!(
            sign(&signer(&honest, &held), &lease(&honest).await)
                .await
                .unwrap()
        );
        for (what, size) in [("rolled back", 20), ("forked there", 30), ("went on", 40)] {
            // Whoever has stolen audit has its token too, and writes another log.
            let test = sqlite_database::<Migrator>().await;
            let log = Log::new(&test).await;
            let journal = Journal::new("ledger");
            journal.grow(size, "another story");
            log.take(&journal).await;
            let refused = sign(&signer(&log, &held), &lease(&log).await).await;
            let Err(Trouble::Unsigned(why)) = refused else {
                panic!("{what}: {refused:?}");
            };
            assert_eq!(why.word(), "other_log", "{what}: {why}");
            assert_eq!(signed(&log).await, None, "{what}");
        }
    })
    .await;
}

/// Its key is renewed, as an operator does it.
async fn renewed(held: &mut HeldElsewhere) {
    held.stop().await;
    let key = renew(&held.directory.path().join("audit-log.key")).unwrap();
    held.start();
    assert_eq!(held.key(), key);
}

/// That whoever trusts this key follows to the one that has signed the newest checkpoint.
async fn followed(log: &Log, first: &Trust) {
    let notes = log.library().hand_overs().await.unwrap();
    let follows = first.clone().follow(&notes).unwrap();
    let newest = log.library().checkpoint(None).await.unwrap();
    Checkpoint::open(&newest.note, &follows, Which::Final).unwrap();
    Checkpoint::open(&newest.note, first, Which::Final).unwrap_err();
}

#[tokio::test]
async fn its_key_hands_over_to_the_next_and_who_trusts_the_first_follows() {
    on_both::<Migrator, _>(async |test| {
        let mut held = HeldElsewhere::started();
        let first: Trust = held.key().parse().unwrap();
        let log = Log::new(&test).await;
        let journal = Journal::of("ledger", 30);
        log.take(&journal).await;
        let stop = CancellationToken::new();
        let running = signer(&log, &held).run(stop.clone());
        let story = async {
            until_signed(&log, 30).await;
            stop.cancel();
        };
        tokio::join!(running, story).0.unwrap();
        renewed(&mut held).await;
        journal.grow(1, "more");
        log.take(&journal).await;
        let stop = CancellationToken::new();
        let running = signer(&log, &held).run(stop.clone());
        let story = async {
            until_signed(&log, 31).await;
            stop.cancel();
        };
        tokio::join!(running, story).0.unwrap();
        let told = log.events::<LogKeyHandedOver>().await;
        assert_eq!(told.iter().map(|told| told.size).collect::<Vec<_>>(), [30]);
        followed(&log, &first).await;
    })
    .await;
}

#[tokio::test]
async fn what_the_old_key_signed_last_and_nobody_kept_is_part_of_what_it_hands_over() {
    on_both::<Migrator, _>(async |test| {
        let mut held = HeldElsewhere::started();
        let first: Trust = held.key().parse().unwrap();
        let log = Log::new(&test).await;
        let (old, lease) = (signer(&log, &held), lease(&log).await);
        let journal = Journal::of("ledger", 30);
        log.take(&journal).await;
        assert!(sign(&old, &lease).await.unwrap());
        journal.grow(1, "more");
        log.take(&journal).await;
        let asked = old.continuation(None, 30).await.unwrap();
        old.key.sign(&asked).await.unwrap();

        renewed(&mut held).await;
        let new = signer(&log, &held);
        new.take_over(&lease).await.unwrap();
        new.take_over(&lease).await.unwrap();
        let told = log.events::<LogKeyHandedOver>().await;
        assert_eq!(told.iter().map(|told| told.size).collect::<Vec<_>>(), [31]);
        assert!(!sign(&new, &lease).await.unwrap(), "the old key's to sign");
        journal.grow(1, "more");
        log.take(&journal).await;
        assert!(sign(&new, &lease).await.unwrap());
        new.check(&new.key.verifier(), 0).await.unwrap();
        followed(&log, &first).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_this_signer_or_does_not_know_us_is_told_apart() {
    let test = sqlite_database::<Migrator>().await;
    let log = Log::new(&test).await;
    log.take(&Journal::of("ledger", 3)).await;
    let lease = lease(&log).await;
    let (one, two) = (HeldElsewhere::started(), HeldElsewhere::started());
    let (key, address) = (one.key(), one.address());
    let with = |key: &str, address: &str, credentials| {
        let mut signer = log.signer();
        signer.key = Arc::new(Elsewhere::at(key, address, credentials).unwrap());
        signer
    };
    for (what, signer, word) in [
        (
            "another key",
            with(&two.key(), &address, one.credentials("audit")),
            "no_signature",
        ),
        (
            "another address",
            with(&key, &format!("{address}/x"), one.credentials("audit")),
            "answered",
        ),
        (
            "no token",
            with(&key, &address, Credentials::anonymous()),
            "answered",
        ),
        (
            "another's token",
            with(&key, &address, two.credentials("audit")),
            "answered",
        ),
        (
            "another service",
            with(&key, &address, one.credentials("ledger")),
            "answered",
        ),
    ] {
        let refused = sign(&signer, &lease).await;
        let Err(Trouble::Unsigned(why)) = refused else {
            panic!("{what}: {refused:?}");
        };
        assert_eq!(why.word(), word, "{what}: {why}");
        assert_eq!(signed(&log).await, None, "{what}: nothing is kept of it");
    }
}

/// The key that a process begins with, and its public half in the data directory.
async fn configured(held: &HeldElsewhere, key: &str) -> (Result<String, StartError>, String) {
    let directory = tempfile::tempdir().unwrap();
    let mut config = Config::defaults_for_embedded(directory.path());
    config.audit.signer = Some(SignerAt {
        key: key.to_owned(),
        url: held.address(),
    });
    let clock = ManualClock::new("2026-04-01T02:00:00Z".parse().unwrap());
    let runtime = Runtime::with(config, Pack::sendai().unwrap(), Arc::new(clock));
    let begun = configured_key(&runtime, &held.workload, true).await;
    let public = std::fs::read_to_string(directory.path().join("audit-log.pub"));
    let begun = begun.map(|key| key.verifier().to_string());
    (begun, public.unwrap_or_default())
}

#[tokio::test]
async fn at_the_start_the_signer_must_show_the_key_that_is_configured_or_be_away() {
    let mut held = HeldElsewhere::started();
    let other = Log::key().verifier().to_string();
    let refused = configured(&held, &other).await.0.unwrap_err();
    for named in [&held.key(), &other, &held.address()] {
        assert!(refused.to_string().contains(named), "{refused}");
    }
    let refused = configured(&held, "no key").await.0.unwrap_err();
    assert!(refused.to_string().contains("audit.signer"), "{refused}");

    for away in [false, true] {
        if away {
            held.stop().await;
        }
        let (begun, public) = configured(&held, &held.key()).await;
        assert_eq!(begun.unwrap(), held.key());
        assert_eq!(public.trim_end(), held.key());
    }
}
