//! Whatever is taken out of the index or changed in it, the check finds it, says so once, and the record is
//! found again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use jiff::SignedDuration;
use proto::{audit::v1::LogCheckFailed, identity::v1::AccessEvaluated};
use sea_orm::{ConnectionTrait as _, Order, Statement, TransactionTrait as _};
use store::Backend;
use testkit::{measured, on_both, sqlite_database};

use super::{BATCH, Indexer, Sweep};
use crate::{
    store::{
        Migrator,
        index::{self, number},
        search::{self, Filter, Part},
    },
    testing::{Journal, Log},
};

/// Leaves 0 to 3 of identity, of two people and two hours; 4 and 5 of the ledger; 6 unreadable.
async fn filled(log: &Log) {
    let identity = Journal::new("identity");
    for (person, at) in [
        ("S0001", "2026-04-01T01:00:00Z"),
        ("S0002", "2026-04-01T01:10:00Z"),
        ("S0001", "2026-04-01T03:00:00Z"),
        ("S0002", "2026-04-01T03:10:00Z"),
    ] {
        let event = AccessEvaluated {
            person_id: person.into(),
            system_id: "SYS-1".into(),
            ..AccessEvaluated::default()
        };
        identity.say_at(&event, &["4-5-1"], at);
    }
    let ledger = Journal::of("ledger", 2);
    ledger.push_raw(b"\x00 unreadable");
    log.take(&identity).await;
    log.take(&ledger).await;
    log.index().await;
}

/// A check from beginning to end.
async fn check(log: &Log) {
    let (indexer, database) = (log.indexer(), log.store.database());
    let ttl = SignedDuration::from_secs(60);
    let lease = database.acquire("indexer", "check", ttl).await;
    let lease = lease.unwrap().unwrap();
    let mut sweep = Sweep::default();
    while indexer.check(&lease, &mut sweep).await.unwrap() {}
    database.release(&lease).await.unwrap();
}

async fn found(log: &Log) -> Vec<Vec<u64>> {
    let at = |at: &str| Some(at.parse().unwrap());
    let term = |term: &str| vec![term.to_owned()];
    let filters = [
        Filter::default(),
        Filter {
            terms: term("person/S0001"),
            ..Filter::default()
        },
        Filter {
            terms: term("system/SYS-1"),
            from: at("2026-04-01T01:05:00Z"),
            to: at("2026-04-01T03:05:00Z"),
            ..Filter::default()
        },
        Filter {
            kind_prefix: Some("sekisho.identity.".into()),
            subject: Some("subject".into()),
            ..Filter::default()
        },
    ];
    let library = log.library();
    let mut all = Vec::new();
    for filter in filters {
        let part = Part {
            range: 0..u64::MAX,
            order: Order::Asc,
            limit: 100,
        };
        let page = library.search().page(&filter, part).await.unwrap();
        all.push(page.leaves.iter().map(|leaf| leaf.index).collect());
    }
    all
}

#[tokio::test]
async fn what_is_hidden_from_searches_is_told_once_and_found_again_7_1_4_3() {
    let person = number("person/S0001");
    for (change, size) in [
        ("DELETE FROM entry WHERE idx = 2".to_owned(), 3),
        (
            format!("DELETE FROM entry_term WHERE idx = 2 AND term = {person}"),
            3,
        ),
        (
            format!("UPDATE entry_term SET term = 7 WHERE idx = 2 AND term = {person}"),
            3,
        ),
        (
            "UPDATE entry SET subject = 'other' WHERE idx = 1".to_owned(),
            2,
        ),
        ("UPDATE entry SET at = 0 WHERE idx = 1".to_owned(), 2),
        ("DELETE FROM entry_hour".to_owned(), 1),
        ("UPDATE entry_hour SET last = first".to_owned(), 2),
        ("DELETE FROM kind".to_owned(), 1),
        ("UPDATE indexed SET size = 99".to_owned(), 8),
    ] {
        on_both::<Migrator, _>(async |test| {
            let log = Log::new(&test).await;
            filled(&log).await;
            let all = found(&log).await;
            check(&log).await;
            assert_eq!(log.events::<LogCheckFailed>().await, []);
            assert_ne!(log.tamper(&change).await, 0, "{change}");
            let before = measured("sekisho_audit_records_reindexed_total", &[]);
            check(&log).await;
            check(&log).await;
            assert!(measured("sekisho_audit_records_reindexed_total", &[]) > before);
            let [told] = &log.events::<LogCheckFailed>().await[..] else {
                panic!("{change}");
            };
            assert_eq!(
                (told.finding.as_str(), told.size),
                ("other_index", size),
                "{change}"
            );
            assert_eq!(found(&log).await, all, "{change}");
        })
        .await;
    }
}

/// Leaves that come after an index that said it had them are found as well.
#[tokio::test]
async fn an_index_that_claims_leaves_to_come_hides_none_of_them() {
    let test = sqlite_database::<Migrator>().await;
    let log = Log::new(&test).await;
    filled(&log).await;
    log.tamper("UPDATE indexed SET size = 99").await;
    let journal = Journal::of("approvals", 3);
    log.take(&journal).await;
    check(&log).await;
    log.index().await;
    assert_eq!(found(&log).await[0], (0..10).collect::<Vec<_>>());
}

/// Every row there is, one after the other.
#[tokio::test]
async fn no_row_of_the_index_can_be_taken_out_unnoticed_7_1_4_3() {
    let test = sqlite_database::<Migrator>().await;
    let log = Log::new(&test).await;
    filled(&log).await;
    log.lift_triggers().await;
    let (db, backend) = (log.store.database().migrations(), Backend::Sqlite);
    let leaves = search::range(log.library().read(), 0..BATCH, BATCH).await;
    let said = Indexer::said(&log.indexer(), &leaves.unwrap());
    let differing = index::differing(db, backend, &said).await.unwrap();
    assert!(differing.is_empty(), "{differing:?}");
    let mut rows = 0;
    for (table, key) in [
        ("entry", "idx"),
        ("entry_term", "term || ' ' || idx"),
        ("entry_hour", "hour"),
        ("kind", "name"),
    ] {
        let sql = format!("SELECT CAST({key} AS TEXT) AS id FROM {table}");
        let ids = db.query_all_raw(Statement::from_string(backend.sea(), sql));
        for id in ids.await.unwrap() {
            let id: String = id.try_get("", "id").unwrap();
            let tx = db.begin().await.unwrap();
            let delete = format!("DELETE FROM {table} WHERE CAST({key} AS TEXT) = '{id}'");
            let deleted = tx.execute_unprepared(&delete).await.unwrap();
            assert_eq!(deleted.rows_affected(), 1, "{table} {id}");
            let differing = index::differing(&tx, backend, &said).await.unwrap();
            assert!(!differing.is_empty(), "{table} {id}");
            tx.rollback().await.unwrap();
            rows += 1;
        }
    }
    assert!(rows > 40, "only {rows}");
}
