//! What is drawn at random in many places.

use jiff::{SignedDuration, Timestamp};
use kernel::{Spell, Timeline};
use rand::{RngExt as _, rngs::StdRng, seq::IndexedRandom as _};
use standard::{InformationClass, NetworkClass};

pub(super) fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

pub(super) fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

/// An instant around now, and often now itself: there it shows whether a beginning or an end counts.
pub(super) fn edge(random: &mut StdRng, now: Timestamp) -> Timestamp {
    match random.random_bool(0.25) {
        true => now,
        false => now + seconds(random.random_range(-600..600)),
    }
}

/// What holds from when to when: mostly one thing for long, else something that changes around now.
pub(super) fn spells<T>(
    random: &mut StdRng,
    now: Timestamp,
    steady: f64,
    mut one: impl FnMut(&mut StdRng) -> T,
) -> Timeline<T> {
    let (long_ago, change) = (now - hours(1_000), edge(random, now));
    let spells = match random.random_bool(steady) {
        true => vec![(long_ago, None)],
        false => match random.random_range(0..4) {
            0 => vec![(long_ago, Some(change))],
            1 => vec![(change, None)],
            2 => vec![(long_ago, Some(change)), (change, None)],
            // Whatever comes next ends it.
            _ => vec![(long_ago, None), (change, None)],
        },
    };
    let spells = spells.into_iter().map(|(since, until)| Spell {
        value: one(random),
        since,
        until,
    });
    spells.collect()
}

/// Some of so many, each with that probability.
pub(super) fn some(random: &mut StdRng, probability: f64, count: usize) -> Vec<usize> {
    (0..count)
        .filter(|_| random.random_bool(probability))
        .collect()
}

pub(super) fn class(random: &mut StdRng) -> InformationClass {
    *InformationClass::ALL.choose(random).expect("a class")
}

pub(super) fn network(random: &mut StdRng) -> NetworkClass {
    let all = [
        NetworkClass::Lgwan,
        NetworkClass::Lgwan,
        NetworkClass::Internet,
        NetworkClass::MyNumber,
    ];
    *all.choose(random).expect("a network")
}
