//! G1: an answered command is durable with its events; a refused one left nothing behind.

use sea_orm::ConnectionTrait as _;
use store::{Database, Failure, Key, Request};
use testkit::{on_both, sqlite_database};

use crate::counter::{Counter, Counters, Migrator, TooMuch, context, request, store};

#[tokio::test]
async fn a_command_keeps_state_and_journal_together() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let done = store
            .execute::<Counters>("a", &3, &(), &request())
            .await
            .unwrap();
        assert_eq!((done.version, done.state.sum, done.events.len()), (1, 3, 1));
        let done = store
            .execute::<Counters>("a", &4, &(), &request())
            .await
            .unwrap();
        assert_eq!((done.version, done.state.sum), (2, 7));
        assert_eq!(stamp_all(&test).await, 2);
    })
    .await;
}

/// SQLite ends a transaction by itself when the disk fails it. The connection's client, who has not
/// ended it, must not take the next command for a part of it.
#[tokio::test]
async fn a_command_after_a_transaction_that_sqlite_gave_up_is_durable_when_it_is_answered() {
    let test = sqlite_database::<Migrator>().await;
    let store = store(&test);
    let unit = store.unit(request()).await.unwrap();
    unit.tx().execute_unprepared("ROLLBACK").await.unwrap();
    unit.abandon().await.unwrap_err();
    let unit = store.unit(request()).await.unwrap();
    unit.abandon().await.unwrap();
    let done = store.execute::<Counters>("a", &3, &(), &request()).await;
    assert_eq!(done.unwrap().version, 1);
    let another = Database::open(&test.options).await.unwrap();
    assert_eq!(
        another.committed().await.unwrap(),
        1,
        "only this process sees it"
    );
}

#[tokio::test]
async fn a_refusal_and_a_repeat_leave_nothing_behind() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let refused = store.execute::<Counters>("a", &11, &(), &request()).await;
        assert!(matches!(refused, Err(Failure::Refused(TooMuch(11)))));
        let repeat = store
            .execute::<Counters>("a", &0, &(), &request())
            .await
            .unwrap();
        assert_eq!((repeat.version, repeat.events.len()), (0, 0));
        assert_eq!(stamp_all(&test).await, 0);
        let unit = store.unit(request()).await.unwrap();
        assert_eq!(
            unit.load::<Counters>("a").await.unwrap(),
            (Counter::default(), 0)
        );
    })
    .await;
}

#[tokio::test]
async fn a_unit_that_fails_half_way_leaves_nothing_behind() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let mut unit = store.unit(request()).await.unwrap();
        unit.execute::<Counters>("a", &3, &()).await.unwrap();
        unit.execute::<Counters>("b", &11, &()).await.unwrap_err();
        unit.abandon().await.unwrap();
        let unit = store.unit(request()).await.unwrap();
        assert_eq!(unit.load::<Counters>("a").await.unwrap().1, 0);
        unit.abandon().await.unwrap();
        assert_eq!(stamp_all(&test).await, 0);
    })
    .await;
}

#[tokio::test]
async fn the_same_key_with_the_same_request_gets_the_first_answer() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let keyed = Request {
            context: context(),
            key: Some(Key::new("k1", "/Add", b"3")),
        };
        let first = store
            .execute::<Counters>("a", &3, &(), &keyed)
            .await
            .unwrap();
        store
            .execute::<Counters>("a", &1, &(), &request())
            .await
            .unwrap();
        let again = store
            .execute::<Counters>("a", &3, &(), &keyed)
            .await
            .unwrap();
        assert_eq!((again.version, again.state), (first.version, first.state));
        assert_eq!(stamp_all(&test).await, 2, "the repeat wrote nothing");

        let other = Request {
            context: context(),
            key: Some(Key::new("k1", "/Add", b"4")),
        };
        let reused = store.execute::<Counters>("a", &4, &(), &other).await;
        assert!(matches!(reused, Err(Failure::KeyReused)));

        let later = context().now + jiff::SignedDuration::from_secs(1);
        assert_eq!(test.database.forget_keys(later).await.unwrap(), 1);
        store
            .execute::<Counters>("a", &4, &(), &other)
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_repeats_at_once_do_it_once() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let keyed = Request {
            context: context(),
            key: Some(Key::new("k1", "/Add", b"3")),
        };
        let both = tokio::join!(
            store.execute::<Counters>("a", &3, &(), &keyed),
            store.execute::<Counters>("a", &3, &(), &keyed),
        );
        assert_eq!(both.0.unwrap().state.sum, 3);
        assert_eq!(both.1.unwrap().state.sum, 3);
        assert_eq!(stamp_all(&test).await, 1);
    })
    .await;
}

#[tokio::test]
async fn commands_that_meet_are_decided_one_after_the_other() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let request = request();
        let writers = (0..14).map(|_| store.execute::<Counters>("a", &1, &(), &request));
        let answers = futures::future::join_all(writers).await;
        let done = answers.iter().filter(|answer| answer.is_ok()).count();
        let refused = answers
            .iter()
            .filter(|answer| matches!(answer, Err(Failure::Refused(_))))
            .count();
        assert_eq!((done, refused), (10, 4), "never more than ten, none lost");
        assert_eq!(stamp_all(&test).await, 10);
    })
    .await;
}

/// Stamps everything and says how many records there are.
async fn stamp_all(test: &testkit::TestDatabase) -> u64 {
    let database = &test.database;
    let lease = database
        .acquire("relay", "test", jiff::SignedDuration::from_secs(1))
        .await
        .unwrap();
    if let Some(lease) = lease {
        database.stamp(&lease, 1_000).await.unwrap().unwrap();
        database.release(&lease).await.unwrap();
    }
    database.head().await.unwrap().position
}
