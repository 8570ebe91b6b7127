//! The shape of a rule: clause, condition, effect.

use kernel::ClauseId;

use super::{Case, Requirement};

/// What follows when a rule's condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The access is refused.
    Prohibit,
    /// The access needs this authentication.
    Require(Requirement),
    /// The access is not hindered, but something the standard asks for is undone and is named.
    Duty,
}

/// One row of the table of rules.
#[derive(Debug)]
pub struct Rule {
    /// Stable code, in answers and records.
    pub id: &'static str,
    /// The clauses it carries out. All of them must be relaxed for the rule to be relaxed.
    pub clauses: &'static [ClauseId],
    /// When it applies.
    pub when: fn(&Case<'_>) -> bool,
    /// What follows.
    pub effect: Effect,
    /// Whether an exception or permit may relax it at all.
    pub relaxable: bool,
    /// What people read, in Japanese: the rule where it asks, the fault where it refuses.
    pub ja: &'static str,
    /// The same in English.
    pub en: &'static str,
}

/// A set of rows of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RuleSet(u64);

impl RuleSet {
    pub(super) fn insert(&mut self, row: usize) {
        self.0 |= 1 << row;
    }

    pub(super) fn remove(&mut self, row: usize) {
        self.0 &= !(1 << row);
    }

    pub(super) const fn contains(self, row: usize) -> bool {
        self.0 & (1 << row) != 0
    }
}
