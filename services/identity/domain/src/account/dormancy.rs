//! Accounts that nobody uses (未使用ID, clause 7-2-(9)-3): looked at after one period of the pack,
//! stopped after another.
//!
//! A use is a sign-in, a step-up, going on with a session; an account also begins anew when its owner
//! enrols with a code that somebody who manages it handed over, or when they let it be used again.
//! Whether it is dormant is judged by the clock whenever that is asked. The events that say so come
//! after, for those who look at records.

use jiff::Timestamp;
use standard::{Pack, Period};

use super::{Standing, State};

/// From when on an account that is not used is to be looked at, and stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dormancy {
    /// When it was last used.
    pub used_at: Timestamp,
    /// First instant at which it is to be looked at.
    pub flagged_from: Timestamp,
    /// First instant at which it counts no longer.
    pub stops_at: Timestamp,
}

impl State {
    /// What becomes of the account if nobody uses it; none for one that has no factor, or was stopped
    /// by somebody.
    pub fn dormancy(&self, pack: &Pack) -> Option<Dormancy> {
        if self.standing != Standing::Active && !self.dormant {
            return None;
        }
        let used_at = self.used_at?;
        let end = |period| pack.period(period).end(used_at, pack.calendar());
        Some(Dormancy {
            used_at,
            flagged_from: end(Period::DormantFlag),
            stops_at: end(Period::DormantDisable),
        })
    }

    pub(super) fn use_at(&mut self, at: Timestamp) {
        self.used_at = Some(at);
        self.flagged_at = None;
    }
}

/// The last instant of use after which a period has gone by now: what was used then or before has lain
/// unused that long. To the microsecond.
pub fn last_use(period: Period, now: Timestamp, pack: &Pack) -> Timestamp {
    let is_over = |from: i64| {
        let from = Timestamp::from_microsecond(from).unwrap_or(Timestamp::MAX);
        pack.period(period).end(from, pack.calendar()) <= now
    };
    let (mut over, mut running) = (0, now.as_microsecond());
    while over + 1 < running {
        let between = over + (running - over) / 2;
        if is_over(between) {
            over = between;
        } else {
            running = between;
        }
    }
    Timestamp::from_microsecond(over).unwrap_or(Timestamp::UNIX_EPOCH)
}
