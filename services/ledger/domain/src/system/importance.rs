//! Which systems are important (重要な情報システム, clause 3-2): derived, never typed in.

use kernel::ClauseId;
use serde::{Deserialize, Serialize};
use standard::InformationClass;

use super::{Entry, Handled};
use crate::clauses;

/// One ground on which a system is important.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportanceGround {
    /// The clause.
    pub clause: ClauseId,
    /// The recorded reason; empty where the clause asks for none.
    pub reason: String,
}

/// Every ground that holds, in the order of the standard.
pub(super) fn grounds(entry: &Entry, handled: &Handled) -> Vec<ImportanceGround> {
    let fact = |holds: bool, clause| {
        holds.then(|| ImportanceGround {
            clause,
            reason: String::new(),
        })
    };
    let judgement = |reason: &Option<String>, clause| {
        reason
            .clone()
            .map(|reason| ImportanceGround { clause, reason })
    };
    let handles_s = handled.highest() == Some(InformationClass::S);
    [
        fact(entry.used_by.len() > 1, clauses::SEVERAL_SECTIONS),
        fact(handles_s, clauses::HANDLES_S),
        judgement(&entry.outage_impact, clauses::OUTAGE_IMPACT),
        judgement(&entry.discretion, clauses::DISCRETION),
    ]
    .into_iter()
    .flatten()
    .collect()
}
