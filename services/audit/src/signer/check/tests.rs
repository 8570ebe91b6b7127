//! Somebody at the database, thousands of times: whatever is changed of what was signed for, the check
//! at boot finds it and names where it begins (7-1-(4)-3). The numbers of the draw are fixed, so that a
//! case can be found again.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mutation;

use std::collections::BTreeMap;

use audit_domain::SignerKey;
use kernel::Clock as _;
use sea_orm::{ConnectionTrait as _, Statement, TransactionTrait as _};
use store::Backend;
use testkit::sqlite_database;

use super::{super::Trouble, Unsound, log};
use crate::{
    publish,
    store::{Migrator, checkpoint, prune, search},
    testing::{Journal, Log, ORIGIN, lease},
};
use mutation::{Draw, Kept};

/// Changes tried.
const TRIES: usize = 3_000;
/// Leaves at each checkpoint, and in the end.
const SIGNED: [u64; 4] = [9, 33, 34, 57];
const LEAVES: u64 = 70;

/// A log of several sources with a few checkpoints and a tail not signed for.
async fn grown(log: &Log) -> Kept {
    let sources = ["identity", "ledger", "approvals"].map(Journal::new);
    let lease = lease(log).await;
    let verifier = Log::key().verifier();
    for number in 0..LEAVES {
        let source = &sources[[0, 1, 0, 2, 1][number as usize % 5]];
        source.grow(1, &format!("event {number}"));
        log.take(source).await;
        if SIGNED.contains(&(number + 1)) {
            log.signer().sign(&lease, &verifier).await.unwrap();
        }
    }
    log.store.database().release(&lease).await.unwrap();
    let library = log.library();
    let db = library.read();
    let leaves = search::range(db, 0..LEAVES, LEAVES).await.unwrap();
    let notes = checkpoint::between(db, Backend::Sqlite, 0..=LEAVES).await;
    let chunks = "SELECT hashes FROM node ORDER BY chunk";
    let chunks = Statement::from_string(Backend::Sqlite.sea(), chunks);
    let chunks = db.query_all_raw(chunks).await.unwrap();
    let chunks = chunks.iter().map(|row| row.try_get("", "hashes").unwrap());
    Kept {
        records: leaves.into_iter().map(|leaf| leaf.record).collect(),
        notes: notes
            .unwrap()
            .into_iter()
            .map(|signed| signed.note)
            .collect(),
        signed: SIGNED.to_vec(),
        chunks: chunks.collect(),
        stranger: SignerKey::from_seed(ORIGIN, &[9; 32]).unwrap(),
    }
}

#[tokio::test]
async fn whatever_of_thousands_of_changes_is_made_to_the_signed_log_its_beginning_is_named_7_1_4_3()
{
    let test = sqlite_database::<Migrator>().await;
    let kept = Log::new(&test).await;
    let original = grown(&kept).await;
    kept.lift_triggers().await;
    let verifier = Log::key().verifier();
    let db = kept.store.database().migrations();
    log(db, Backend::Sqlite, &verifier, 0).await.unwrap();

    let mut draw = Draw::new(9);
    let mut tried: BTreeMap<&'static str, usize> = BTreeMap::new();
    for number in 0..TRIES {
        let change = original.change(&mut draw);
        let tx = db.begin().await.unwrap();
        for statement in &change.statements {
            tx.execute_raw(statement.clone()).await.unwrap();
        }
        let found = log(&tx, Backend::Sqlite, &verifier, 0).await;
        tx.rollback().await.unwrap();
        let what = change.what;
        match found {
            Err(Trouble::Unsound(unsound)) => {
                assert_eq!(unsound, change.expected, "{number}: {what}");
            }
            other => panic!("{number}: {what}: {other:?}"),
        }
        *tried.entry(what).or_default() += 1;
    }
    log(db, Backend::Sqlite, &verifier, 0).await.unwrap();
    println!("{TRIES} changes of the database, all found: {tried:?}");
    assert_eq!(tried.len(), mutation::WAYS, "{tried:?}");
}

/// Of a pruned record the tree has the leaf's hash, and its successor the record's.
#[tokio::test]
async fn what_is_left_of_a_pruned_record_is_held_against_the_tree_and_its_successor_7_1_4_3() {
    let test = sqlite_database::<Migrator>().await;
    let kept = Log::new(&test).await;
    kept.take(&Journal::of("ledger", 9)).await;
    let leaf = search::range(kept.library().read(), 3..4, 1).await.unwrap();
    let mut unit = kept.store.unit(kept.context()).await.unwrap();
    prune::leaf(unit.tx(), unit.backend(), &leaf[0])
        .await
        .unwrap();
    let said = publish::pruned([3].into_iter(), kept.clock.now(), "plan");
    unit.record(publish::LOG, "pruned", said);
    unit.commit().await.unwrap();
    kept.lift_triggers().await;
    let verifier = Log::key().verifier();
    let db = kept.store.database().migrations();
    log(db, Backend::Sqlite, &verifier, 0).await.unwrap();
    for (change, expected) in [
        ("pruned = zeroblob(32)", Unsound::OtherRow(3)),
        ("pruned = randomblob(32)", Unsound::OtherRow(3)),
        ("record = x'0a'", Unsound::OtherLeaf(3)),
    ] {
        let tx = db.begin().await.unwrap();
        let update = format!("UPDATE leaf SET {change} WHERE idx = 3");
        tx.execute_unprepared(&update).await.unwrap();
        let found = log(&tx, Backend::Sqlite, &verifier, 0).await;
        tx.rollback().await.unwrap();
        match found {
            Err(Trouble::Unsound(unsound)) => assert_eq!(unsound, expected, "{change}"),
            other => panic!("{change}: {other:?}"),
        }
    }
}
