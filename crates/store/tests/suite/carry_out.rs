//! Work in one transaction: done anew when other work got in first, or only rehearsed.

use std::{
    convert::Infallible,
    sync::atomic::{AtomicU32, Ordering},
};

use store::{Failure, Key, Request, Unit};
use testkit::{on_both, sqlite_database};
use tokio::time::Instant;

use crate::counter::{Counters, Migrator, TooMuch, context, request, store};

#[tokio::test]
async fn work_that_met_other_work_is_done_anew_and_kept_once() {
    on_both::<Migrator, _>(async |test| {
        let (store, attempts) = (store(&test), AtomicU32::new(0));
        let attempts = &attempts;
        let keyed = Request {
            context: context(),
            key: Some(Key::new("k1", "/Add", b"3")),
        };
        let work = |mut unit: Unit| async move {
            let done = unit.execute::<Counters>("a", &3, &()).await?;
            match attempts.fetch_add(1, Ordering::Relaxed) {
                0..3 => Err(Failure::Contended(None)),
                _ => Ok((unit, done)),
            }
        };
        let done = store.carry_out::<Counters, _>(&keyed, work).await.unwrap();
        assert_eq!((done.version, done.state.sum), (1, 3));
        let repeat = store.carry_out::<Counters, _>(&keyed, work).await.unwrap();
        assert_eq!((repeat.version, repeat.events.len()), (1, 0));
        assert_eq!(attempts.load(Ordering::Relaxed), 4, "a repeat does no work");
        assert_eq!(test.database.committed().await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn work_that_meets_others_for_good_is_given_up_without_a_trace() {
    let test = sqlite_database::<Migrator>().await;
    let (store, attempts) = (store(&test), AtomicU32::new(0));
    let attempts = &attempts;
    let begun = Instant::now();
    let outcome = store
        .transact::<(), Infallible, _>(&request(), |mut unit| async move {
            attempts.fetch_add(1, Ordering::Relaxed);
            unit.execute::<Counters>("a", &3, &()).await.unwrap();
            Err(Failure::Contended(None))
        })
        .await;
    assert!(matches!(outcome, Err(Failure::Contended(_))));
    assert_eq!(attempts.load(Ordering::Relaxed), 5);
    assert!(begun.elapsed().as_secs() < 5, "the caller is waiting");
    assert_eq!(test.database.committed().await.unwrap(), 0);
}

#[tokio::test]
async fn a_rehearsal_sees_what_it_does_and_leaves_nothing() {
    on_both::<Migrator, _>(async |test| {
        let store = store(&test);
        let add = async |n: i64| {
            store
                .execute::<Counters>("a", &n, &(), &request())
                .await
                .unwrap()
        };
        add(4).await;
        let twice = |mut unit: Unit| async move {
            unit.execute::<Counters>("a", &5, &()).await?;
            unit.execute::<Counters>("b", &1, &()).await?;
            let done = unit.execute::<Counters>("a", &1, &()).await?;
            Ok((unit, done))
        };
        // Again and again, on every connection there is.
        for _ in 0..10 {
            let done = store.rehearse::<_, TooMuch, _>(&request(), twice).await;
            let done = done.unwrap();
            assert_eq!((done.version, done.state.sum), (3, 10));
        }
        let refused = store
            .rehearse::<(), TooMuch, _>(&request(), |mut unit| async move {
                unit.execute::<Counters>("a", &1, &()).await?;
                unit.execute::<Counters>("a", &6, &()).await?;
                Ok((unit, ()))
            })
            .await;
        assert!(matches!(refused, Err(Failure::Refused(TooMuch(11)))));
        let done = add(2).await;
        assert_eq!((done.version, done.state.sum), (2, 6));
        assert_eq!(test.database.committed().await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_rehearsal_waits_for_no_writer_and_none_waits_for_it() {
    let test = sqlite_database::<Migrator>().await;
    let store = store(&test);
    let mut writing = store.unit(request()).await.unwrap();
    writing.execute::<Counters>("a", &1, &()).await.unwrap();
    let (store, writing) = (&store, &std::sync::Mutex::new(Some(writing)));
    store
        .rehearse::<(), TooMuch, _>(&request(), |mut unit| async move {
            unit.execute::<Counters>("b", &1, &()).await?;
            let writing = writing.lock().unwrap().take().unwrap();
            writing.commit().await.unwrap();
            let meanwhile = store.execute::<Counters>("b", &2, &(), &request()).await;
            assert_eq!(meanwhile.unwrap().state.sum, 2);
            let done = unit.execute::<Counters>("b", &1, &()).await?;
            assert_eq!(done.state.sum, 2, "its own, of two ones");
            Ok((unit, ()))
        })
        .await
        .unwrap();
}
