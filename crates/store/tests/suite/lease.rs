//! One holder at a time by the database's clock, and a late one is fenced off.

use jiff::SignedDuration;
use sea_orm::ConnectionTrait as _;
use store::{Database, Lease, Options};
use testkit::{TestDatabase, expire_lease, on_both, postgres_database};

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

/// No replica's clock has a say: here the database lives in the year 2000.
#[tokio::test]
async fn a_lease_ends_by_the_clock_of_the_database() {
    let test = postgres_database::<Migrator>().await;
    let database = &with_a_clock_of_its_own(&test).await;
    set_clock(database, "2000-01-01T00:00:00Z").await;
    let lease = acquire(database, "a").await.unwrap();
    set_clock(database, "2000-01-01T00:01:00Z").await;
    assert_eq!(acquire(database, "b").await, None, "the last moment");
    let longer = SignedDuration::from_hours(1);
    assert!(database.renew(&lease, longer).await.unwrap());
    set_clock(database, "2000-01-01T01:01:00Z").await;
    assert_eq!(acquire(database, "b").await, None, "the last moment");
    set_clock(database, "2000-01-01T01:01:01Z").await;
    assert!(acquire(database, "b").await.is_some(), "over");
    assert!(!database.renew(&lease, longer).await.unwrap());
}

/// The same database, where the schema's own `now` stands before PostgreSQL's.
async fn with_a_clock_of_its_own(test: &TestDatabase) -> Database {
    let Options { url, schema, .. } = &test.options;
    let schema = schema.as_ref().unwrap();
    let options = Options {
        url: format!("{url}?options[search_path]={schema},pg_catalog"),
        schema: None,
        max_connections: 2,
    };
    Database::open(&options).await.unwrap()
}

async fn set_clock(database: &Database, now: &str) {
    let sql = format!(
        "CREATE OR REPLACE FUNCTION now() RETURNS timestamptz LANGUAGE sql \
         AS $$ SELECT timestamptz '{now}' $$"
    );
    let set = database.migrations().execute_unprepared(&sql).await;
    set.unwrap();
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
