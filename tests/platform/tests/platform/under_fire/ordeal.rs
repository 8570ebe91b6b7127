//! A platform under load, and what is done to it.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use standard::ServiceName;

use super::{
    heads::Heads,
    pace::{Disturbances, Pace},
    probe::Probe,
    row::Row,
    wishes::Wishes,
};
use crate::{
    checker::{self, Finding},
    city,
    edges::die_at,
    harness::Platform,
    writers::{WRITERS, Writers},
};

/// See the module.
pub(super) struct Ordeal {
    pub(super) platform: Platform,
    pub(super) writers: Writers,
    pub(super) dice: StdRng,
    probe: Probe,
    row: Row,
    disturbances: Disturbances,
    began: Instant,
}

/// So many commands show how it goes before anything is done, and when all is over.
const UNDISTURBED: u64 = 100;

impl Ordeal {
    /// Enters a city and lets the writers begin.
    pub(super) async fn begin(platform: Platform, wishes: &Wishes) -> Self {
        Self::begin_with(platform, wishes, WRITERS, 0).await
    }

    /// The same with so many writers, for a later round.
    pub(super) async fn begin_with(
        platform: Platform,
        wishes: &Wishes,
        writers: usize,
        round: u64,
    ) -> Self {
        let began = Instant::now();
        city::populate(&platform, writers).await;
        let writers = Writers::start_many(&platform, writers).await;
        let probe = Probe::start(&platform).await;
        writers.progress(UNDISTURBED).await;
        Self {
            platform,
            writers,
            dice: wishes.dice(round),
            probe,
            row: Row::finished(),
            disturbances: Disturbances::default(),
            began,
        }
    }

    /// How long it has been going on.
    pub(super) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Faults so far.
    pub(super) fn faults(&self) -> usize {
        self.row.faults
    }

    /// From now on something is done to the platform, until it is survived or over.
    pub(super) fn disturb(&mut self) {
        self.disturbances.begin();
    }

    /// What was being done is over.
    pub(super) fn calm(&mut self) {
        self.disturbances.end();
    }

    /// Counts a fault that was survived.
    pub(super) fn survived(&mut self) {
        self.row.faults += 1;
        self.calm();
    }

    /// kill -9 of a service's process, and its restart.
    pub(super) async fn strike(&mut self, service: ServiceName) {
        self.disturb();
        self.platform.kill(service);
        self.restart(service).await;
    }

    /// The process of a service dies at an edge, after so many passages, and is started again.
    pub(super) async fn strike_at(&mut self, service: ServiceName, edge: &str, passages: u32) {
        self.disturb();
        die_at(&mut self.platform, service, edge, passages).await;
        self.restart(service).await;
    }

    async fn restart(&mut self, service: ServiceName) {
        let began = Instant::now();
        self.platform.start(service);
        self.platform.ready(service).await;
        self.row.restarts.push(began.elapsed());
        self.survived();
    }

    /// Notes how long it takes until all that is committed now has been stamped, published and heard
    /// by everybody.
    pub(super) async fn drain(&mut self) {
        let began = Instant::now();
        Heads::read(&self.platform.databases)
            .await
            .reached(&self.platform)
            .await;
        self.row.drains.push(began.elapsed());
        self.survived();
    }

    /// Lets the writers finish, waits for rest and looks at everything.
    pub(super) async fn end(self) -> Row {
        self.end_but(|_| false).await
    }

    /// The same where some findings are what is wanted.
    pub(super) async fn end_but(self, wanted: impl Fn(&Finding) -> bool) -> Row {
        let mut row = self.row;
        self.writers.progress(UNDISTURBED).await;
        let answers = self.writers.answers();
        let acknowledged = self.writers.stop().await;
        row.pace = Pace::of(&answers, &self.disturbances);
        (row.asked, row.allowed) = self.probe.stop().await;
        let (_, mut findings) = checker::look(&self.platform, &acknowledged).await;
        findings.retain(|finding| !wanted(finding));
        row.count(&findings);
        row.commands = acknowledged.len() as u64;
        row.took = self.began.elapsed();
        row
    }
}
