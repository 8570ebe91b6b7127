//! A source whose journal was changed, or restored from an old copy and went on.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use async_trait::async_trait;
use bus::{Contradiction, Delivery, Handler, SourceHead, Trouble, Unreachable, Upstream};
use bytes::Bytes;
use proto::{
    ledger::v1::SystemRetired,
    record::{self, Hash, NO_HASH, Outgoing},
};
use runtime::SystemClock;
use sea_orm::DbErr;
use sha2::{Digest as _, Sha256};
use store::Unit;
use testkit::{eventually, measured};

use crate::{
    bench::{Bench, Running, SOURCE, on_both},
    doubles::forged,
};

/// A journal that a test writes and rewrites.
#[derive(Default)]
pub(crate) struct Journal(Mutex<Vec<Bytes>>);

impl Journal {
    pub(crate) fn say(&self, subject: &str) {
        let (position, previous) = self.next();
        self.push(forged(SOURCE, subject, position, &previous));
    }

    /// Bytes that a relay has stamped although nobody can read them.
    fn say_garbage(&self) {
        let (position, previous) = self.next();
        let mut bytes = vec![0xff; 40];
        record::finish(&mut bytes, position, &previous);
        self.push(bytes);
    }

    /// Where the next record belongs, and after which.
    fn next(&self) -> (u64, Hash) {
        let records = self.0.lock().unwrap();
        let last = records.last();
        let previous = last.map_or(NO_HASH, |last| Sha256::digest(last).into());
        (records.len() as u64 + 1, previous)
    }

    pub(crate) fn say_all(&self, subjects: std::ops::RangeInclusive<u32>, story: &str) {
        for n in subjects {
            self.say(&format!("{story}-{n}"));
        }
    }

    /// Bytes that no relay has written.
    pub(crate) fn push(&self, bytes: impl Into<Bytes>) {
        self.0.lock().unwrap().push(bytes.into());
    }

    fn take_out(&self, position: usize) -> Bytes {
        self.0.lock().unwrap().remove(position - 1)
    }

    fn put_back(&self, position: usize, record: Bytes) {
        self.0.lock().unwrap().insert(position - 1, record);
    }

    pub(crate) fn truncate(&self, to: usize) -> Vec<Bytes> {
        self.0.lock().unwrap().split_off(to)
    }
}

#[async_trait]
impl Upstream for Journal {
    async fn head(&self) -> Result<SourceHead, Unreachable> {
        let position = self.0.lock().unwrap().len() as u64;
        Ok(SourceHead {
            position,
            committed: position,
            hash: Vec::new(),
        })
    }

    async fn read(&self, from: u64, limit: u32) -> Result<Vec<Bytes>, Unreachable> {
        let records = self.0.lock().unwrap();
        let skip = usize::try_from(from - 1).unwrap();
        Ok(records
            .iter()
            .skip(skip)
            .take(limit as usize)
            .cloned()
            .collect())
    }
}

/// What it was given, and told.
#[derive(Default)]
pub(crate) struct Witness {
    judges: bool,
    pub(crate) handled: Mutex<Vec<u64>>,
    pub(crate) told: Mutex<Vec<Contradiction>>,
    /// It cannot be told now.
    pub(crate) deaf: AtomicBool,
    /// How often it could not.
    missed: AtomicU64,
}

#[async_trait]
impl Handler for Witness {
    async fn handle(&self, _: &mut Unit, batch: &[Delivery]) -> Result<(), Trouble> {
        for delivery in batch {
            if let Err(error) = &delivery.record {
                return Err(Trouble::Record(error.to_string()));
            }
        }
        let positions = batch.iter().map(|delivery| delivery.position);
        self.handled.lock().unwrap().extend(positions);
        Ok(())
    }

    async fn contradicted(
        &self,
        unit: &mut Unit,
        contradiction: Contradiction,
    ) -> Result<(), Trouble> {
        if self.deaf.load(Ordering::Relaxed) {
            self.missed.fetch_add(1, Ordering::Relaxed);
            return Err(DbErr::RecordNotUpdated.into());
        }
        self.told.lock().unwrap().push(contradiction);
        let event = SystemRetired::default();
        unit.record("told", "told", Outgoing::new(&event, []));
        Ok(())
    }

    fn judges_history(&self) -> bool {
        self.judges
    }
}

impl Witness {
    /// Waits until it could not be told so often.
    pub(crate) async fn missed(&self, times: u64) {
        eventually("tries to tell", async || {
            (self.missed.load(Ordering::Relaxed) >= times).then_some(())
        })
        .await;
    }
}

fn consume(bench: &Bench, journal: &Arc<Journal>, witness: &Arc<Witness>) -> Running {
    bench.consumer_of(
        bench.sink.clone(),
        journal.clone(),
        witness.clone(),
        Arc::new(SystemClock),
    )
}

