//! The answer.

use std::sync::Arc;

use jiff::Timestamp;
use kernel::ClauseId;
use standard::{AccessPath, InformationClass};

use super::{
    Authority, Gap, RelaxationId, Rule, StepUp,
    rule::RuleSet,
    rules::{RULES, rows},
};

/// What an access comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Allowed as the rules stand, with the permits that a proviso asks for: they are the ordinary way.
    Allow,
    /// Allowed only because an exception relaxes rules (8-4).
    AllowByException,
    /// More or fresher authentication would be enough.
    StepUp,
    /// Refused.
    Deny,
}

impl Outcome {
    /// Each of them.
    pub const ALL: [Self; 4] = [
        Self::Allow,
        Self::AllowByException,
        Self::StepUp,
        Self::Deny,
    ];

    /// Whether the access may go on.
    pub const fn allows(self) -> bool {
        matches!(self, Self::Allow | Self::AllowByException)
    }

    /// The spelling on records and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::AllowByException => "allow_by_exception",
            Self::StepUp => "step_up",
            Self::Deny => "deny",
        }
    }
}

/// A rule that stands in the way, or that finds a duty undone.
#[derive(Debug, Clone)]
pub struct Reason {
    /// The rule.
    pub rule: &'static Rule,
    /// Those of its clauses that nothing relaxes.
    pub clauses: Vec<ClauseId>,
    /// What the session lacks, where the rule asks for authentication.
    pub gap: Option<Gap>,
}

impl Reason {
    /// What people read, in Japanese: the rule, its clauses, what is missing.
    pub fn message_ja(&self) -> String {
        let gap = self.gap.map_or_else(String::new, Gap::message_ja);
        format!("{}{gap}({})", self.rule.ja, self.clauses("、"))
    }

    /// The same in English.
    pub fn message_en(&self) -> String {
        let gap = self
            .gap
            .map_or_else(String::new, |gap| format!(" {}", gap.message_en()));
        format!("{}{gap} ({})", self.rule.en, self.clauses(", "))
    }

    fn clauses(&self, separator: &str) -> String {
        let ids: Vec<&str> = self.clauses.iter().map(ClauseId::as_str).collect();
        ids.join(separator)
    }
}

/// An exception or permit without which the answer would have been stricter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelaxedBy {
    /// Which it is.
    pub id: RelaxationId,
    /// The clauses it relaxed here.
    pub clauses: Vec<ClauseId>,
    /// Its end; `None` = until revoked.
    pub ends_at: Option<Timestamp>,
}

impl RelaxedBy {
    /// Whether it is an exception, and not a permit that a proviso of the standard asks for.
    pub const fn is_exception(&self) -> bool {
        matches!(self.id, RelaxationId::Exception(_))
    }
}

/// A decision and everything it must name.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What it comes to.
    pub outcome: Outcome,
    /// The class decided for.
    pub class: InformationClass,
    /// The path decided for; `None` when the enforcement point is unknown.
    pub path: Option<AccessPath>,
    /// Why it is refused, or why more authentication is asked for.
    pub reasons: Vec<Reason>,
    /// Duties found undone; they hinder nothing.
    pub duties: Vec<Reason>,
    /// What would be enough, on a step-up.
    pub step_up: Option<StepUp>,
    /// What relaxed the rules.
    pub relaxed_by: Vec<RelaxedBy>,
    /// What gives the person authority over what is to be changed.
    pub authority: Authority,
    /// `<pack id>/<version>`.
    pub pack_version: Arc<str>,
    /// The instant every limit was compared with.
    pub decided_at: Timestamp,
    pub(super) matched: RuleSet,
}

impl Decision {
    /// The rules that applied, in the order of the table.
    pub fn rules(&self) -> impl Iterator<Item = &'static Rule> {
        rows(self.matched)
    }

    /// The clauses of the rules that applied, each once, in the order of the table.
    pub fn clauses(&self) -> Vec<&'static ClauseId> {
        let mut clauses = Vec::with_capacity(RULES.len());
        for clause in self.rules().flat_map(|rule| rule.clauses) {
            if !clauses.contains(&clause) {
                clauses.push(clause);
            }
        }
        clauses
    }
}
