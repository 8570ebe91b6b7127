//! The rules at work on a log: what they raise, keep, sum up and would have raised.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod digests;
mod replays;

use std::sync::Arc;

use jiff::SignedDuration;
use proto::{
    audit::v1::{SourceOverdue, SuspicionRaised},
    identity::v1::{AccessEvaluated, AccessOutcome, AccountFoundUnused, SessionStarted},
};
use sea_orm::{ConnectionTrait as _, Statement};
use standard::Pack;
use testkit::on_both;

use super::Looker;
use crate::{
    store::{Migrator, analysis::Progress},
    testing::{Journal, Log},
};

fn looker(log: &Log) -> Looker {
    Looker {
        store: log.store.clone(),
        pack: Arc::new(Pack::sendai().unwrap()),
        clock: Arc::new(log.clock.clone()),
        growth: log.growth.clone(),
    }
}

/// Shows the rules all there is.
async fn look(log: &Log) {
    let looker = looker(log);
    while looker.step().await.unwrap() > 0 {}
}

async fn analysed(log: &Log) -> Progress {
    let library = log.library();
    let progress = Progress::read(library.read(), library.backend()).await;
    progress.unwrap()
}

/// How many watches are kept.
async fn watches(log: &Log) -> i64 {
    let library = log.library();
    let sql = "SELECT COUNT(*) AS n FROM watch";
    let statement = Statement::from_string(library.backend().sea(), sql);
    let row = library.read().query_one_raw(statement).await.unwrap();
    row.unwrap().try_get("", "n").unwrap()
}

fn denied(person: &str) -> AccessEvaluated {
    AccessEvaluated {
        outcome: AccessOutcome::Deny.into(),
        person_id: person.into(),
        system_id: "SYS-1".into(),
        ..AccessEvaluated::default()
    }
}

#[tokio::test]
async fn a_burst_of_refusals_of_one_person_is_raised_once_with_its_records() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::new("identity");
        for _ in 0..10 {
            journal.say(&denied("S0001"), &[]);
            journal.say(&denied("S0002"), &[]);
        }
        log.take(&journal).await;
        look(&log).await;
        assert!(log.events::<SuspicionRaised>().await.is_empty());

        for _ in 0..5 {
            journal.say(&denied("S0001"), &[]);
            log.take(&journal).await;
            look(&log).await;
        }
        let raised = log.events::<SuspicionRaised>().await;
        assert_eq!(raised.len(), 1);
        let raised = &raised[0];
        assert_eq!(
            (raised.rule.as_str(), raised.subject.as_str()),
            ("denied_burst", "person/S0001")
        );
        assert_eq!(
            (raised.person_id.as_str(), raised.system_id.as_str()),
            ("S0001", "SYS-1")
        );
        let expected: Vec<u64> = (0..20).step_by(2).chain([20]).collect();
        assert_eq!(raised.log_indexes, expected);
        assert_eq!(raised.severity, "warning");
        assert!(raised.pack_version.starts_with("sendai/"));
        let said = log.said().await;
        assert_eq!(said[0].clauses[0].as_str(), "7-1-(4)-4b");
        assert_eq!(said[0].subject, "person/S0001");
        assert!(
            said[0].causation.is_some(),
            "it names the record it answers"
        );
    })
    .await;
}

#[tokio::test]
async fn each_source_is_heard_on_its_own_matters_only() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let (ledger, audit) = (Journal::new("ledger"), Journal::new("audit"));
        let overdue = SourceOverdue {
            source: "approvals".into(),
            ..SourceOverdue::default()
        };
        for _ in 0..20 {
            ledger.say(&denied("S0001"), &[]);
        }
        ledger.say(&overdue, &[]);
        ledger.push_raw(b"\x00 nobody can read this");
        log.take(&ledger).await;
        look(&log).await;
        assert!(log.events::<SuspicionRaised>().await.is_empty());
        audit.say(&overdue, &[]);
        log.take(&audit).await;
        look(&log).await;
        let raised = log.events::<SuspicionRaised>().await;
        assert_eq!(raised.len(), 1);
        assert_eq!(raised[0].subject, "source/approvals");
        assert_eq!(analysed(&log).await.size, log.size().await);
    })
    .await;
}

/// A process that ends without a word, or another replica: what one left, the next goes on with.
#[tokio::test]
async fn what_rules_remember_outlives_the_process_and_nothing_is_seen_twice() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::new("identity");
        for _ in 0..11 {
            journal.say(&denied("S0001"), &[]);
            log.take(&journal).await;
            // Two that have seen the same records: the later finds them seen.
            let (one, other) = (looker(&log), looker(&log));
            let (one, other) = futures::join!(one.step(), other.step());
            assert!(one.unwrap() + other.unwrap() >= 1);
        }
        look(&log).await;
        let raised = log.events::<SuspicionRaised>().await;
        assert_eq!(raised.len(), 1, "eleven, each counted once");
        assert_eq!(raised[0].log_indexes, (0..=10).collect::<Vec<_>>());
    })
    .await;
}

#[tokio::test]
async fn a_log_longer_than_a_batch_is_looked_through_to_its_end() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::new("identity");
        let unused = AccountFoundUnused {
            person_id: "S0001".into(),
            ..AccountFoundUnused::default()
        };
        let signed_in = SessionStarted {
            person_id: "S0001".into(),
            ..SessionStarted::default()
        };
        journal.say(&unused, &[]);
        journal.grow(1_100, "what else happened");
        journal.say(&signed_in, &[]);
        log.take(&journal).await;
        look(&log).await;
        let raised = log.events::<SuspicionRaised>().await;
        assert_eq!(raised.len(), 1);
        assert_eq!(raised[0].log_indexes, [0, 1_101]);
        assert_eq!(raised[0].rule, "dormant_id_used");
    })
    .await;
}

#[tokio::test]
async fn what_counts_no_longer_is_not_kept() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let journal = Journal::new("identity");
        for n in 0..50 {
            let refused = denied(&format!("S{n:04}"));
            journal.say_at(&refused, &[], "2026-04-01T01:59:00Z");
        }
        log.take(&journal).await;
        look(&log).await;
        assert_eq!(watches(&log).await, 50);
        // Two days on, by the log's clock.
        log.clock.advance(SignedDuration::from_secs(172_800));
        journal.say_at(&denied("S9999"), &[], "2026-04-03T01:59:00Z");
        log.take(&journal).await;
        look(&log).await;
        assert_eq!(watches(&log).await, 1);
    })
    .await;
}
