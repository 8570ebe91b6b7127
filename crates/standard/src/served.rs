//! What serves each clause, by each kind of work it asks for: services declare it, and the difference to the
//! pack is shown.

use std::collections::BTreeSet;

use kernel::ClauseId;

use crate::{
    Mode, Pack,
    pack::{Clause, NotYetServed},
};

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

/// One clause, what serves it, and what is open.
#[derive(Debug, Clone)]
pub struct CoverageRow<'a> {
    /// The clause.
    pub clause: &'a Clause,
    /// The declarations for it, in order of mode and words.
    pub served: Vec<&'a Served>,
    /// The kinds of work it asks for that nothing does, in its order.
    pub open: Vec<Open<'a>>,
}

/// A kind of work that a clause asks for and nothing does.
#[derive(Debug, Clone, Copy)]
pub struct Open<'a> {
    /// Which.
    pub mode: Mode,
    /// The pack's admission of it, if there is one.
    pub listed: Option<&'a NotYetServed>,
}

/// How far a clause is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// By every kind of work it asks for.
    Whole,
    /// By something, and not by every kind of work it asks for.
    Part,
    /// By nothing.
    Nothing,
}

impl<'a> CoverageRow<'a> {
    fn new(clause: &'a Clause, pack: &'a Pack, distinct: &BTreeSet<&'a Served>) -> Self {
        let served = distinct.iter().copied();
        let served: Vec<_> = served.filter(|one| one.clause == clause.id).collect();
        let open = |mode: &Mode| served.iter().all(|one| one.mode != *mode);
        let listed = |mode| {
            let mut listed = pack.not_yet_served().iter();
            listed.find(|one| one.clause == clause.id && one.mode == mode)
        };
        let open = clause.modes().filter(open).map(|mode| Open {
            mode,
            listed: listed(mode),
        });
        Self {
            clause,
            open: open.collect(),
            served,
        }
    }

    /// How far it is served.
    pub fn extent(&self) -> Extent {
        match (self.open.is_empty(), self.served.is_empty()) {
            (true, _) => Extent::Whole,
            (false, false) => Extent::Part,
            (false, true) => Extent::Nothing,
        }
    }
}

/// How much of the standard is served.
#[derive(Debug, Clone)]
pub struct Coverage<'a> {
    /// One row per clause, in the order of the standard.
    pub rows: Vec<CoverageRow<'a>>,
    /// Declarations for clauses the pack does not have.
    pub unknown: Vec<&'a Served>,
    /// What is listed as not yet done although something does it.
    pub listed_although_served: Vec<&'a NotYetServed>,
}

impl Coverage<'_> {
    /// What clauses ask for, nothing does and nobody admits to.
    pub fn unserved_not_listed(&self) -> Vec<(&ClauseId, Mode)> {
        let open = self.rows.iter().flat_map(|row| {
            let silent = row.open.iter().filter(|open| open.listed.is_none());
            silent.map(|open| (&row.clause.id, open.mode))
        });
        open.collect()
    }

    /// How many clauses are served so far.
    pub fn count(&self, extent: Extent) -> usize {
        let such = self.rows.iter().filter(|row| row.extent() == extent);
        such.count()
    }
}

/// Holds what the services declare against the pack.
pub fn coverage<'a>(pack: &'a Pack, served: &'a [Served]) -> Coverage<'a> {
    let distinct: BTreeSet<&Served> = served.iter().collect();
    let done: BTreeSet<(&ClauseId, Mode)> =
        served.iter().map(|one| (&one.clause, one.mode)).collect();
    let clauses = pack.clauses().iter();
    let listed = pack.not_yet_served().iter();
    Coverage {
        rows: clauses
            .map(|clause| CoverageRow::new(clause, pack, &distinct))
            .collect(),
        listed_although_served: listed
            .filter(|one| done.contains(&(&one.clause, one.mode)))
            .collect(),
        unknown: distinct
            .into_iter()
            .filter(|one| pack.clause(&one.clause).is_none())
            .collect(),
    }
}

#[cfg(test)]
mod tests;
