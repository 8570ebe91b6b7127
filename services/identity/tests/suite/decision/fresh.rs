//! Nobody decides on facts whose age is not known (guarantee G6).

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use async_trait::async_trait;
use bus::{SourceHead, Unreachable, Upstream};
use identity::decision::{Freshness, Head};
use kernel::{Actor, Clock as _, Context};
use proto::{
    common::v1 as common,
    identity::v1::AccessOutcome::{Allow, Deny},
    record::Outgoing,
};
use testkit::{eventually, on_both};
use tokio::time::Instant;

use super::rig::{Migrator, Rig, SOURCES, person, system, using};

/// A source that says how far it is, or (0) does not answer.
struct Says(AtomicU64);

#[async_trait]
impl Upstream for Says {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        match self.0.load(Ordering::Relaxed) {
            0 => Err(Unreachable("cut off".to_owned())),
            next => Ok(SourceHead {
                position: next - 1,
                committed: next - 1,
                hash: Vec::new(),
            }),
        }
    }

    async fn read(&self, _: u64, _: u32) -> Result<Vec<bytes::Bytes>, Unreachable> {
        Ok(Vec::new())
    }
}

fn follow(rig: &Rig, freshness: &Arc<Freshness>, source: &'static str, head: Head) {
    let following = Arc::clone(freshness).follow(
        source,
        head,
        rig.store.database().clone(),
        Arc::clone(&rig.snapshot),
        rig.tasks.shutdown_token(),
    );
    rig.tasks.spawn_brief("freshness", following);
}

/// As much of it as a source needs that has nothing more to say.
async fn time_passes(rig: &Rig) {
    let silent = Arc::new(Freshness::new(&["approvals"]));
    follow(
        rig,
        &silent,
        "approvals",
        Head::Of(Arc::new(Says(AtomicU64::new(1)))),
    );
    eventually("a silent source", async || silent.as_of(rig.clock.now())).await;
}

#[tokio::test]
async fn a_source_that_does_not_answer_is_never_fresh() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::empty(&test).await;
        let freshness = Arc::new(Freshness::new(&["ledger"]));
        follow(
            &rig,
            &freshness,
            "ledger",
            Head::Of(Arc::new(Says(AtomicU64::new(0)))),
        );
        time_passes(&rig).await;
        assert_eq!(freshness.as_of(rig.clock.now()), None);
        rig.tasks.shutdown_token().cancel();
    })
    .await;
}

#[tokio::test]
async fn a_snapshot_nobody_confirmed_denies_all_but_class_iii() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::empty(&test).await;
        for source in ["identity", "ledger", "approvals"] {
            rig.freshness.confirm(source, Instant::now());
        }
        assert_eq!(rig.freshness.as_of(rig.clock.now()), None);

        let known = Rig::start(&test).await;
        known
            .says("ledger", &system(|system| system.cloud = false))
            .await;
        assert_eq!(known.outcome().await, Allow);
        // The same database, a replica that has confirmed nothing.
        let replica = Rig::empty(&test).await;
        let token = replica.token("s-1", 0);
        let answer = replica.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), Deny);
        let codes: Vec<_> = answer.reasons.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["snapshot_stale"]);

        known
            .says(
                "ledger",
                &system(|system| {
                    system.cloud = false;
                    system.highest_class = common::InformationClass::Iii.into();
                }),
            )
            .await;
        replica.snapshot.refresh().await.expect("a snapshot");
        let answer = replica.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), Allow);
    })
    .await;
}

// Ten seconds for class I (pack period): what ages is refused, and never read anew for an answer.
#[tokio::test]
async fn a_snapshot_confirmed_too_long_ago_denies_until_it_is_confirmed_again() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::start(&test).await;
        rig.says("ledger", &system(|system| system.cloud = false))
            .await;
        assert_eq!(rig.outcome().await, Allow);
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(11)).await;
        tokio::time::resume();
        let token = rig.token("s-1", 0);
        let answer = rig.ask("office", &token, using("SYS-1")).await;
        assert_eq!(answer.outcome(), Deny);
        let codes: Vec<_> = answer.reasons.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["snapshot_stale"]);
        // One source that stays silent is enough.
        for source in ["identity", "ledger", "approvals"] {
            rig.freshness.confirm(source, Instant::now());
        }
        assert_eq!(rig.outcome().await, Deny);
        rig.confirm_all();
        assert_eq!(rig.outcome().await, Allow);
    })
    .await;
}

#[tokio::test]
async fn a_source_is_fresh_only_when_all_it_said_has_arrived() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::empty(&test).await;
        let freshness = Arc::new(Freshness::new(&["ledger"]));
        // It says it has told one thing; that one is not here yet.
        let source = Arc::new(Says(AtomicU64::new(2)));
        let as_of = || freshness.as_of(rig.clock.now());
        follow(&rig, &freshness, "ledger", Head::Of(source));
        time_passes(&rig).await;
        assert_eq!(as_of(), None);
        rig.told("ledger", &system(|_| ())).await;
        eventually("the ledger is confirmed", async || as_of()).await;
        assert!(
            rig.snapshot
                .get()
                .session(&"s-1".parse().expect("an id"))
                .is_none(),
            "the snapshot was refreshed, not invented"
        );
        rig.tasks.shutdown_token().cancel();
    })
    .await;
}

// What is committed here but not stamped by the relay is on its way, too.
#[tokio::test]
async fn own_news_that_no_relay_has_stamped_is_not_overlooked() {
    on_both::<Migrator, _>(async |test| {
        let rig = Rig::empty(&test).await;
        let freshness = Arc::new(Freshness::new(&["identity"]));
        let as_of = || freshness.as_of(rig.clock.now());
        let context = Context::new(Actor::Anonymous, rig.clock.now(), "test");
        let mut unit = rig.store.unit(context).await.expect("a unit");
        unit.record(
            "person",
            "S0001",
            Outgoing::new(&person("S0001"), [kernel::ClauseId::known("7-2-(9)-1")]),
        );
        unit.commit().await.expect("a commit");
        follow(&rig, &freshness, "identity", Head::Own);
        // The relay stands still: nothing is confirmed.
        time_passes(&rig).await;
        assert_eq!(as_of(), None);

        let lease = rig
            .store
            .database()
            .acquire("relay", "test", jiff::SignedDuration::from_secs(60))
            .await
            .expect("a database")
            .expect("a lease");
        rig.store
            .database()
            .stamp(&lease, 100)
            .await
            .expect("stamped");
        rig.told("identity", &person("S0001")).await;
        eventually("identity is confirmed", async || as_of()).await;
        rig.tasks.shutdown_token().cancel();
    })
    .await;
}

// The age counts by the monotonic clock: a wall clock set back makes nothing younger.
#[tokio::test]
async fn the_wall_clock_does_not_change_the_age() {
    let freshness = Freshness::new(&SOURCES);
    for source in SOURCES {
        freshness.confirm(source, Instant::now());
    }
    for now in ["2026-04-01T00:00:00Z", "2020-01-01T00:00:00Z"] {
        let now: jiff::Timestamp = now.parse().expect("an instant");
        let as_of = freshness.as_of(now).expect("confirmed");
        assert!(now.duration_since(as_of) < jiff::SignedDuration::from_secs(5));
        assert!(as_of <= now);
    }
}
