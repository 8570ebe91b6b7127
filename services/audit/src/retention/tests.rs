//! What is over goes, what is held or young stays, and the log checks and proves as before.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use audit_domain::verify_inclusion;
use kernel::Clock as _;
use proto::{
    audit::v1::RecordsPruned,
    common::v1::InformationClass,
    identity::v1::AccessEvaluated,
    incidents::v1::{Incident, RecordHold, RecordsHeld, RecordsReleased},
    ledger::v1::{System, SystemRegistered},
    timestamp,
};
use standard::Pack;
use store::Failure;
use testkit::on_both;

use super::Retention;
use crate::{
    readers::Scope,
    refused::Refused,
    store::{
        Migrator, index, prune,
        search::{Filter, Name, Part},
    },
    testing::{Journal, Log, lease},
};

const EARLY: &str = "2026-04-01T01:00:00Z";
const LATE: &str = "2027-03-01T01:00:00Z";

fn retention(log: &Log) -> Retention {
    Retention {
        store: log.store.clone(),
        library: log.library(),
        pack: Arc::new(Pack::sendai().unwrap()),
        clock: Arc::new(log.clock.clone()),
    }
}

fn accessed(system: &str) -> AccessEvaluated {
    AccessEvaluated {
        person_id: "S0001".into(),
        system_id: system.into(),
        ..AccessEvaluated::default()
    }
}

fn system(id: &str, class: InformationClass) -> SystemRegistered {
    let mut system = System {
        system_id: id.into(),
        owner_section_id: "tax".into(),
        ..System::default()
    };
    system.set_network_class(proto::common::v1::NetworkClass::Lgwan);
    system.set_highest_class(class);
    SystemRegistered {
        system: Some(system),
    }
}

/// `SYS-2` handles class II, `SYS-1` class I. Leaves: 0, 1 the systems, 2 to 5 early accesses to
/// `SYS-2`, 6 one to `SYS-1`, 7 a late one to `SYS-2`. Indexed and signed, a year and a day later.
async fn filled(test: &testkit::TestDatabase) -> Log {
    let log = Log::new(test).await;
    let (ledger, identity) = (Journal::new("ledger"), Journal::new("identity"));
    ledger.say_at(&system("SYS-1", InformationClass::I), &[], EARLY);
    ledger.say_at(&system("SYS-2", InformationClass::Ii), &[], EARLY);
    log.take(&ledger).await;
    for _ in 0..4 {
        identity.say_at(&accessed("SYS-2"), &[], EARLY);
    }
    identity.say_at(&accessed("SYS-1"), &[], EARLY);
    identity.say_at(&accessed("SYS-2"), &[], LATE);
    log.take(&identity).await;
    log.index().await;
    let now: jiff::Timestamp = "2027-04-02T00:00:00Z".parse().unwrap();
    log.clock.advance(now.duration_since(log.clock.now()));
    sign(&log).await;
    log
}

async fn sign(log: &Log) {
    let lease = lease(log).await;
    let key = Log::key().verifier();
    log.signer().sign(&lease, &key).await.unwrap();
    log.store.database().release(&lease).await.unwrap();
}

async fn pruned(log: &Log) -> u64 {
    let retention = retention(log);
    let now = log.clock.now();
    let plan = retention.plan(now, 0).await.unwrap();
    let (count, digest) = (plan.count(), plan.digest());
    let context = log.context();
    let pruned = retention.prune(context, now, 0, &digest).await.unwrap();
    assert_eq!(pruned, count, "what was planned");
    pruned
}

