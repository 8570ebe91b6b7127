//! What serves each clause: services declare it, and the difference to the pack is shown.

use std::collections::BTreeSet;

use kernel::ClauseId;

use crate::{Mode, Pack, pack::Clause};

/// A declaration: this serves that clause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Served {
    /// The clause.
    pub clause: ClauseId,
    /// How.
    pub mode: Mode,
    /// What does it, in words: `identity: decision rule mfa_cloud`.
    pub by: String,
}

/// One clause and what serves it.
#[derive(Debug, Clone)]
pub struct CoverageRow<'a> {
    /// The clause.
    pub clause: &'a Clause,
    /// The declarations for it, in order of mode and words.
    pub served: Vec<&'a Served>,
    /// Why it is listed as not yet served, if it is.
    pub not_yet: Option<&'a str>,
}

/// How much of the standard is served.
#[derive(Debug, Clone)]
pub struct Coverage<'a> {
    /// One row per clause, in the order of the standard.
    pub rows: Vec<CoverageRow<'a>>,
    /// Declarations for clauses the pack does not have.
    pub unknown: Vec<&'a Served>,
}

impl Coverage<'_> {
    /// Clauses nothing serves and nobody admits to.
    pub fn unserved_not_listed(&self) -> Vec<&ClauseId> {
        self.select(|row| row.served.is_empty() && row.not_yet.is_none())
    }

    /// Clauses listed as not yet served although something serves them.
    pub fn listed_although_served(&self) -> Vec<&ClauseId> {
        self.select(|row| !row.served.is_empty() && row.not_yet.is_some())
    }

    fn select(&self, wanted: impl Fn(&CoverageRow<'_>) -> bool) -> Vec<&ClauseId> {
        self.rows
            .iter()
            .filter(|row| wanted(row))
            .map(|row| &row.clause.id)
            .collect()
    }
}

/// Holds what the services declare against the pack.
pub fn coverage<'a>(pack: &'a Pack, served: &'a [Served]) -> Coverage<'a> {
    let distinct: BTreeSet<&Served> = served.iter().collect();
    let rows = pack
        .clauses()
        .iter()
        .map(|clause| CoverageRow {
            clause,
            served: distinct
                .iter()
                .copied()
                .filter(|one| one.clause == clause.id)
                .collect(),
            not_yet: pack
                .not_yet_served()
                .iter()
                .find(|listed| listed.clause == clause.id)
                .map(|listed| listed.reason.as_str()),
        })
        .collect();
    Coverage {
        rows,
        unknown: distinct
            .into_iter()
            .filter(|one| pack.clause(&one.clause).is_none())
            .collect(),
    }
}

#[cfg(test)]
mod tests;
