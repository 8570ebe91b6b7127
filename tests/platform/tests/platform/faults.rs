//! Faults under eight concurrent writers; afterwards the checker looks at everything.

use std::{
    ops::{Deref, DerefMut},
    time::{Duration, Instant},
};

use rand::{Rng as _, RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use standard::ServiceName;
use testkit::{NatsServer, shared_nats};

use crate::{
    broker::Outsider,
    checker, city,
    harness::Platform,
    writers::{WRITERS, Writers},
};

/// Each service is killed so often at least.
const KILLS_EACH: usize = 2;
/// So many more are drawn.
const KILLS_MORE: usize = 2;
/// Kills of the one process of the embedded shape.
const KILLS_EMBEDDED: usize = 4;

/// What a run came to, for whoever reads the output.
struct Told {
    recoveries: Vec<Duration>,
    began: Instant,
}

impl Told {
    fn new() -> Self {
        Self {
            recoveries: Vec::new(),
            began: Instant::now(),
        }
    }

    fn print(mut self, name: &str, commands: usize, leaves: usize) {
        self.recoveries.sort_unstable();
        let millis = |at: Option<&Duration>| at.map_or(0, Duration::as_millis);
        println!(
            "{name}: {WRITERS} writers, {commands} commands acknowledged, {} faults, recovery \
             median {} ms, slowest {} ms, {leaves} leaves, {:.1} s in all; none lost, none twice",
            self.recoveries.len(),
            millis(self.recoveries.get(self.recoveries.len() / 2)),
            millis(self.recoveries.last()),
            self.began.elapsed().as_secs_f64(),
        );
    }
}

/// What a run chooses by. Its seed is the last that the test says, so that its choices can be made
/// again with SEKISHO_TEST_SEED, also by whoever has only the end of a log.
pub(crate) struct Dice {
    seed: u64,
    dice: StdRng,
}

impl Drop for Dice {
    fn drop(&mut self) {
        println!("SEKISHO_TEST_SEED={}", self.seed);
    }
}

impl Deref for Dice {
    type Target = StdRng;

    fn deref(&self) -> &StdRng {
        &self.dice
    }
}

impl DerefMut for Dice {
    fn deref_mut(&mut self) -> &mut StdRng {
        &mut self.dice
    }
}

/// Dice of this run; to be held from before all else until after it.
pub(crate) fn dice() -> Dice {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test's own knob, not the platform's"
    )]
    let given = std::env::var("SEKISHO_TEST_SEED").ok();
    let seed = given.map_or_else(|| rand::rng().next_u64(), |text| text.parse().unwrap());
    Dice {
        seed,
        dice: StdRng::seed_from_u64(seed),
    }
}

/// Every service so often, in random order, one or two at a time.
fn strikes(dice: &mut StdRng) -> Vec<Vec<ServiceName>> {
    let mut victims = ServiceName::ALL.repeat(KILLS_EACH);
    for _ in 0..KILLS_MORE {
        victims.push(ServiceName::ALL[dice.random_range(0..ServiceName::ALL.len())]);
    }
    victims.shuffle(dice);
    let mut strikes: Vec<Vec<ServiceName>> = Vec::new();
    for victim in victims {
        match strikes.last_mut() {
            Some(last) if last.len() == 1 && !last.contains(&victim) && dice.random_bool(0.3) => {
                last.push(victim);
            }
            _ => strikes.push(vec![victim]),
        }
    }
    strikes
}

#[tokio::test]
async fn kill_9_of_each_service_under_load_loses_and_doubles_nothing() {
    let mut dice = dice();
    let mut told = Told::new();
    let mut platform = Platform::cluster(None).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    for strike in strikes(&mut dice) {
        writers.progress(dice.random_range(10..100)).await;
        let killed = Instant::now();
        for victim in &strike {
            platform.kill(*victim);
        }
        let known: Vec<_> = strike.iter().map(|one| writers.count_of(*one)).collect();
        for victim in &strike {
            platform.start(*victim);
        }
        for (victim, known) in strike.iter().zip(known) {
            platform.ready(*victim).await;
            if *victim != ServiceName::Audit {
                writers.progress_of(*victim, known).await;
            }
            told.recoveries.push(killed.elapsed());
        }
    }
    finish(&platform, writers, told, "kill -9 of each service").await;
}

#[tokio::test]
async fn kill_9_of_the_one_process_on_sqlite_loses_and_doubles_nothing() {
    let mut dice = dice();
    let mut told = Told::new();
    let mut platform = Platform::embedded(&["--empty"]).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    for _ in 0..KILLS_EMBEDDED {
        writers.progress(dice.random_range(20..200)).await;
        let killed = Instant::now();
        platform.kill(ServiceName::Ledger);
        platform.start(ServiceName::Ledger);
        platform.ready(ServiceName::Ledger).await;
        writers.progress(1).await;
        told.recoveries.push(killed.elapsed());
    }
    finish(&platform, writers, told, "kill -9 of the one process").await;
}

#[tokio::test]
async fn a_broker_killed_and_wiped_loses_and_doubles_nothing() {
    let mut told = Told::new();
    let mut platform = Platform::cluster(Some(NatsServer::start())).await;
    city::populate(&platform, WRITERS).await;
    let writers = Writers::start(&platform).await;
    for _ in 0..2 {
        writers.progress(100).await;
        let killed = Instant::now();
        platform.nats.as_mut().unwrap().kill_and_wipe();
        // Commands go on without it.
        writers.progress(100).await;
        platform.nats.as_mut().unwrap().restart();
        writers.progress(100).await;
        told.recoveries.push(killed.elapsed());
    }
    finish(&platform, writers, told, "broker killed and wiped").await;
}

/// While the two that keep most of what others say are away, their streams are turned around and
/// doubled; whatever they make of it, each record has its effect once.
#[tokio::test]
async fn duplicated_and_reordered_delivery_loses_and_doubles_nothing() {
    let mut told = Told::new();
    let mut platform = Platform::cluster(None).await;
    city::populate(&platform, WRITERS).await;
    let outsider = Outsider::connect(shared_nats(), &platform.nats_prefix).await;
    let writers = Writers::start(&platform).await;
    let mut copies = 0;
    for _ in 0..2 {
        platform.kill(ServiceName::Audit);
        writers.progress(100).await;
        platform.kill(ServiceName::Identity);
        let known = writers.count_of(ServiceName::Identity);
        for source in ServiceName::ALL {
            copies += outsider.reverse(*source, 3).await;
        }
        let began = Instant::now();
        for victim in [ServiceName::Identity, ServiceName::Audit] {
            platform.start(victim);
            platform.ready(victim).await;
        }
        writers.progress_of(ServiceName::Identity, known).await;
        told.recoveries.push(began.elapsed());
    }
    println!("{copies} copies delivered in reverse order");
    finish(&platform, writers, told, "duplicated and reordered").await;
}

async fn finish(platform: &Platform, writers: Writers, told: Told, name: &str) {
    let acknowledged = writers.stop().await;
    let evidence = checker::check(platform, &acknowledged).await;
    told.print(name, acknowledged.len(), evidence.leaves());
}
