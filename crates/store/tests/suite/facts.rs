//! Facts are kept with the watermark and read back by every replica, changes of mind included.

use std::collections::BTreeMap;

use store::{
    facts::{self, Change, Fact, FactSet, Snapshot},
    watermark,
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
            watermark::set(unit.tx(), backend, "identity", position)
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
