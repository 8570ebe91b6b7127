//! The facts of decisions, as the store keeps and folds them.

use std::ops::Deref;

use identity_domain::decision::{Fact, FactChange, FactKey, FactKind, Facts};
use store::facts::{Change, FactSet};

/// The snapshot decisions are made on.
#[derive(Debug, Clone, Default)]
pub struct AccessFacts(Facts);

impl Deref for AccessFacts {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl FactSet for AccessFacts {
    fn apply(&mut self, stored: &store::facts::Fact) {
        // Other parts of identity keep facts of their own kinds in the same table.
        let Ok(kind) = stored.kind.parse::<FactKind>() else {
            return;
        };
        if stored.body.is_none() {
            let id = stored.id.clone();
            self.0.apply(FactChange::Removed(FactKey { kind, id }));
        } else if let Some(fact) = stored.read::<Fact>() {
            self.0.apply(FactChange::Set(fact));
        }
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
