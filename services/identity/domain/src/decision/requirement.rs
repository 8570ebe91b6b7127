//! What a rule asks of the authentication behind a session.

use jiff::{SignedDuration, Timestamp};
use standard::FactorCategory;

use super::{Gap, Policy};
use crate::account::Verified;

/// How far clocks of two replicas may differ. A verification further in the future than this is
/// not believed to be fresh: a clock that jumped back must not keep factors young.
pub(super) const CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(5);

/// A set of factor categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CategorySet(u8);

impl CategorySet {
    /// The categories proven by these factors.
    pub fn proven<'a>(factors: impl IntoIterator<Item = &'a Verified>) -> Self {
        let mut set = Self::default();
        for factor in factors {
            for category in factor.kind.categories() {
                set.0 |= bit(*category);
            }
        }
        set
    }

    /// How many.
    pub const fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether it is among them.
    pub const fn contains(self, category: FactorCategory) -> bool {
        self.0 & bit(category) != 0
    }

    /// Those that are not in the set, in the order of the vocabulary.
    pub fn missing(self) -> impl Iterator<Item = FactorCategory> {
        FactorCategory::ALL
            .iter()
            .copied()
            .filter(move |category| !self.contains(*category))
    }
}

const fn bit(category: FactorCategory) -> u8 {
    1 << category as u8
}

/// A period of the pack that an authentication is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Using an important system (4-5-1).
    ImportantSystem,
    /// Using information of class S or I (3-4-(1)-10).
    Sensitive,
    /// Using information of class II (3-4-(1)-10).
    ClassIi,
    /// Administering (7-2-(8)-3).
    Administer,
}

/// What one rule asks. Several rules each ask on their own; a session that meets each of them
/// meets their join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// Different factor categories: 1 or 2.
    pub categories: u32,
    /// At least one factor bound to its verifier.
    pub phishing_resistant: bool,
    /// How old the factors that count may be.
    pub age: Option<Age>,
}

impl Requirement {
    /// Two different factor categories (複数要素認証).
    pub(super) const TWO_CATEGORIES: Self = Self {
        categories: 2,
        phishing_resistant: false,
        age: None,
    };

    /// What these factors lack to meet it; `None` when they do. Only factors young enough count,
    /// for the categories as for the resistance.
    pub(super) fn gap(self, factors: &[Verified], now: Timestamp, policy: &Policy) -> Option<Gap> {
        let limit = self.age.map(|age| policy.age(age));
        let counting =
            || (factors.iter()).filter(|one| limit.is_none_or(|limit| young(one.at, now, limit)));
        if self.enough(counting()) {
            return None;
        }
        let proven = CategorySet::proven(factors);
        Some(match limit {
            Some(limit) if self.enough(factors.iter()) => Gap::TooOld(limit),
            _ if proven.len() < self.categories => Gap::Categories(proven),
            _ => Gap::NotPhishingResistant,
        })
    }

    fn enough<'a>(self, factors: impl Iterator<Item = &'a Verified> + Clone) -> bool {
        CategorySet::proven(factors.clone()).len() >= self.categories
            && (!self.phishing_resistant
                || factors.into_iter().any(|one| one.kind.phishing_resistant()))
    }
}

/// Whether something of that time is at most so old, and not of a time still to come.
pub(super) fn young(at: Timestamp, now: Timestamp, limit: SignedDuration) -> bool {
    let age = now.duration_since(at);
    age <= limit && age >= -CLOCK_SKEW
}
