//! Many aggregates read and written together are as safe as one by one.

use kernel::Decider as _;
use sea_orm::{
    ExprTrait as _,
    sea_query::{Alias, Condition, Expr},
};
use store::{Batch, Failure, Unit};
use testkit::on_both;

use crate::counter::{Counters, Migrator, context, request, store};

fn add(batch: &mut Batch<Counters>, unit: &mut Unit, id: &str, add: i64) -> u64 {
    let state = batch.state(id).cloned().unwrap_or_default();
    let events = state.decide(&add, &(), &context()).unwrap();
    batch.stage(unit, id, events).version
}

#[tokio::test]
async fn new_and_known_ones_are_written_together_and_what_has_not_changed_is_left() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        for id in ["a", "b"] {
            store
                .execute::<Counters>(id, &3, &(), &request())
                .await
                .unwrap();
        }
        let mut unit = store.unit(request()).await.unwrap();
        let mut batch = Batch::default();
        // More ids than are asked for at once.
        let ids = (0..600).map(|n| format!("n{n}"));
        let ids = ids.chain(["a", "b"].map(str::to_owned));
        batch.read_where(&unit, "id", ids).await.unwrap();
        assert_eq!(batch.states().count(), 2);
        assert_eq!(add(&mut batch, &mut unit, "a", 4), 2);
        assert_eq!(add(&mut batch, &mut unit, "a", 1), 2, "one write");
        assert_eq!(add(&mut batch, &mut unit, "b", 0), 1);
        for n in 0..600 {
            assert_eq!(add(&mut batch, &mut unit, &format!("n{n}"), 1), 1);
        }
        batch.write(&unit).await.unwrap();
        unit.commit().await.unwrap();

        let unit = store.unit(request()).await.unwrap();
        for (id, sum, version) in [("a", 8, 2), ("b", 3, 1), ("n599", 1, 1)] {
            let (state, seen) = unit.load::<Counters>(id).await.unwrap();
            assert_eq!((state.sum, seen), (sum, version), "{id}");
        }
        let mut by_column = Batch::<Counters>::default();
        let eight = Expr::col(Alias::new("sum")).eq(8);
        by_column
            .read(&unit, Condition::all().add(eight))
            .await
            .unwrap();
        assert_eq!(by_column.states().count(), 1, "its column is written too");
        unit.abandon().await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn nothing_is_written_over_that_somebody_else_wrote_meanwhile() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let mut unit = store.unit(request()).await.unwrap();
        // Staged without having been read: for all this unit knows there is none.
        let mut batch = Batch::<Counters>::default();
        unit.execute::<Counters>("a", &3, &()).await.unwrap();
        add(&mut batch, &mut unit, "a", 4);
        add(&mut batch, &mut unit, "b", 4);
        let met = batch.write(&unit).await;
        assert!(matches!(met, Err(Failure::Contended(_))), "{met:?}");
        unit.abandon().await.unwrap();
    })
    .await;
}