fn changed(position: u64) -> Contradiction {
    Contradiction::HistoryChanged { position }
}

pub(crate) async fn told(witness: &Witness, contradiction: Contradiction) {
    eventually("the alarm", async || {
        let told = witness.told.lock().unwrap();
        told.contains(&contradiction).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_source_that_tells_another_story_is_not_acted_on_until_it_tells_the_old_one() {
    on_both(None, async |bench| {
        let (journal, witness) = (Arc::new(Journal::default()), Arc::new(Witness::default()));
        journal.say_all(1..=5, "true");
        let consumer = consume(&bench, &journal, &witness);
        bench.arrived(5).await;
        // An old copy, that went on. Whoever cannot be told at once is told later.
        witness.deaf.store(true, Ordering::Relaxed);
        let lost = journal.truncate(3);
        journal.say_all(4..=8, "other");
        witness.missed(2).await;
        witness.deaf.store(false, Ordering::Relaxed);
        told(&witness, changed(6)).await;
        assert!(measured("sekisho_consumer_diverged_total", &["consumer="]) > 0.0);
        assert_eq!(bench.watermark().await, 5);
        // Its alarm is remembered with the place: a restart finds it again.
        consumer.stop().await;
        let consumer = consume(&bench, &journal, &witness);
        eventually("the second alarm", async || {
            (witness.told.lock().unwrap().len() == 2).then_some(())
        })
        .await;
        assert_eq!(bench.watermark().await, 5);

        journal.truncate(3);
        lost.into_iter().for_each(|record| journal.push(record));
        journal.say_all(6..=8, "true");
        bench.arrived(8).await;
        consumer.stop().await;
        assert_eq!(*witness.handled.lock().unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(*witness.told.lock().unwrap(), [changed(6), changed(6)]);
    })
    .await;
}

#[tokio::test]
async fn a_handler_that_judges_histories_is_given_the_other_one_and_told() {
    on_both(None, async |bench| {
        let journal = Arc::new(Journal::default());
        let witness = Arc::new(Witness {
            judges: true,
            ..Witness::default()
        });
        journal.say_all(1..=5, "true");
        let consumer = consume(&bench, &journal, &witness);
        bench.arrived(5).await;
        journal.truncate(3);
        journal.say_all(4..=8, "other");
        bench.arrived(8).await;
        consumer.stop().await;
        assert_eq!(*witness.handled.lock().unwrap(), [1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(
            *witness.told.lock().unwrap(),
            [changed(6)],
            "what follows, follows it"
        );
    })
    .await;
}

/// Each is the right predecessor's successor, by its own word, and stands where it does not belong.
#[tokio::test]
async fn a_record_from_the_source_that_names_another_place_stops_its_consumer() {
    on_both(None, async |bench| {
        let first = forged(SOURCE, "first", 1, &NO_HASH);
        let hash: Hash = Sha256::digest(&first).into();
        for (wrong, what) in [
            (forged(SOURCE, "second", 3, &hash), "another position"),
            (forged("identity", "second", 2, &hash), "another source"),
            (forged(SOURCE, "second", 2, &NO_HASH), "another predecessor"),
            (b"\xff\xffspoilt".to_vec(), "no place at all"),
        ] {
            let (journal, witness) = (Arc::new(Journal::default()), Arc::new(Witness::default()));
            journal.push(first.clone());
            journal.push(wrong);
            journal.push(forged(SOURCE, "third", 3, &hash));
            let consumer = consume(&bench, &journal, &witness);
            told(&witness, changed(2)).await;
            consumer.stop().await;
            assert_eq!(bench.watermark().await, 1, "{what}");
            assert_eq!(bench.quarantined().await, [], "{what}");
        }
    })
    .await;
}

/// What nobody can read takes no other record's place: it is put aside under its own, and where one
/// is missing beside it the consumer waits for that one.
#[tokio::test]
async fn a_record_that_is_missing_beside_garbage_is_found_and_waited_for() {
    for missing in [2, 4] {
        on_both(None, async |bench| {
            let (journal, witness) = (Arc::new(Journal::default()), Arc::new(Witness::default()));
            journal.say_all(1..=2, "true");
            journal.say_garbage();
            journal.say_all(4..=5, "true");
            let gone = journal.take_out(missing);
            let consumer = consume(&bench, &journal, &witness);
            told(&witness, changed(missing as u64)).await;
            assert_eq!(bench.watermark().await, missing as u64 - 1);
            journal.put_back(missing, gone);
            bench.arrived(5).await;
            consumer.stop().await;
            assert_eq!(*witness.handled.lock().unwrap(), [1, 2, 4, 5]);
            let aside = bench.quarantined().await;
            let aside: Vec<_> = aside.iter().map(|one| one.position).collect();
            assert_eq!(aside, [3]);
        })
        .await;
    }
}
