//! Shows every record to every rule, in the order of the log.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use kernel::ClauseId;
use standard::{
    Calendar,
    pack::{AnalysisRule, Severity},
};

use super::{Seen, Watch, detect::subject, words};

/// What a watch is kept under.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Id of the rule.
    pub rule: String,
    /// `person/S0001`, `shared_id/front-desk` or `source/ledger`.
    pub subject: String,
}

/// A rule has spoken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// The rule, and of whom or what.
    pub key: Key,
    /// The rule's title, Japanese.
    pub title_ja: String,
    /// The rule's title, English.
    pub title_en: String,
    /// The clauses it serves.
    pub clauses: Vec<ClauseId>,
    /// What follows.
    pub severity: Severity,
    /// Staff number of the person concerned; empty = none.
    pub person: String,
    /// System concerned; empty = none.
    pub system: String,
    /// What was seen, in Japanese.
    pub ja: String,
    /// What was seen, in English.
    pub en: String,
    /// Log indexes of the records it rests on, at most [`EVIDENCE`](super::EVIDENCE); the last is the
    /// one at which the rule spoke.
    pub evidence: Vec<u64>,
    /// When that record says it happened.
    pub at: Timestamp,
}

/// The rules by which records are looked through.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// In the order in which they speak.
    pub rules: &'a [AnalysisRule],
    /// The city's office days.
    pub calendar: &'a Calendar,
}

impl Rules<'_> {
    /// What a record is held against: to be recalled before it is seen.
    pub fn concerned(&self, seen: &Seen) -> impl Iterator<Item = Key> {
        let rules = self.rules.iter();
        rules.filter_map(|rule| self.key(rule, seen))
    }

    fn key(&self, rule: &AnalysisRule, seen: &Seen) -> Option<Key> {
        let subject = subject(&rule.detector, seen, self.calendar)?;
        let rule = rule.id.clone();
        Some(Key { rule, subject })
    }
}

/// What the rules remember.
#[derive(Debug)]
pub struct Analyst {
    /// The latest instant at which a record seen so far was logged. What is forgotten when goes by
    /// it, so that a replay forgets what was forgotten then.
    now: Timestamp,
    watches: BTreeMap<Key, Watch>,
    touched: BTreeSet<Key>,
}

impl Analyst {
    /// One that remembers nothing; `now` is the log's clock up to which records were seen.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            watches: BTreeMap::new(),
            touched: BTreeSet::new(),
        }
    }

    /// The log's clock up to which records were seen.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Remembers what was kept.
    pub fn recall(&mut self, key: Key, watch: Watch) {
        self.watches.insert(key, watch);
    }

    /// Takes in the next record of the log; what the rules say of it, in their order.
    pub fn see(&mut self, rules: &Rules<'_>, seen: &Seen) -> Vec<Raised> {
        self.now = self.now.max(seen.logged_at);
        let mut raised = Vec::new();
        for rule in rules.rules {
            let Some(key) = rules.key(rule, seen) else {
                continue;
            };
            let watch = self.watches.entry(key.clone()).or_default();
            let (found, changed) = watch.see(rule, seen, self.now);
            if changed {
                self.touched.insert(key.clone());
            }
            raised.extend(found.map(|found| {
                let (ja, en) = words::said(rule, found.skew);
                Raised {
                    key,
                    title_ja: rule.title_ja.clone(),
                    title_en: rule.title_en.clone(),
                    clauses: rule.clauses.clone(),
                    severity: rule.severity,
                    person: seen.person().to_owned(),
                    system: seen.system().to_owned(),
                    ja,
                    en,
                    evidence: found.evidence,
                    at: seen.at,
                }
            }));
        }
        raised
    }

    /// What changed since it was recalled, to be kept; an empty watch need not be.
    pub fn changed(&self) -> impl Iterator<Item = (&Key, &Watch)> {
        let touched = self.touched.iter();
        touched.filter_map(|key| Some((key, self.watches.get(key)?)))
    }

    /// Drops what is forgotten anyway, where watches are not kept elsewhere.
    pub fn forget(&mut self) {
        let now = self.now;
        self.watches.retain(|_, watch| watch.until() > now);
        self.touched.clear();
    }
}