#[tokio::test]
async fn what_is_over_is_dropped_and_every_proof_of_what_remains_holds_7_1_4_1() {
    on_both::<Migrator, _>(async |test| {
        let log = filled(&test).await;
        let before = log.library().checkpoint(None).await.unwrap();
        assert_eq!(pruned(&log).await, 4);
        let event = log.events::<RecordsPruned>().await.pop().unwrap();
        assert_eq!(
            (event.ranges[0].from_index, event.ranges[0].to_index),
            (2, 6)
        );
        let library = log.library();
        for index in 0..8 {
            let name = Name::Index(index);
            let proven = library.prove_record(&name, None, &Scope::City).await;
            if (2..6).contains(&index) {
                let refused = proven.unwrap_err();
                let expected = Refused::RecordPruned(index);
                assert!(matches!(refused, Failure::Refused(why) if why == expected));
                continue;
            }
            let proven = proven.unwrap();
            let leaf = audit_domain::Leaf::of(&proven.leaf.record).hash();
            let root = &proven.checkpoint.root;
            assert!(verify_inclusion(root, index, &leaf, &proven.path).is_ok());
        }
        assert_eq!(library.checkpoint(None).await.unwrap(), before);
        log.signer().check(&Log::key().verifier(), 0).await.unwrap();
        // What was dropped is found by nothing.
        for filter in [
            Filter::default(),
            Filter {
                terms: vec!["system/SYS-2".into()],
                ..Filter::default()
            },
        ] {
            let part = Part {
                range: 0..u64::MAX,
                order: sea_orm::Order::Asc,
                limit: 100,
            };
            let page = library.search().page(&filter, part).await.unwrap();
            let found: Vec<u64> = page.leaves.iter().map(|leaf| leaf.index).collect();
            assert!(
                !found.iter().any(|index| (2..6).contains(index)),
                "{found:?}"
            );
        }
        // And once dropped there is nothing more to drop.
        assert_eq!(pruned(&log).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_log_grows_and_a_repeated_delivery_is_known_after_pruning() {
    on_both::<Migrator, _>(async |test| {
        let log = filled(&test).await;
        pruned(&log).await;
        let mark = log.source("identity").await.watermark;
        let more = Journal::of("approvals", 3);
        log.take(&more).await;
        sign(&log).await;
        log.signer().check(&Log::key().verifier(), 0).await.unwrap();
        assert_eq!(log.source("identity").await.watermark, mark);
        let library = log.library();
        let held = crate::store::leaf::held(library.read(), library.backend(), "identity", 2);
        assert_ne!(held.await.unwrap(), Some(audit_domain::record_hash(b"")));
    })
    .await;
}

fn incident(system: &str, on_hold: bool) -> Incident {
    Incident {
        incident_id: "I-1".into(),
        system_id: system.into(),
        records_on_hold: on_hold,
        record_hold: Some(RecordHold {
            reason: "unknown sign-ins".into(),
            held_by: "S0100".into(),
            held_at: Some(timestamp(EARLY.parse().unwrap())),
            ..RecordHold::default()
        }),
        ..Incident::default()
    }
}

#[tokio::test]
async fn an_incidents_hold_stops_pruning_until_it_is_released_8_3_3_2a() {
    on_both::<Migrator, _>(async |test| {
        let log = filled(&test).await;
        let incidents = Journal::new("incidents");
        let held = RecordsHeld {
            incident: Some(incident("SYS-2", true)),
            reason: "unknown sign-ins".into(),
        };
        incidents.say_at(&held, &["8-3-(3)-2a"], LATE);
        log.take(&incidents).await;
        let retention = retention(&log);
        let holds = retention.holds().await.unwrap();
        assert_eq!((holds[0].incident.as_str(), holds.len()), ("I-1", 1));
        let plan = retention.plan(log.clock.now(), 0).await.unwrap();
        assert_eq!((plan.count(), plan.held["I-1"]), (0, 4));
        assert_eq!(pruned(&log).await, 0);
        let released = RecordsReleased {
            incident: Some(incident("SYS-2", false)),
            reason: "no intrusion".into(),
        };
        incidents.say_at(&released, &["8-3-(3)-2a"], LATE);
        log.take(&incidents).await;
        assert!(retention.holds().await.unwrap().is_empty());
        assert_eq!(pruned(&log).await, 4);
    })
    .await;
}

/// A hold placed between the plan and the decision makes it another plan.
#[tokio::test]
async fn only_what_was_planned_is_dropped() {
    on_both::<Migrator, _>(async |test| {
        let log = filled(&test).await;
        let (retention, now) = (retention(&log), log.clock.now());
        let digest = retention.plan(now, 0).await.unwrap().digest();
        let incidents = Journal::new("incidents");
        let held = RecordsHeld {
            incident: Some(incident("", true)),
            reason: "unknown sign-ins".into(),
        };
        incidents.say_at(&held, &[], LATE);
        log.take(&incidents).await;
        let refused = retention.prune(log.context(), now, 0, &digest).await;
        let changed = Refused::PruningPlanChanged;
        assert!(matches!(refused, Err(Failure::Refused(why)) if why == changed));
        let none = log.events::<RecordsPruned>().await;
        assert!(none.is_empty());
        let to_come = now + jiff::SignedDuration::from_secs(1);
        let refused = retention.as_of(Some(to_come));
        assert!(matches!(
            refused,
            Err(Failure::Refused(Refused::PruningToCome))
        ));
    })
    .await;
}

/// Somebody at the database drops records the way pruning does, beside those that were dropped by right:
/// the service's own role may, and no trigger tells.
#[tokio::test]
async fn a_record_dropped_without_a_word_of_the_log_is_found_at_boot_with_its_place_7_1_4_3() {
    on_both::<Migrator, _>(async |test| {
        let log = filled(&test).await;
        assert_eq!(pruned(&log).await, 4);
        let (signer, verifier) = (log.signer(), Log::key().verifier());
        signer.check(&verifier, 0).await.unwrap();
        log.take_own().await;
        let said = log.size().await - 1;
        signer.check(&verifier, 0).await.unwrap();
        let library = log.library();
        // A young one; the log's own word on the four, which are the first without one then; the first of all.
        for (dropped, first) in [(7, 7), (said, 2), (0, 0)] {
            let name = Name::Index(dropped);
            let leaf = library.record(&name, &Scope::City).await.unwrap();
            let db = log.store.database().migrations();
            prune::leaf(db, library.backend(), &leaf).await.unwrap();
            let found = signer.check(&verifier, 0).await.unwrap_err().to_string();
            let named = format!("leaf {first} has no record");
            assert!(found.starts_with(&named), "{dropped}: {found}");
        }
    })
    .await;
}

/// What a record is found by may have changed since: people move, sections too.
#[tokio::test]
async fn what_was_dropped_is_found_by_nothing_also_where_the_city_has_changed() {
    on_both::<Migrator, _>(async |test| {
        let log = filled(&test).await;
        let stray = crate::index::term::bureau("former");
        let db = log.store.database().migrations();
        let number = index::number(&stray);
        let add = format!("INSERT INTO entry_term (term, idx) VALUES ({number}, 3)");
        sea_orm::ConnectionTrait::execute_unprepared(db, &add)
            .await
            .unwrap();
        let part = Part {
            range: 0..u64::MAX,
            order: sea_orm::Order::Asc,
            limit: 100,
        };
        let filter = Filter {
            any: Some(vec![stray]),
            ..Filter::default()
        };
        let library = log.library();
        let found = library.search().page(&filter, part.clone()).await.unwrap();
        assert_eq!(found.leaves.len(), 1);
        pruned(&log).await;
        let found = library.search().page(&filter, part).await.unwrap();
        assert!(found.leaves.is_empty(), "{found:?}");
    })
    .await;
}
