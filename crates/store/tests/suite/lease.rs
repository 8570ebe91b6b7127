//! One holder at a time, and a late one is fenced off.

use jiff::SignedDuration;
use testkit::{on_both, postgres_database};

use crate::counter::{Counters, Migrator, context, request, store};

const TTL: SignedDuration = SignedDuration::from_secs(3);

#[tokio::test]
async fn a_lease_in_force_is_not_given_twice() {
    let test = postgres_database::<Migrator>().await;
    let (database, now) = (&test.database, context().now);
    let first = database
        .acquire("relay", "a", now, TTL)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        database
            .acquire("relay", "b", now + TTL / 2, TTL)
            .await
            .unwrap(),
        None
    );
    assert!(database.renew(&first, now + TTL / 2, TTL).await.unwrap());
    assert_eq!(
        database
            .acquire("relay", "b", now + TTL, TTL)
            .await
            .unwrap(),
        None
    );
    assert!(
        database
            .acquire("relay", "b", now + TTL * 2, TTL)
            .await
            .unwrap()
            .is_some()
    );
    assert!(!database.renew(&first, now + TTL * 2, TTL).await.unwrap());
}

#[tokio::test]
async fn a_released_lease_is_free_at_once() {
    let test = postgres_database::<Migrator>().await;
    let (database, now) = (&test.database, context().now);
    let lease = database
        .acquire("relay", "a", now, TTL)
        .await
        .unwrap()
        .unwrap();
    database.release(&lease).await.unwrap();
    assert!(
        database
            .acquire("relay", "b", now, TTL)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_holder_that_was_paused_cannot_stamp_any_more() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        store
            .execute::<Counters>("a", &1, &(), &request())
            .await
            .unwrap();
        let (database, now) = (&test.database, context().now);
        let late = database
            .acquire("relay", "a", now, TTL)
            .await
            .unwrap()
            .unwrap();
        let current = database
            .acquire("relay", "b", now + TTL * 2, TTL)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(database.stamp(&late, 10).await.unwrap(), None);
        assert_eq!(database.head().await.unwrap().position, 0);
        assert_eq!(database.stamp(&current, 10).await.unwrap().unwrap().head, 1);
    })
    .await;
}
