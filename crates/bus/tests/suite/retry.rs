//! A record from quarantine is handled again: once, whole, and by word of somebody.

use std::sync::{Arc, atomic::Ordering};

use bus::{Consumer, Each, Retry, StillAside};
use kernel::{Actor, Clock as _, Context};
use proto::{journal::v1::QuarantinedRecordHandled, record::Record};
use runtime::SystemClock;

use crate::{
    bench::{Bench, SINK, SOURCE, on_both},
    doubles::Shared,
};

fn retry(bench: &Bench, recorder: &Shared) -> Retry {
    let consumer = Consumer::new(
        bench.sink.clone(),
        SOURCE,
        bench.upstream.clone(),
        None,
        Arc::new(Each::new(SINK, Arc::new(SystemClock), recorder.clone())),
        Arc::new(SystemClock),
    );
    consumer.retry()
}

fn operator() -> Context {
    let actor = Actor::Workload("operator".into());
    Context::new(actor, SystemClock.now(), "mended")
}

/// Three records, the second of them refused; the consumer goes on all the while.
async fn one_aside(bench: &Bench, recorder: &Shared) -> crate::bench::Running {
    for subject in ["good-1", "refused-2", "good-3"] {
        bench.write(subject).await;
    }
    bench.stamp().await;
    let consumer = bench.consumer_with(recorder.clone());
    bench.arrived(3).await;
    consumer
}

#[tokio::test]
async fn a_record_tried_again_has_its_effect_leaves_quarantine_and_is_on_record() {
    on_both(None, async |bench| {
        let recorder = Shared::default();
        let consumer = one_aside(&bench, &recorder).await;
        let retry = retry(&bench, &recorder);
        let retried = bench.sink.database().retried().await.unwrap();

        recorder.0.lenient.store(true, Ordering::Relaxed);
        retry.run(2, operator()).await.unwrap();
        assert_eq!(bench.quarantined().await, []);
        let subjects: Vec<_> = bench.effects().await.into_iter().map(|(_, s)| s).collect();
        assert_eq!(subjects, ["good-1", "good-3", "refused-2"]);
        assert_eq!(bench.watermark().await, 3, "it is no step ahead");
        let now = bench.sink.database().retried().await.unwrap();
        assert_eq!(now, retried + 1, "replicas are told");

        let again = retry.run(2, operator()).await;
        assert!(matches!(again, Err(StillAside::Unknown)), "{again:?}");
        assert_eq!(bench.effects().await.len(), 3);
        consumer.stop().await;

        let records = sink_records(&bench).await;
        assert_eq!(records.len(), 1);
        assert_eq!(records[0].actor, operator().actor);
        assert_eq!(records[0].correlation, "mended");
        let event: QuarantinedRecordHandled = records[0].event().unwrap().unwrap();
        assert_eq!((event.source.as_str(), event.position), (SOURCE, 2));
        assert_eq!(event.event_type, "sekisho.ledger.v1.SystemRetired");
    })
    .await;
}

#[tokio::test]
async fn a_record_that_still_cannot_be_handled_stays_as_it_was() {
    on_both(None, async |bench| {
        let recorder = Shared::default();
        let consumer = one_aside(&bench, &recorder).await;
        let before = bench.quarantined().await;
        let retry = retry(&bench, &recorder);
        let again = retry.run(2, operator()).await;
        assert!(
            matches!(&again, Err(StillAside::Unfit(why)) if why.contains("never refused-2")),
            "{again:?}"
        );
        assert_eq!(bench.quarantined().await, before);
        assert_eq!(bench.effects().await.len(), 2);
        consumer.stop().await;
        assert!(sink_records(&bench).await.is_empty());
    })
    .await;
}

/// Several operators at once, while the consumer works: the effect is there once.
#[tokio::test]
async fn a_record_tried_again_by_several_at_once_has_its_effect_once() {
    on_both(None, async |bench| {
        let recorder = Shared::default();
        let consumer = one_aside(&bench, &recorder).await;
        recorder.0.lenient.store(true, Ordering::Relaxed);
        let retry = retry(&bench, &recorder);
        let relay = bench.relay();
        let tries = (0..4).map(|_| retry.run(2, operator()));
        let (tried, ()) = tokio::join!(futures::future::join_all(tries), bench.write_many(2, 20));
        assert_eq!(tried.iter().filter(|tried| tried.is_ok()).count(), 1);
        bench.arrived(43).await;
        let effects = bench.effects().await;
        assert_eq!(effects.len(), 43);
        assert_eq!(
            effects
                .iter()
                .filter(|(position, _)| *position == 2)
                .count(),
            1
        );
        consumer.stop().await;
        relay.stop().await;
    })
    .await;
}

async fn sink_records(bench: &Bench) -> Vec<Record> {
    let database = bench.sink.database();
    let lease = database.acquire("relay", "test", jiff::SignedDuration::from_secs(60));
    let lease = lease.await.unwrap().unwrap();
    database.stamp(&lease, 100).await.unwrap();
    database.release(&lease).await.unwrap();
    let records = database.records(1, 100).await.unwrap();
    records
        .iter()
        .map(|bytes| Record::decode(bytes).unwrap())
        .collect()
}
