//! Who decides on a permit, and to whom falls what is done with it, as the organisation stands now.

use std::collections::BTreeSet;

use kernel::{ClauseId, PersonId};
use standard::{Action, Role};

use super::{Permit, Reason, Refusal, Step};
use crate::{
    Facts,
    route::{self, Case, Deciders},
};

/// A manager decides beforehand what is done while they are absent.
const ABSENCE_PLAN: ClauseId = ClauseId::known("2-3-4b");
/// The deputy information manager acts for the absent information manager.
const DEPUTY_ACTS: ClauseId = ClauseId::known("2-6-2");
/// System staff act for the absent system manager.
const STAFF_ACTS: ClauseId = ClauseId::known("2-7-2");

impl Permit {
    /// Who decides at a step as the organisation stands now.
    pub(super) fn deciders(&self, step: &Step, facts: &Facts) -> Deciders {
        if self.system_gone(facts) {
            // Who decided on it while it was in the ledger still does.
            return step.deciders.clone();
        }
        let case = self.case(self.concerned(), facts);
        route::resolve(step.step, &case, &facts.organisation, &facts.pack)
    }

    /// Whether something done with the permit falls to somebody by their post.
    pub(super) fn falls_to(&self, person: &PersonId, action: Action, facts: &Facts) -> bool {
        let case = self.case(self.concerned(), facts);
        let (organisation, pack) = (&facts.organisation, &facts.pack);
        let charged = match self.steps.last().filter(|_| self.system_gone(facts)) {
            Some(last) => {
                route::charged_as_known(action, &last.deciders, &case, organisation, pack)
            }
            None => route::charged(action, &case, organisation, pack),
        };
        charged.iter().any(|one| one.people.contains(person))
    }

    /// Whether somebody may stand as witness of another's decision.
    pub(super) fn may_witness(
        &self,
        witness: &PersonId,
        decider: &PersonId,
        facts: &Facts,
    ) -> bool {
        let concerned = self.concerned().into_iter().chain([decider]).collect();
        let case = self.case(concerned, facts);
        let (organisation, pack) = (&facts.organisation, &facts.pack);
        let charged = route::charged(Action::PermitWitness, &case, organisation, pack);
        charged.iter().any(|one| one.people.contains(witness))
    }

    fn case<'a>(&'a self, concerned: BTreeSet<&'a PersonId>, facts: &'a Facts) -> Case<'a> {
        let named = self.application.subject.system.as_ref();
        Case {
            concerned,
            // The request stays with the section it came from, wherever the applicant goes.
            place: &self.place,
            system: named.and_then(|id| facts.systems.get(id)),
            kind: &self.application.kind,
            last_step: self.steps.last().map(|step| step.step),
        }
    }

    /// Whether the system it is about has left the ledger since.
    fn system_gone(&self, facts: &Facts) -> bool {
        let named = self.application.subject.system.as_ref();
        named.is_some_and(|id| !facts.systems.contains_key(id))
    }

    /// Why this person does not decide: it is about them, they are a deputy without authority to act
    /// now, or another post decides.
    pub(super) fn not_decided_by(
        &self,
        by: &PersonId,
        deciders: &Deciders,
        facts: &Facts,
    ) -> Refusal {
        if self.concerned().contains(by) {
            return self.refuse(Reason::OwnRequest);
        }
        let Some(deputy) = route::deputy_there(by, deciders, &facts.organisation) else {
            return self.refuse(Reason::NotTheDecider);
        };
        let mut refusal = self.refuse(match deputy.absence {
            None => Reason::PrincipalNotAbsent,
            Some(_) => Reason::NotPlanned,
        });
        let acts = match deputy.stands_in_for {
            Role::SystemManager => STAFF_ACTS,
            _ => DEPUTY_ACTS,
        };
        refusal.clauses.extend([acts, ABSENCE_PLAN]);
        refusal
    }
}
