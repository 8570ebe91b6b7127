//! To whom the steps of an exception's life fall: by the standard's table of actions, seen from the
//! bureau whose exception it is.

use std::collections::BTreeSet;

use kernel::{BureauId, PersonId};
use standard::{Action, Role};

use super::{Act, Exception, Reason, Refusal, Terms};
use crate::{
    Facts, Place,
    route::{self, Case, Deciders},
};

impl Act {
    /// What it is in the standard's table.
    pub(super) const fn action(self) -> Action {
        match self {
            Self::Grant | Self::Refuse => Action::ExceptionDecide,
            Self::Endorse => Action::ExceptionEndorse,
            Self::Extend { .. } => Action::ExceptionExtend,
        }
    }
}

impl Exception {
    /// By what somebody may do this; none if it falls to others.
    pub(super) fn decides(
        &self,
        person: &PersonId,
        action: Action,
        facts: &Facts,
    ) -> Option<Deciders> {
        let charged = charged(action, &self.bureau, self.concerned(), facts);
        (charged.into_iter()).find(|one| one.people.contains(person))
    }

    /// Whether somebody may stand as witness of the CISO's decision.
    pub(super) fn may_witness(&self, witness: &PersonId, ciso: &PersonId, facts: &Facts) -> bool {
        let concerned = self.concerned().into_iter().chain([ciso]).collect();
        let charged = charged(Action::ExceptionWitness, &self.bureau, concerned, facts);
        charged.iter().any(|one| one.people.contains(witness))
    }

    /// Whom it alarms that the report of this emergency does not come: the CISO, to whom it is owed,
    /// with those who may act for the CISO, and the auditors (8-4-(2)-2).
    pub(super) fn alarmed_by_silence(&self, facts: &Facts) -> BTreeSet<PersonId> {
        let none_concerned = BTreeSet::new();
        let endorse = charged(
            Action::ExceptionEndorse,
            &self.bureau,
            none_concerned,
            facts,
        );
        let mut alarmed = facts.organisation.holders_anywhere(Role::Auditor);
        alarmed.extend(endorse.into_iter().flat_map(|one| one.people));
        alarmed
    }

    /// The people it covers by name, and the manager who began it.
    fn concerned(&self) -> BTreeSet<&PersonId> {
        let people = self.scope.people.iter();
        people.chain(std::iter::once(&self.manager)).collect()
    }
}

/// The bureau for which somebody may begin one.
pub(super) fn bureau(
    terms: &Terms,
    action: Action,
    by: &PersonId,
    facts: &Facts,
) -> Result<BureauId, Refusal> {
    let may = |bureau: &BureauId| {
        let charged = charged(action, bureau, BTreeSet::new(), facts);
        charged.iter().any(|one| one.people.contains(by))
    };
    match &terms.bureau {
        Some(bureau) if may(bureau) => Ok(bureau.clone()),
        Some(_) => Err(Reason::NotABureauManager.into()),
        None => {
            let mut own = facts
                .organisation
                .bureaus_managed(by)
                .into_iter()
                .filter(may);
            match (own.next(), own.next()) {
                (Some(_), Some(_)) => Err(Reason::BureauMissing.into()),
                (Some(bureau), None) => Ok(bureau),
                (None, _) => Err(Reason::NotABureauManager.into()),
            }
        }
    }
}

fn charged(
    action: Action,
    bureau: &BureauId,
    concerned: BTreeSet<&PersonId>,
    facts: &Facts,
) -> Vec<Deciders> {
    let place = Place {
        bureau: Some(bureau.clone()),
        section: None,
    };
    let case = Case {
        concerned,
        place: &place,
        system: None,
        kind: action.as_str(),
        last_step: None,
    };
    route::charged(action, &case, &facts.organisation, &facts.pack)
}
