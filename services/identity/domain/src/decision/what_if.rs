//! Decisions as they would be if a rule, an exception or a system were another.

use jiff::SignedDuration;
use standard::Period;

use super::{
    Decision, FactChange, Facts, NotALimit, Policy, Request, decide::weigh, rule::RuleSet,
    rules::row_of,
};

/// No rule has this code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule {0:?}")]
pub struct UnknownRule(String);

/// Facts and rules of its own, which can be changed without anybody being let in by them.
#[derive(Debug, Clone)]
pub struct WhatIf {
    facts: Facts,
    policy: Policy,
    left_out: RuleSet,
}

impl WhatIf {
    /// Everything as it is; nothing of it is changed by what is supposed here.
    pub fn new(facts: Facts, policy: Policy) -> Self {
        Self {
            facts,
            policy,
            left_out: RuleSet::default(),
        }
    }

    /// Suppose the rule were not there.
    ///
    /// # Errors
    /// When there is none of this code.
    pub fn without_rule(&mut self, id: &str) -> Result<(), UnknownRule> {
        let row = row_of(id).ok_or_else(|| UnknownRule(id.to_owned()))?;
        self.left_out.insert(row);
        Ok(())
    }

    /// Suppose the pack gave a period that ages are held against this length.
    ///
    /// # Errors
    /// For any other period.
    pub fn with_limit(&mut self, period: Period, length: SignedDuration) -> Result<(), NotALimit> {
        self.policy.limit(period, length)
    }

    /// Suppose a fact were so, or were not there: an exception, what the ledger says of a system.
    pub fn apply(&mut self, change: FactChange) {
        self.facts.apply(change);
    }

    /// What is supposed to be known.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// The decision as it would be.
    pub fn decide(&self, request: &Request) -> Decision {
        weigh(&self.facts, &self.policy, request, self.left_out).conclude(&self.policy)
    }
}
