//! Which facts one decision looked at.

use kernel::ClauseId;

use super::{Disabled, Epoch, Fact, FactKey, FactKind, Facts, Lost};
use crate::{
    decision::{Object, Relaxation, Request},
    grant::GrantKind,
};

/// A fact that was looked at; `None` when nothing of the kind is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// Under which it is, or would be, kept.
    pub key: FactKey,
    /// What it says.
    pub fact: Option<Fact>,
}

impl Used {
    fn known(fact: Fact) -> Self {
        Self {
            key: fact.key(),
            fact: Some(fact),
        }
    }

    fn one(kind: FactKind, id: &str, fact: Option<Fact>) -> Self {
        let key = FactKey::one(kind, id);
        Self { key, fact }
    }
}

impl Facts {
    /// What a request is held against, in the order of the rules: with the exceptions and permits
    /// for its system that name any of these clauses.
    pub(in crate::decision) fn used(&self, request: &Request, clauses: &[&ClauseId]) -> Vec<Used> {
        let mut used = vec![match self.point_of(&request.workload) {
            Some(point) => Used::known(Fact::EnforcementPoint(point.clone())),
            None => Used::one(FactKind::EnforcementPoint, &request.workload, None),
        }];
        self.used_of_person(request, &mut used);
        self.used_of_system(request, &mut used);
        if let Some(device) = &request.device {
            let known = self.device(device).cloned().map(Fact::Device);
            used.push(Used::one(FactKind::Device, device.as_str(), known));
        }
        used.extend(
            request
                .object
                .as_ref()
                .map(|object| self.used_object(object)),
        );
        let named = |clause: &&ClauseId, known: &Relaxation| known.clauses.contains(*clause);
        for known in self.relaxations(&request.system) {
            if clauses.iter().any(|clause| named(clause, known)) {
                used.push(Used::known(Fact::Relaxation(known.as_ref().clone())));
                let posts = known.scope.posts.iter();
                let holders = posts.filter_map(|post| self.holders(post).cloned());
                used.extend(holders.map(|one| Used::known(Fact::Holders(one))));
            }
        }
        used
    }

    fn used_object(&self, object: &Object) -> Used {
        match object {
            Object::Network(id) => {
                let known = self.network(id).cloned().map(Fact::Network);
                Used::one(FactKind::Network, id.as_str(), known)
            }
            Object::Terminal(id) => {
                let known = self.device(id).cloned().map(Fact::Device);
                Used::one(FactKind::Device, id.as_str(), known)
            }
            Object::Item(id) => {
                let known = self.item(id).cloned().map(Fact::RestrictedItem);
                Used::one(FactKind::RestrictedItem, id.as_str(), known)
            }
        }
    }

    fn used_of_person(&self, request: &Request, used: &mut Vec<Used>) {
        let person = &request.person;
        let facts = self.person(person);
        let known = facts.and_then(|facts| facts.person.clone());
        let id = person.as_str();
        used.push(Used::one(FactKind::Person, id, known.map(Fact::Person)));
        let session = self.session(&request.session);
        used.push(Used::one(
            FactKind::Session,
            request.session.as_str(),
            session.cloned().map(Fact::Session),
        ));
        let Some(facts) = facts else { return };
        let person = || person.clone();
        if facts.disabled {
            used.push(Used::known(Fact::Disabled(Disabled { person: person() })));
        }
        if facts.epoch > 0 {
            let epoch = facts.epoch;
            used.push(Used::known(Fact::Epoch(Epoch {
                person: person(),
                epoch,
            })));
        }
        let verified = session.iter().flat_map(|session| &session.factors);
        for factor in verified.filter(|factor| facts.lost.contains(&factor.credential)) {
            used.push(Used::known(Fact::Lost(Lost {
                person: person(),
                credential: factor.credential.clone(),
            })));
        }
    }

    fn used_of_system(&self, request: &Request, used: &mut Vec<Used>) {
        let system = self.system(&request.system);
        let known = system.and_then(|facts| facts.system.clone());
        let id = request.system.as_str();
        used.push(Used::one(FactKind::System, id, known.map(Fact::System)));
        let suspensions = system.map_or(&[][..], |facts| &facts.suspensions);
        used.extend((suspensions.iter().cloned()).map(|one| Used::known(Fact::Suspension(one))));
        let grants = (self.person(&request.person))
            .and_then(|facts| facts.grants.get(&request.system))
            .map_or(&[][..], Vec::as_slice);
        let item = match &request.object {
            Some(Object::Item(item)) => Some(Some(item)),
            _ => None,
        };
        for on in std::iter::once(None).chain(item) {
            let mut here = grants
                .iter()
                .filter(|one| one.item.as_ref() == on)
                .peekable();
            if here.peek().is_none() {
                let system = (&request.system, on);
                used.push(Used {
                    key: FactKey::grant(&request.person, system, GrantKind::Use, None),
                    fact: None,
                });
            }
            used.extend(here.map(|one| Used::known(Fact::Grant(one.clone()))));
        }
        if let Some(id) = &request.shared_id {
            let held = self.shared_id(id, &request.person).cloned();
            used.push(Used {
                key: FactKey::two(FactKind::SharedIdUse, id, &request.person),
                fact: held.map(Fact::SharedIdUse),
            });
        }
    }
}
