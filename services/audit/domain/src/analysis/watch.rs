//! What one rule remembers of one subject.

use std::mem::discriminant;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use standard::pack::{AnalysisRule, Detector};

use super::{
    Seen,
    burst::Burst,
    clock::{Clock, Skew},
    dormant::Dormant,
    shared_id::SharedId,
    two_places::TwoPlaces,
};

/// Records may come this much later than they happened and are still counted with their neighbours.
const LATE: SignedDuration = SignedDuration::from_hours(24);

/// The memory of one rule about one subject: bounded, and forgotten when nothing in it counts any more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    memory: Memory,
    /// When it spoke last, by the record it spoke at.
    spoke_at: Option<Timestamp>,
    /// From when on it is forgotten, by the log's clock.
    until: Timestamp,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Memory {
    #[default]
    Nothing,
    Burst(Burst),
    TwoPlaces(TwoPlaces),
    Dormant(Dormant),
    SharedId(SharedId),
    Clock(Clock),
}

/// What a detector finds in a record.
pub(super) struct Found {
    /// The records it rests on.
    pub(super) evidence: Vec<u64>,
    /// How a clock is wrong, where one is.
    pub(super) skew: Option<Skew>,
}

impl Watch {
    /// From when on it is forgotten, by the log's clock.
    pub fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether nothing is remembered, so that it need not be kept.
    pub fn is_empty(&self) -> bool {
        let idle = match &self.memory {
            Memory::Nothing => true,
            Memory::Dormant(dormant) => *dormant == Dormant::default(),
            Memory::Clock(clock) => *clock == Clock::default(),
            Memory::Burst(_) | Memory::TwoPlaces(_) | Memory::SharedId(_) => false,
        };
        idle && self.spoke_at.is_none()
    }

    /// Shows it a record that concerns its subject, at an instant of the log's clock: what is found, and
    /// whether there is something new to remember. Silent while the rule is quiet, whatever is found.
    pub(super) fn see(
        &mut self,
        rule: &AnalysisRule,
        seen: &Seen,
        now: Timestamp,
    ) -> (Option<Found>, bool) {
        if self.until <= now {
            *self = Self::default();
        }
        let before = self.clone();
        let found = self.detect(&rule.detector, seen);
        let quiet = |spoke_at| seen.at.duration_since(spoke_at).abs() < rule.quiet;
        let found = found.filter(|_| !before.spoke_at.is_some_and(quiet));
        if found.is_some() {
            self.spoke_at = Some(seen.at);
        }
        let changed = *self != before && !(self.is_empty() && before.is_empty());
        if changed {
            let counts = rule.detector.window().max(rule.quiet) + LATE;
            self.until = now.saturating_add(counts).unwrap_or(Timestamp::MAX);
        }
        (found, changed)
    }

    fn detect(&mut self, detector: &Detector, seen: &Seen) -> Option<Found> {
        let fresh = Memory::of(detector);
        if discriminant(&self.memory) != discriminant(&fresh) {
            self.memory = fresh;
        }
        let plain = |evidence| Found {
            evidence,
            skew: None,
        };
        match (&mut self.memory, detector) {
            (
                Memory::Burst(burst),
                Detector::Burst {
                    tolerated, window, ..
                },
            ) => burst.see(seen, *tolerated, *window).map(plain),
            (Memory::TwoPlaces(places), Detector::TwoPlaces { apart }) => {
                places.see(seen, apart, detector.window()).map(plain)
            }
            (Memory::Dormant(dormant), _) => dormant.see(seen).map(plain),
            (Memory::SharedId(shared), Detector::SharedId { window }) => {
                shared.see(seen, *window).map(plain)
            }
            (
                Memory::Clock(clock),
                Detector::Clock {
                    ahead,
                    behind,
                    lasting,
                },
            ) => {
                let found = clock.see(seen, [*ahead, *behind, *lasting]);
                found.map(|(skew, evidence)| Found {
                    evidence,
                    skew: Some(skew),
                })
            }
            // That it concerns a subject is all there is to see.
            _ => Some(plain(vec![seen.index])),
        }
    }
}

impl Memory {
    /// Nothing remembered yet of what this detector asks for. A rule that became one of another sort
    /// begins with it.
    fn of(detector: &Detector) -> Self {
        match detector {
            Detector::Burst { .. } => Self::Burst(Burst::default()),
            Detector::TwoPlaces { .. } => Self::TwoPlaces(TwoPlaces::default()),
            Detector::Dormant { .. } => Self::Dormant(Dormant::default()),
            Detector::SharedId { .. } => Self::SharedId(SharedId::default()),
            Detector::Clock { .. } => Self::Clock(Clock::default()),
            Detector::OffHours { .. } | Detector::Overdue => Self::Nothing,
        }
    }
}
