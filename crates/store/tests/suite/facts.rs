//! Facts are kept with the watermark and read back by every replica, changes of mind included.

use std::collections::BTreeMap;

use store::{
    facts::{self, Change, Fact, FactSet, Snapshot},
    watermark::{self, Mark},
};
use testkit::on_both;

use crate::counter::{Migrator, request, store};

#[derive(Clone, Default)]
struct Names(BTreeMap<String, String>);

impl FactSet for Names {
    fn apply(&mut self, fact: &Fact) {
        match fact.read::<String>() {
            Some(name) => self.0.insert(fact.id.clone(), name),
            None => self.0.remove(&fact.id),
        };
    }
}

#[tokio::test]
async fn a_snapshot_follows_what_is_said_and_what_is_taken_back() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let learn = async |position: u64, changes: Vec<Change>| {
            let unit = store.unit(request()).await.unwrap();
            let backend = unit.backend();
            facts::put(unit.tx(), backend, "identity", position, changes)
                .await
                .unwrap();
            let mark = Mark {
                position,
                ..Mark::default()
            };
            watermark::set(unit.tx(), backend, "identity", &mark)
                .await
                .unwrap();
            unit.commit().await.unwrap();
        };
        learn(
            1,
            vec![
                Change::known("name", "a", &"one"),
                Change::known("name", "b", &"two"),
            ],
        )
        .await;
        let snapshot = Snapshot::<Names>::load(test.database.clone(), &["identity"])
            .await
            .unwrap();
        assert_eq!(snapshot.get().0.len(), 2);

        learn(
            2,
            vec![
                Change::known("name", "a", &"uno"),
                Change::gone("name", "b"),
            ],
        )
        .await;
        assert!(snapshot.refresh().await.unwrap());
        assert!(!snapshot.refresh().await.unwrap(), "nothing new");
        assert_eq!(
            snapshot.get().0,
            BTreeMap::from([("a".into(), "uno".into())])
        );
        assert_eq!(snapshot.seen().await["identity"], 2);
        assert_eq!(test.database.watermark("identity").await.unwrap(), 2);

        let fresh = Snapshot::<Names>::load(test.database.clone(), &["identity"])
            .await
            .unwrap();
        assert_eq!(
            fresh.get().0,
            snapshot.get().0,
            "a replica started later knows the same"
        );
    })
    .await;
}

/// From quarantine, say: replicas have read on, and must hear of it all the same.
#[tokio::test]
async fn a_record_handled_late_is_learned_by_running_replicas_and_undoes_nothing_newer() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let learn = async |position: u64, late: bool, changes: Vec<Change>| {
            let unit = store.unit(request()).await.unwrap();
            let (tx, backend) = (unit.tx(), unit.backend());
            facts::put(tx, backend, "identity", position, changes)
                .await
                .unwrap();
            if late {
                watermark::note_retried(tx, backend, "identity")
                    .await
                    .unwrap();
            } else {
                let mark = Mark {
                    position,
                    ..Mark::default()
                };
                watermark::set(tx, backend, "identity", &mark)
                    .await
                    .unwrap();
            }
            unit.commit().await.unwrap();
        };
        learn(1, false, vec![Change::known("name", "a", &"one")]).await;
        learn(3, false, vec![Change::known("name", "b", &"three")]).await;
        let snapshot = Snapshot::<Names>::load(test.database.clone(), &["identity"])
            .await
            .unwrap();
        let late = ["b", "c"].map(|id| Change::known("name", id, &"two"));
        learn(2, true, late.to_vec()).await;
        assert!(snapshot.refresh().await.unwrap());
        assert_eq!(
            snapshot.get().0,
            BTreeMap::from([("a", "one"), ("b", "three"), ("c", "two")].map(owned))
        );
        assert!(!snapshot.refresh().await.unwrap(), "once is enough");
    })
    .await;
}

/// They are deleted by position, and the facts of an event have the same.
#[tokio::test]
async fn the_oldest_facts_are_forgotten_up_to_the_event_of_the_first_that_is_needed() {
    on_both::<Migrator, _>(async |test| {
        let unit = store(&test).unit(request()).await.unwrap();
        let said = [
            (1, "a"),
            (2, "b"),
            (3, "c"),
            (3, "needed"),
            (3, "d"),
            (4, "e"),
        ];
        for (position, id) in said {
            let (tx, backend) = (unit.tx(), unit.backend());
            let change = Change::known("name", id, &id);
            facts::put(tx, backend, "identity", position, [change])
                .await
                .unwrap();
        }
        unit.commit().await.unwrap();
        let database = &test.database;
        let over = |fact: &Fact| fact.id != "needed";
        for forgotten in [2, 0] {
            let count = database.forget_facts("identity", "name", over).await;
            assert_eq!(count.unwrap(), forgotten);
        }
        let left = database.facts_since("identity", 0).await.unwrap();
        let mut left: Vec<_> = left.iter().map(|fact| fact.id.as_str()).collect();
        left.sort_unstable();
        assert_eq!(left, ["c", "d", "e", "needed"]);
        let all = database.forget_facts("identity", "name", |_| true).await;
        assert_eq!(all.unwrap(), 4);
    })
    .await;
}

/// More than is read at a time, and an event that says more than that by itself.
#[tokio::test]
async fn many_facts_are_read_in_pages_that_end_with_an_event() {
    on_both::<Migrator, _>(async |test| {
        let unit = store(&test).unit(request()).await.unwrap();
        for (position, count) in [(1, 1), (2, 5_200), (3, 1)] {
            let changes = (0..count).map(|n| Change::known("name", format!("{position}/{n}"), &n));
            let (tx, backend) = (unit.tx(), unit.backend());
            facts::put(tx, backend, "identity", position, changes)
                .await
                .unwrap();
        }
        unit.commit().await.unwrap();
        let database = &test.database;
        let page = database.facts_since("identity", 0).await.unwrap();
        assert_eq!((page.len(), page.last().unwrap().position), (5_201, 2));
        let rest = database.facts_since("identity", 2).await.unwrap();
        assert_eq!(rest.len(), 1);
        assert!(
            database
                .facts_since("identity", 3)
                .await
                .unwrap()
                .is_empty()
        );

        let snapshot = Snapshot::<Names>::load(database.clone(), &["identity"])
            .await
            .unwrap();
        assert_eq!(snapshot.seen().await["identity"], 3);
    })
    .await;
}

fn owned((id, name): (&str, &str)) -> (String, String) {
    (id.to_owned(), name.to_owned())
}
