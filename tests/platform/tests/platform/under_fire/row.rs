//! What a scenario came to, and whether that is what it should.

use std::{fmt, time::Duration};

use super::pace::{self, Pace};
use crate::checker::{Finding, Rule};

/// Restart to serving, at most, of all but the slowest in a hundred.
const RESTART: Duration = Duration::from_secs(2);
/// A backlog must be gone after so long.
const DRAIN: Duration = Duration::from_secs(60);

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Row {
    name: String,
    /// False for one that broke off.
    finished: bool,
    pub(super) commands: u64,
    pub(super) faults: usize,
    lost: usize,
    doubled: usize,
    undetected: usize,
    /// Answers that allowed what was withdrawn, of so many that were asked for.
    pub(super) allowed: u64,
    pub(super) asked: u64,
    /// From start to serving.
    pub(super) restarts: Vec<Duration>,
    /// Until what had waited was everywhere.
    pub(super) drains: Vec<Duration>,
    pub(super) took: Duration,
    /// How long commands took to be answered.
    pub(super) pace: Pace,
    /// What could not be played here, and why.
    pub(super) left_out: Option<String>,
}

impl Row {
    pub(super) const HEADING: &'static str = "\
scenario            commands faults  lost twice gaps false   p50 ms   p99 ms   max ms  drain s    took s
------------------  -------- ------ ----- ----- ---- ----- -------- -------- -------- -------- ---------";

    pub(super) fn finished() -> Self {
        Self {
            finished: true,
            ..Self::default()
        }
    }

    /// A scenario that cannot be played on this machine.
    pub(super) fn left_out(why: &str) -> Self {
        Self {
            left_out: Some(why.to_owned()),
            ..Self::finished()
        }
    }

    pub(super) fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Counts what the checker found.
    pub(super) fn count(&mut self, findings: &[Finding]) {
        for finding in findings {
            println!("FINDING {finding:?}");
            let kind = match finding.rule {
                Rule::LeafLost
                | Rule::StateLost
                | Rule::RecordLost
                | Rule::Answer
                | Rule::ConsequenceLost => &mut self.lost,
                Rule::LeafTwice | Rule::Twice | Rule::ConsequenceTwice => &mut self.doubled,
                Rule::Positions
                | Rule::Chain
                | Rule::Head
                | Rule::Watermark
                | Rule::Aside
                | Rule::Leaves
                | Rule::LeafForeign
                | Rule::Proof => &mut self.undetected,
            };
            *kind += 1;
        }
    }

    /// Adds another round of the same scenario.
    pub(super) fn add(&mut self, other: &Self) {
        self.commands += other.commands;
        self.faults += other.faults;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.undetected += other.undetected;
        self.allowed += other.allowed;
        self.asked += other.asked;
        self.restarts.extend(&other.restarts);
        self.drains.extend(&other.drains);
        self.took += other.took;
        self.pace.add(&other.pace);
    }

    pub(super) fn total(rows: &[Self]) -> Self {
        let mut total = Self::finished().named("all");
        for row in rows {
            total.add(row);
        }
        total
    }

    /// Processes that were killed and started again.
    pub(super) fn kills(&self) -> usize {
        self.restarts.len()
    }

    /// What all came to, in words.
    pub(super) fn sum(&self) -> String {
        format!(
            "{} commands answered, {} processes killed, {} answers to somebody who may not enter",
            self.commands,
            self.kills(),
            self.asked,
        )
    }

    /// The goals that it does not reach.
    pub(super) fn missed(&self) -> Vec<String> {
        let mut missed = Vec::new();
        let mut goal = |reached: bool, what: String| {
            if !reached {
                missed.push(format!("{}: {what}", self.name));
            }
        };
        goal(self.finished, "it broke off".to_owned());
        goal(self.lost == 0, format!("{} lost", self.lost));
        goal(self.doubled == 0, format!("{} twice", self.doubled));
        goal(self.undetected == 0, format!("{} gaps", self.undetected));
        goal(self.allowed == 0, format!("{} false", self.allowed));
        let (restart, drain) = (self.restart(990), self.drains.iter().max());
        goal(restart <= RESTART, format!("restart in {restart:?}"));
        goal(
            drain.is_none_or(|drain| *drain <= DRAIN),
            format!("drained in {drain:?}"),
        );
        missed
    }

    /// The restart than which so many in a thousand were not slower.
    fn restart(&self, per_mille: usize) -> Duration {
        pace::at(&self.restarts, per_mille).unwrap_or_default()
    }

    /// How long its commands took, as a line of the second table.
    pub(super) fn paced(&self) -> String {
        format!("{:<18} {}", self.name, self.pace)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.name;
        if let Some(why) = &self.left_out {
            return write!(f, "{name:<18}  left out: {why}");
        }
        if !self.finished {
            return write!(f, "{name:<18}  BROKE OFF");
        }
        let millis = |per_mille| match self.restarts.is_empty() {
            true => "-".to_owned(),
            false => self.restart(per_mille).as_millis().to_string(),
        };
        let drain = self.drains.iter().max();
        let drain = drain.map_or_else(|| "-".to_owned(), |one| format!("{:.1}", one.as_secs_f64()));
        let Self {
            commands,
            faults,
            lost,
            doubled,
            undetected,
            allowed,
            ..
        } = self;
        write!(
            f,
            "{name:<18}  {commands:>8} {faults:>6} {lost:>5} {doubled:>5} {undetected:>4} {allowed:>5} \
             {:>8} {:>8} {:>8} {drain:>8} {:>9.1}",
            millis(500),
            millis(990),
            millis(1000),
            self.took.as_secs_f64(),
        )
    }
}
