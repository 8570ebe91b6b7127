//! The facts of decisions, as the store keeps and folds them.

use std::ops::Deref;

use directory::{Directory, kind};
use identity_domain::decision::{Fact, FactChange, FactKey, FactKind, Facts};
use standard::ServiceName;
use store::facts::{Change, FactSet};

/// The snapshot decisions are made on, with the organisation by which it is known whose authority
/// something is.
#[derive(Debug, Clone, Default)]
pub struct AccessFacts {
    facts: Facts,
    directory: Directory,
    known: Known,
}

/// Position of the last record of each source that a fact is known from; 0 = none. What a source said
/// in a record at or below it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Known {
    pub(super) identity: u64,
    pub(super) ledger: u64,
    pub(super) approvals: u64,
    pub(super) incidents: u64,
}

impl Known {
    fn take_in(&mut self, source: ServiceName, position: u64) {
        let known = match source {
            ServiceName::Identity => &mut self.identity,
            ServiceName::Ledger => &mut self.ledger,
            ServiceName::Approvals => &mut self.approvals,
            ServiceName::Incidents => &mut self.incidents,
            ServiceName::Audit => return,
        };
        *known = position.max(*known);
    }
}

impl AccessFacts {
    pub(super) fn known(&self) -> Known {
        self.known
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.directory
    }
}

impl Deref for AccessFacts {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.facts
    }
}

impl FactSet for AccessFacts {
    fn apply(&mut self, stored: &store::facts::Fact) {
        // Other parts of identity keep facts of their own kinds in the same table.
        let Ok(kind) = stored.kind.parse::<FactKind>() else {
            if let Some(source) = told_by(&stored.kind) {
                self.known.take_in(source, stored.position);
                self.directory.apply(stored);
            }
            return;
        };
        self.known.take_in(kind.source(), stored.position);
        if stored.body.is_none() {
            let id = stored.id.clone();
            self.facts.apply(FactChange::Removed(FactKey { kind, id }));
        } else if let Some(fact) = stored.read::<Fact>() {
            self.facts.apply(FactChange::Set(fact));
        }
    }
}

/// Who tells of the organisation and of whose the systems are.
fn told_by(kind: &str) -> Option<ServiceName> {
    match kind {
        kind::SYSTEM => Some(ServiceName::Ledger),
        kind::BUREAU
        | kind::SECTION
        | kind::POST
        | kind::HOLDERS
        | kind::DELEGATION
        | kind::PERSON => Some(ServiceName::Identity),
        _ => None,
    }
}

/// The form in which a change is stored.
pub(super) fn stored(change: FactChange) -> Change {
    match change {
        FactChange::Set(fact) => {
            let key = fact.key();
            Change::known(key.kind.as_str(), key.id, &fact)
        }
        FactChange::Removed(key) => Change::gone(key.kind.as_str(), key.id),
    }
}
