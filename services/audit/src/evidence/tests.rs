//! What a package vouches for does not depend on rows that anybody at the database can take away.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use proto::identity::v1::AccessEvaluated;
use store::Failure;
use testkit::on_both;

use super::Evidence;
use crate::{
    store::{Migrator, search::Filter},
    testing::{Journal, Log, lease},
};

async fn filled(log: &Log) -> Evidence {
    let identity = Journal::new("identity");
    for (person, system) in [
        ("S0001", "SYS-1"),
        ("S0002", "SYS-1"),
        ("S0001", "SYS-2"),
        ("S0001", "SYS-10"),
        ("S0003", "SYS-1"),
    ] {
        let event = AccessEvaluated {
            person_id: person.into(),
            system_id: system.into(),
            ..AccessEvaluated::default()
        };
        identity.say(&event, &["4-5-1"]);
    }
    log.take(&identity).await;
    log.index().await;
    let lease = lease(log).await;
    log.signer()
        .sign(&lease, &Log::key().verifier())
        .await
        .unwrap();
    Evidence {
        store: log.store.clone(),
        library: log.library(),
    }
}

fn of(term: &str) -> Filter {
    Filter {
        terms: vec![term.to_owned()],
        ..Filter::default()
    }
}

#[tokio::test]
async fn a_record_that_was_taken_out_of_the_index_is_taken_as_evidence_all_the_same_8_3_3_2b() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let evidence = filled(&log).await;
        for table in ["entry", "entry_term", "entry_hour", "kind"] {
            assert_ne!(log.tamper(&format!("DELETE FROM {table}")).await, 0);
        }
        for (filter, expected) in [
            (of("system/SYS-1"), &[0, 1, 4][..]),
            (of("person/S0001"), &[0, 2, 3]),
            (Filter::default(), &[0, 1, 2, 3, 4]),
            (
                Filter {
                    kind_prefix: Some("sekisho.identity.".into()),
                    subject: Some("subject".into()),
                    ..of("system/SYS-2")
                },
                &[2],
            ),
            (of("system/SYS"), &[]),
        ] {
            let indexes = evidence.indexes(&filter, 5).await.unwrap();
            assert_eq!(indexes, expected, "{filter:?}");
        }
    })
    .await;
}

/// What is not there cannot be said not to fit.
#[tokio::test]
async fn nothing_is_vouched_for_while_a_leaf_is_missing() {
    on_both::<Migrator, _>(async |test| {
        let log = Log::new(&test).await;
        let evidence = filled(&log).await;
        assert_eq!(log.tamper("DELETE FROM leaf WHERE idx = 1").await, 1);
        let taken = evidence.indexes(&of("system/SYS-2"), 5).await;
        assert!(
            !matches!(taken, Ok(_) | Err(Failure::Refused(_))),
            "{taken:?}"
        );
    })
    .await;
}
