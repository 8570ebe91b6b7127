//! How things are measured: in rounds, ours and what it is held against one after the other, so
//! that a noisy machine is noisy for both.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

/// Rounds of every measurement; an odd number, so that there is a median.
pub(crate) const ROUNDS: usize = 5;
/// How long one side of a round runs.
pub(crate) const SPAN: Duration = Duration::from_secs(2);

/// One number per round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounds(Vec<f64>);

impl Rounds {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    pub(crate) fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn least(&self) -> f64 {
        self.sorted().first().copied().unwrap_or(f64::NAN)
    }

    pub(crate) fn most(&self) -> f64 {
        self.sorted().last().copied().unwrap_or(f64::NAN)
    }
}

/// What both sides did, round by round.
#[derive(Debug, Clone, Default)]
pub(crate) struct Compared {
    pub(crate) ours: Rounds,
    pub(crate) beside: Rounds,
    /// Ours by the other, or ours less the other: of each round by itself.
    pub(crate) ratio: Rounds,
}

impl Compared {
    /// A round whose result is how many times as much ours is.
    pub(crate) fn by(&mut self, ours: f64, beside: f64) {
        self.ours.push(ours);
        self.beside.push(beside);
        self.ratio.push(ours / beside);
    }

    /// Ours and the other, round by round.
    pub(crate) fn rounds(&self) -> impl Iterator<Item = (f64, f64)> {
        let ours = self.ours.0.iter().copied();
        ours.zip(self.beside.0.iter().copied())
    }

    /// A round whose result is how much more ours is.
    pub(crate) fn less(&mut self, ours: f64, beside: f64) {
        self.ours.push(ours);
        self.beside.push(beside);
        self.ratio.push(ours - beside);
    }
}

/// What a closed loop of callers got through.
#[derive(Debug)]
pub(crate) struct Load {
    pub(crate) per_second: f64,
    /// 99th percentile in milliseconds.
    pub(crate) p99_ms: f64,
}

/// Calls again and again, `in_flight` at a time, for a while. The call is given its caller's
/// number and how often that one has called before.
pub(crate) async fn load<F, T>(in_flight: usize, span: Duration, call: F) -> Load
where
    F: Fn(usize, u64) -> T + Send + Sync + 'static,
    T: Future<Output = ()> + Send,
{
    let call = Arc::new(call);
    let mut callers = JoinSet::new();
    let began = Instant::now();
    for caller in 0..in_flight {
        let call = Arc::clone(&call);
        callers.spawn(async move {
            let mut latencies = latencies();
            let mut count = 0;
            while began.elapsed() < span {
                let asked = Instant::now();
                call(caller, count).await;
                latencies.saturating_record(micros(asked.elapsed()));
                count += 1;
            }
            latencies
        });
    }
    let mut all = latencies();
    for one in callers.join_all().await {
        all += one;
    }
    Load {
        per_second: all.len() as f64 / began.elapsed().as_secs_f64(),
        p99_ms: all.value_at_quantile(0.99) as f64 / 1e3,
    }
}

/// Microseconds up to a minute, to three digits.
pub(crate) fn latencies() -> Histogram<u64> {
    Histogram::new_with_bounds(1, 60_000_000, 3).expect("sound bounds")
}

pub(crate) fn micros(span: Duration) -> u64 {
    u64::try_from(span.as_micros()).unwrap_or(u64::MAX)
}
