//! What more authentication would be enough (RFC 9470), and what is missing for one rule.

use jiff::SignedDuration;
use standard::FactorCategory;

use super::{CategorySet, Policy, Requirement};
use crate::account::{Acr, Assurance, Verified};

/// What a session lacks under one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// Too few different categories; these are proven.
    Categories(CategorySet),
    /// No factor that is bound to its verifier.
    NotPhishingResistant,
    /// Enough, but verified longer ago than this.
    TooOld(SignedDuration),
}

impl Gap {
    /// What people read, in Japanese.
    pub fn message_ja(self) -> String {
        match self {
            Self::Categories(proven) if proven.is_empty() => {
                "認証要素がまだ確認されていません。".to_owned()
            }
            Self::Categories(proven) => {
                let missing = titles(proven.missing(), FactorCategory::title_ja, "または");
                format!("{missing}の要素による認証が不足しています。")
            }
            Self::NotPhishingResistant => {
                "フィッシングに耐える要素(パスキーまたはICカード)による認証が不足しています。"
                    .to_owned()
            }
            Self::TooOld(limit) => {
                let (count, ja, _) = spoken(limit);
                format!("認証から{count}{ja}を過ぎています。もう一度認証してください。")
            }
        }
    }

    /// What people read, in English.
    pub fn message_en(self) -> String {
        match self {
            Self::Categories(proven) if proven.is_empty() => {
                "No authentication factor has been verified yet.".to_owned()
            }
            Self::Categories(proven) => {
                let missing = titles(proven.missing(), FactorCategory::title_en, " or ");
                format!("A factor of {} is missing.", missing.to_lowercase())
            }
            Self::NotPhishingResistant => {
                "A phishing-resistant factor (passkey or IC card) is missing.".to_owned()
            }
            Self::TooOld(limit) => {
                let (count, _, en) = spoken(limit);
                format!("The authentication is older than {count} {en}; authenticate again.")
            }
        }
    }
}

fn titles(
    categories: impl Iterator<Item = FactorCategory>,
    title: fn(FactorCategory) -> &'static str,
    or: &str,
) -> String {
    categories.map(title).collect::<Vec<_>>().join(or)
}

/// A span in the largest unit that needs no fraction.
fn spoken(span: SignedDuration) -> (i64, &'static str, &'static str) {
    match span.as_secs() {
        seconds if seconds % 3600 == 0 => (seconds / 3600, "時間", "hours"),
        seconds if seconds % 60 == 0 => (seconds / 60, "分", "minutes"),
        seconds => (seconds, "秒", "seconds"),
    }
}

/// The strictest of all that the rules ask: who meets it meets each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StepUp {
    /// Different categories needed: 1 or 2.
    pub categories: u32,
    /// A phishing-resistant factor is needed.
    pub phishing_resistant: bool,
    /// Oldest authentication accepted; `None` = any age within the session.
    pub max_age: Option<SignedDuration>,
    proven: CategorySet,
}

impl StepUp {
    pub(super) fn new(factors: &[Verified]) -> Self {
        Self {
            proven: CategorySet::proven(factors),
            ..Self::default()
        }
    }

    pub(super) fn join(self, asked: Requirement, policy: &Policy) -> Self {
        let age = asked.age.map(|age| policy.age(age));
        Self {
            categories: self.categories.max(asked.categories),
            phishing_resistant: self.phishing_resistant || asked.phishing_resistant,
            max_age: match (self.max_age, age) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            },
            proven: self.proven,
        }
    }

    /// What to ask for, the preferred one first (`acr_values`): any one of them is enough.
    ///
    /// A phishing-resistant factor always proves two categories. The third level has one; the second may
    /// have none, and is not asked for where one is needed.
    pub fn acr_values(&self) -> Vec<&'static str> {
        let asked: &[Acr] = match (self.phishing_resistant, self.categories) {
            (true, _) => &[Acr::PhishingResistant, Acr::Level(Assurance::Aal3)],
            (false, 2..) => &[Acr::Level(Assurance::Aal2)],
            (false, _) => &[Acr::Level(Assurance::Aal1)],
        };
        asked.iter().map(|acr| acr.urn()).collect()
    }

    /// The categories from which the missing ones must come; empty when none is missing.
    pub fn missing(&self) -> impl Iterator<Item = FactorCategory> {
        let short = self.proven.len() < self.categories;
        self.proven.missing().filter(move |_| short)
    }
}
