//! A source that was put back: its journal ends before what was handled of it.

use std::sync::{Arc, atomic::Ordering};

use bus::Contradiction;
use jiff::SignedDuration;
use runtime::SystemClock;
use store::Store;
use testkit::{eventually, expire_lease, measured};

use crate::{
    bench::{Bench, Running, SOURCE, on_both},
    history::{Journal, Witness, told},
};

/// A service under whose name no other test measures, and what it knows of the source.
struct Listener {
    store: Store,
    journal: Arc<Journal>,
    witness: Arc<Witness>,
    consumer: Running,
}

impl Listener {
    /// It has handled so many records.
    async fn after(records: u32, bench: &Bench, service: &'static str) -> Self {
        let (journal, witness) = (Arc::new(Journal::default()), Arc::new(Witness::default()));
        let store = Store::new(bench.sink.database().clone(), service);
        let (upstream, clock) = (journal.clone(), Arc::new(SystemClock));
        let consumer = bench.consumer_of(store.clone(), upstream, witness.clone(), clock);
        journal.say_all(1..=records, "true");
        bench.arrived(records.into()).await;
        Self {
            store,
            journal,
            witness,
            consumer,
        }
    }

    /// Waits until so many records that were handled lie beyond the source's head.
    async fn is_ahead(&self, records: u32) {
        let labels = [
            format!("consumer=\"{}\"", self.store.source()),
            format!("source=\"{SOURCE}\""),
        ];
        let labels = labels.each_ref().map(String::as_str);
        eventually(&format!("{records} records ahead"), async || {
            let found = measured("sekisho_consumer_ahead_records", &labels);
            (found == f64::from(records)).then_some(())
        })
        .await;
    }
}

fn back(head: u64, handled: u64) -> Contradiction {
    Contradiction::HeadWentBack { head, handled }
}

/// Its head alone shows it: nothing new came that could contradict what was handled.
#[tokio::test]
async fn a_source_put_back_is_an_alarm_while_it_is_behind_and_its_handler_is_told_once() {
    on_both(None, async |bench| {
        let here = Listener::after(5, &bench, "put_back").await;
        let (journal, witness) = (&here.journal, &here.witness);

        // The alarm needs nobody who hears it; whoever cannot be told at once is told later.
        witness.deaf.store(true, Ordering::Relaxed);
        let lost = journal.truncate(3);
        here.is_ahead(2).await;
        witness.missed(2).await;
        witness.deaf.store(false, Ordering::Relaxed);
        told(witness, back(3, 5)).await;
        journal.say("other-4");
        here.is_ahead(1).await;
        assert_eq!(*witness.told.lock().unwrap(), [back(3, 5)]);

        journal.truncate(3);
        lost.into_iter().for_each(|record| journal.push(record));
        here.is_ahead(0).await;
        journal.say("true-6");
        bench.arrived(6).await;
        journal.truncate(2);
        here.is_ahead(4).await;
        told(witness, back(2, 6)).await;
        assert_eq!(*witness.told.lock().unwrap(), [back(3, 5), back(2, 6)]);
        eventually("what was done about both", async || {
            let committed = here.store.database().committed().await.unwrap();
            (committed == 2).then_some(())
        })
        .await;
        here.consumer.stop().await;
        assert_eq!(*witness.handled.lock().unwrap(), [1, 2, 3, 4, 5, 6]);
    })
    .await;
}

/// An alarm that nobody took back would stand until the process ends, whatever became of the source.
#[tokio::test]
async fn a_process_that_stands_by_leaves_the_alarm_to_the_one_that_handles() {
    let bench = Bench::postgres(None).await;
    let here = Listener::after(5, &bench, "standing_by").await;
    here.journal.truncate(3);
    here.is_ahead(2).await;
    let (database, lease) = (here.store.database(), format!("consumer:{SOURCE}"));
    eventually("another holds the lease", async || {
        expire_lease(database, &lease).await;
        let ttl = SignedDuration::from_secs(600);
        database.acquire(&lease, "other", ttl).await.unwrap()
    })
    .await;
    here.is_ahead(0).await;
    here.consumer.stop().await;
}
