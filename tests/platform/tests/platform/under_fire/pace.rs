//! How long commands took to be answered: before anything was done, while it was, and afterwards.

use std::{
    fmt,
    time::{Duration, Instant},
};

use crate::writers::Answered;

/// When something was being done to the platform.
#[derive(Debug, Default)]
pub(super) struct Disturbances(Vec<(Instant, Option<Instant>)>);

impl Disturbances {
    /// From now on, if not already.
    pub(super) fn begin(&mut self) {
        if self.0.last().is_none_or(|(_, end)| end.is_some()) {
            self.0.push((Instant::now(), None));
        }
    }

    /// Until now; the one that is over already lasted until now.
    pub(super) fn end(&mut self) {
        if let Some((_, end)) = self.0.last_mut() {
            *end = Some(Instant::now());
        }
    }

    /// Whether a command was being answered before the first of them, in one, or afterwards.
    fn phase(&self, (asked, answered): Answered) -> Phase {
        let begun = self.0.partition_point(|(begin, _)| *begin < answered);
        match self.0[..begun].last() {
            None => Phase::Before,
            Some((_, Some(end))) if *end <= asked => Phase::After,
            Some(_) => Phase::During,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    Before,
    During,
    After,
}

/// How long each command took, by phase.
#[derive(Debug, Default)]
pub(super) struct Pace([Vec<Duration>; 3]);

impl Pace {
    pub(super) const HEADING: &'static str = "\
answered after, ms  ------- before --------  ------- during --------  -------- after --------
scenario                p50     p99   p99.9      p50     p99   p99.9      p50     p99   p99.9
------------------  ------- ------- -------  ------- ------- -------  ------- ------- -------";

    pub(super) fn of(answers: &[Answered], disturbances: &Disturbances) -> Self {
        let mut pace = Self::default();
        for (asked, answered) in answers {
            let phase = disturbances.phase((*asked, *answered));
            pace.0[phase as usize].push(answered.duration_since(*asked));
        }
        pace
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (all, more) in self.0.iter_mut().zip(&other.0) {
            all.extend(more);
        }
    }
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for phase in &self.0 {
            f.write_str(" ")?;
            for per_mille in [500, 990, 999] {
                match at(phase, per_mille) {
                    Some(time) => write!(f, " {:>7.1}", time.as_secs_f64() * 1e3)?,
                    None => write!(f, " {:>7}", "-")?,
                }
            }
        }
        Ok(())
    }
}

/// The time than which so many in a thousand did not take longer.
pub(super) fn at(times: &[Duration], per_mille: usize) -> Option<Duration> {
    let mut sorted = times.to_vec();
    let place = (sorted.len() * per_mille).div_ceil(1000).checked_sub(1)?;
    let (_, time, _) = sorted.select_nth_unstable(place);
    Some(*time)
}
