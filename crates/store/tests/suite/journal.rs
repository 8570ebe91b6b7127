//! The journal's order: gapless positions, a hash chain, and no commit ever lost by being late.

use jiff::SignedDuration;
use proto::record::{NO_HASH, Record};
use sea_orm::ConnectionTrait as _;
use sha2::{Digest as _, Sha256};
use testkit::{on_both, postgres_database};

use crate::counter::{Counters, Migrator, context, request, store};

const TTL: SignedDuration = SignedDuration::from_secs(1);

#[tokio::test]
async fn positions_have_no_gaps_and_every_record_names_the_hash_of_the_one_before() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        for n in 0..7 {
            store
                .execute::<Counters>(&n.to_string(), &1, &(), &request())
                .await
                .unwrap();
        }
        let database = &test.database;
        let lease = database.acquire("relay", "a", TTL).await.unwrap().unwrap();
        let first = database.stamp(&lease, 3).await.unwrap().unwrap();
        assert_eq!((first.count, first.head), (3, 3));
        let rest = database.stamp(&lease, 100).await.unwrap().unwrap();
        assert_eq!((rest.count, rest.head), (4, 7));
        assert_eq!(database.stamp(&lease, 100).await.unwrap().unwrap().count, 0);

        let records = database.records(1, 100).await.unwrap();
        let mut previous = NO_HASH;
        for (bytes, position) in records.iter().zip(1..) {
            let record = Record::decode(bytes).unwrap();
            assert_eq!((record.position, record.previous), (position, previous));
            previous = Sha256::digest(bytes).into();
        }
        let head = database.head().await.unwrap();
        assert_eq!((head.position, head.hash), (7, previous));
        assert_eq!(database.records(6, 100).await.unwrap().len(), 2);
        assert_eq!(database.records(1, 2).await.unwrap().len(), 2);
    })
    .await;
}

/// A process that begins goes by it: what it cannot read must not hide what came before.
#[tokio::test]
async fn the_newest_time_is_that_of_the_last_record_that_can_be_read_stamped_or_not() {
    on_both::<Migrator, _>(async |test| {
        let (store, database) = (store(&test), &test.database);
        assert_eq!(database.newest().await.unwrap(), None);
        for (n, seconds) in [(0, 30), (1, 60), (2, 45)] {
            let mut context = context();
            context.now += SignedDuration::from_secs(seconds);
            let (id, request) = (n.to_string(), context.into());
            let done = store.execute::<Counters>(&id, &1, &(), &request);
            done.await.unwrap();
        }
        let last = context().now + SignedDuration::from_secs(45);
        assert_eq!(database.newest().await.unwrap(), Some(last));
        let lease = database.acquire("relay", "a", TTL).await.unwrap().unwrap();
        database.stamp(&lease, 100).await.unwrap();
        assert_eq!(database.newest().await.unwrap(), Some(last));
        let garbage = "INSERT INTO journal (record_id, aggregate, subject, kind, record) \
                       SELECT 'x', aggregate, subject, kind, substr(record, 1, 1) FROM journal";
        let db = database.migrations();
        db.execute_unprepared(garbage).await.unwrap();
        assert_eq!(database.newest().await.unwrap(), Some(last));
    })
    .await;
}

/// Rows get their ids when inserted and are seen when committed: a reader that asked for "id
/// greater than the last seen" would miss the slow one.
#[tokio::test]
async fn a_transaction_that_commits_late_is_stamped_later_and_not_lost() {
    let test = postgres_database::<Migrator>().await;
    let store = store(&test);
    let slow = store.unit(request()).await.unwrap();
    let mut slow = slow;
    slow.execute::<Counters>("slow", &1, &()).await.unwrap();
    store
        .execute::<Counters>("fast", &1, &(), &request())
        .await
        .unwrap();

    let database = &test.database;
    let lease = database.acquire("relay", "a", TTL).await.unwrap().unwrap();
    assert_eq!(database.stamp(&lease, 100).await.unwrap().unwrap().head, 1);
    slow.commit().await.unwrap();
    assert_eq!(database.stamp(&lease, 100).await.unwrap().unwrap().head, 2);
    let subjects: Vec<_> = database
        .records(1, 10)
        .await
        .unwrap()
        .iter()
        .map(|bytes| Record::decode(bytes).unwrap().subject)
        .collect();
    assert_eq!(subjects, ["fast", "slow"]);
}

/// A chain that went on from nothing would look like a new one.
#[tokio::test]
async fn a_head_without_its_hash_stops_the_stamping() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let database = &test.database;
        let lease = database.acquire("relay", "a", TTL).await.unwrap().unwrap();
        let add = async || {
            store
                .execute::<Counters>("a", &1, &(), &request())
                .await
                .unwrap()
        };
        add().await;
        database.stamp(&lease, 10).await.unwrap().unwrap();
        let empty = match database.backend() {
            store::Backend::Postgres => "UPDATE head SET hash = ''::bytea",
            store::Backend::Sqlite => "UPDATE head SET hash = x''",
        };
        let writer = database.migrations();
        writer.execute_unprepared(empty).await.unwrap();
        add().await;
        database.stamp(&lease, 10).await.unwrap_err();
        database.head().await.unwrap_err();
        assert_eq!(database.records(1, 10).await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn the_published_cursor_never_goes_back() {
    on_both::<Migrator, _>(async |test| {
        let database = &test.database;
        database.published(5).await.unwrap();
        database.published(3).await.unwrap();
        assert_eq!(database.head().await.unwrap().published, 5);
    })
    .await;
}

#[tokio::test]
async fn records_in_one_batch_of_many_rows_all_arrive() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let mut unit = store.unit(request()).await.unwrap();
        for n in 0..1_203 {
            unit.execute::<Counters>(&n.to_string(), &1, &())
                .await
                .unwrap();
        }
        unit.commit().await.unwrap();
        let database = &test.database;
        let lease = database.acquire("relay", "a", TTL).await.unwrap().unwrap();
        let mut stamped = 0;
        while let Some(round) = database.stamp(&lease, 500).await.unwrap() {
            stamped += round.count;
            if round.count == 0 {
                break;
            }
        }
        assert_eq!(stamped, 1_203);
        assert_eq!(database.records(1, 5_000).await.unwrap().len(), 1_203);
    })
    .await;
}
