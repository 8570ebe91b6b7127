//! One holder at a time by the database's clock, and a late one is fenced off.

use jiff::SignedDuration;
use sea_orm::{ConnectionTrait as _, Statement};
use store::{Database, Lease};
use testkit::{expire_lease, on_both, postgres_database};

use crate::counter::{Counters, Migrator, request, store};

const TTL: SignedDuration = SignedDuration::from_secs(60);

async fn acquire(database: &Database, holder: &str) -> Option<Lease> {
    database.acquire("relay", holder, TTL).await.unwrap()
}

#[tokio::test]
async fn a_lease_in_force_is_not_given_twice() {
    let test = postgres_database::<Migrator>().await;
    let database = &test.database;
    let first = acquire(database, "a").await.unwrap();
    assert_eq!(acquire(database, "b").await, None);

    expire_lease(database, "relay").await;
    assert!(database.renew(&first, TTL).await.unwrap(), "nobody took it");
    assert_eq!(acquire(database, "b").await, None);

    expire_lease(database, "relay").await;
    assert!(acquire(database, "b").await.is_some());
    assert!(!database.renew(&first, TTL).await.unwrap());
}

/// No replica's clock has a say: the end stands in the database's own time.
#[tokio::test]
async fn a_lease_ends_by_the_clock_of_the_database() {
    on_both::<Migrator, _>(async |test| {
        let database = &test.database;
        let lease = acquire(database, "a").await.unwrap();
        assert_eq!(seconds_left(database).await, 60);
        let longer = SignedDuration::from_hours(1);
        assert!(database.renew(&lease, longer).await.unwrap());
        assert_eq!(seconds_left(database).await, 3_600);
    })
    .await;
}

async fn seconds_left(database: &Database) -> i64 {
    let now = match database.backend() {
        store::Backend::Postgres => "extract(epoch FROM clock_timestamp())",
        store::Backend::Sqlite => "unixepoch('subsec')",
    };
    let sql = format!("SELECT CAST(round(expires_at / 1e6 - {now}) AS BIGINT) AS left FROM lease");
    let statement = Statement::from_string(database.backend().sea(), sql);
    let row = database.read().query_one_raw(statement).await.unwrap();
    row.unwrap().try_get("", "left").unwrap()
}

#[tokio::test]
async fn a_released_lease_is_free_at_once() {
    let test = postgres_database::<Migrator>().await;
    let database = &test.database;
    let lease = acquire(database, "a").await.unwrap();
    database.release(&lease).await.unwrap();
    assert!(acquire(database, "b").await.is_some());
}

#[tokio::test]
async fn a_holder_that_was_paused_cannot_stamp_any_more() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        store
            .execute::<Counters>("a", &1, &(), &request())
            .await
            .unwrap();
        let database = &test.database;
        let late = acquire(database, "a").await.unwrap();
        expire_lease(database, "relay").await;
        let current = acquire(database, "b").await.unwrap();
        assert_eq!(database.stamp(&late, 10).await.unwrap(), None);
        assert_eq!(database.head().await.unwrap().position, 0);
        assert_eq!(database.stamp(&current, 10).await.unwrap().unwrap().head, 1);
    })
    .await;
}
