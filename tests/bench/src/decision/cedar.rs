//! The same policies and facts for Cedar, and what it answers. Nothing here asks the platform what a fact
//! means: what holds when, what a factor proves and whose authority something is are said once more.

mod authority;
mod entities;
mod meaning;
mod policies;
mod value;

use std::collections::BTreeSet;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, PolicyId, PolicySet, Request, Response,
    RestrictedExpression as Value,
};
use identity_domain::decision::{self as ours, Object, Outcome};

use super::city::City;
use entities::{entities, shared_id_use};
use policies::Policies;
use value::{number, rank, reference, time, uid};

/// Cedar with a city's facts.
pub(crate) struct Cedar {
    authorizer: Authorizer,
    entities: Entities,
    /// Whoever nothing forbids is permitted; entitlements are attributes. Nothing is relaxed.
    by_attributes: PolicySet,
    /// The same, and nothing forbids that permits relax.
    permitted: PolicySet,
    /// The same, and nothing forbids that exceptions or permits relax.
    relaxed: PolicySet,
    /// Every entitlement is a permission of its own.
    by_policies: PolicySet,
}

impl Cedar {
    pub(crate) fn new(city: &City) -> Self {
        let Policies {
            by_attributes,
            permitted,
            relaxed,
            by_policies,
        } = Policies::of(city);
        Self {
            authorizer: Authorizer::new(),
            entities: Entities::from_entities(entities(city), None).expect("sound entities"),
            by_attributes: by_attributes.parse().expect("sound policies"),
            permitted: permitted.parse().expect("sound policies"),
            relaxed: relaxed.parse().expect("sound policies"),
            by_policies: by_policies.parse().expect("sound policies"),
        }
    }

    /// How many policies there are beside the entitlements.
    pub(crate) fn policies(&self) -> usize {
        self.by_attributes.policies().count()
    }

    pub(crate) fn by_attributes(&self, request: &Request) -> Response {
        let (policies, entities) = (&self.by_attributes, &self.entities);
        self.authorizer.is_authorized(request, policies, entities)
    }

    pub(crate) fn by_policies(&self, request: &Request) -> Response {
        let (policies, entities) = (&self.by_policies, &self.entities);
        self.authorizer.is_authorized(request, policies, entities)
    }

    /// Cedar's answer in our words: what is not forbidden as the rules stand, or only where a permit says
    /// otherwise, is allowed; what takes exceptions beside is allowed by exception; and else what forbids says
    /// whether it refuses or asks for more.
    pub(crate) fn answer(&self, request: &Request) -> Answer<'_> {
        let as_they_stand = self.by_attributes(request);
        let forbidding = self.forbidding(&self.by_attributes, &as_they_stand);
        if forbidding.is_empty() {
            return Answer::of(Outcome::Allow, forbidding);
        }
        if self.standing(&self.permitted, request).is_empty() {
            return Answer::of(Outcome::Allow, forbidding);
        }
        let standing = self.standing(&self.relaxed, request);
        if standing.is_empty() {
            return Answer::of(Outcome::AllowByException, forbidding);
        }
        let refusing: Vec<Forbids<'_>> = (standing.iter().copied())
            .filter(|one| one.effect == "prohibit")
            .collect();
        match refusing.is_empty() {
            true => Answer::of(Outcome::StepUp, standing),
            false => Answer::of(Outcome::Deny, refusing),
        }
    }

    fn standing<'a>(&self, policies: &'a PolicySet, request: &Request) -> Vec<Forbids<'a>> {
        let response = (self.authorizer).is_authorized(request, policies, &self.entities);
        self.forbidding(policies, &response)
    }

    fn forbidding<'a>(&self, policies: &'a PolicySet, response: &Response) -> Vec<Forbids<'a>> {
        match sound(response) {
            Decision::Allow => Vec::new(),
            Decision::Deny => {
                let forbids = response.diagnostics().reason();
                forbids.map(|id| Forbids::new(policies, id)).collect()
            }
        }
    }

    /// A request of ours.
    pub(crate) fn request(&self, request: &ours::Request) -> Request {
        let mut context = vec![
            ("session", reference("Session", &request.session)),
            ("point", reference("Point", &request.workload)),
            ("epoch", number(request.epoch)),
            ("class", Value::new_long(request.class.map_or(0, rank))),
            ("automated", Value::new_bool(request.automated)),
            ("now", time(request.now)),
        ];
        context.extend(request.as_of.map(|at| ("as_of", time(at))));
        context.extend(
            (request.device.as_ref()).map(|device| ("device", reference("Device", device))),
        );
        context.extend(request.object.as_ref().map(|object| match object {
            Object::Network(id) => ("network", reference("Network", id)),
            Object::Terminal(id) => ("terminal", reference("Device", id)),
            Object::Item(id) => ("item", reference("Item", id)),
        }));
        context.extend(request.shared_id.as_ref().map(|id| {
            let id = shared_id_use(id, &request.person);
            ("shared_id", reference("SharedIdUse", id))
        }));
        let context = context
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Request::new(
            uid("Person", &request.person),
            uid("Action", request.action),
            uid("System", &request.system),
            Context::from_pairs(context).expect("a context"),
            None,
        )
        .expect("a request")
    }
}

/// What Cedar answers: the outcome, and by what. On a refusal and where more is asked for, the rules that stand
/// in the way; else those that are relaxed, with all their clauses.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) outcome: Outcome,
    pub(crate) rules: BTreeSet<&'a str>,
    pub(crate) clauses: BTreeSet<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(outcome: Outcome, by: Vec<Forbids<'a>>) -> Self {
        let clauses = by.iter().flat_map(|one| one.clauses.split(' '));
        Self {
            outcome,
            rules: by.iter().map(|one| one.rule).collect(),
            clauses: clauses.filter(|clause| !clause.is_empty()).collect(),
        }
    }
}

/// A policy that forbids.
#[derive(Clone, Copy)]
struct Forbids<'a> {
    rule: &'a str,
    effect: &'a str,
    clauses: &'a str,
}

impl<'a> Forbids<'a> {
    fn new(policies: &'a PolicySet, id: &PolicyId) -> Self {
        let said = |key| policies.annotation(id, key).unwrap_or_default();
        Self {
            rule: said("id"),
            effect: said("effect"),
            clauses: said("clauses"),
        }
    }
}

fn sound(response: &Response) -> Decision {
    let errors: Vec<_> = response.diagnostics().errors().collect();
    assert!(errors.is_empty(), "{errors:?}");
    response.decision()
}
