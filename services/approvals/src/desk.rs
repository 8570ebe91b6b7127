//! Where commands and questions are put together with what is known.

use std::{collections::BTreeSet, sync::Arc};

use approvals_domain::{
    Exception, Facts, Permit,
    exception::{self, Terms},
    permit::{self, Application},
};
use kernel::{Clock, PersonId};
use standard::Pack;
use store::{Done, Failure, Request, Store, facts::Snapshot};

use crate::{
    known::Known,
    store::{Exceptions, Permits, Viewer, carry_out},
};

/// The store, what is known, the standard and the clock.
#[derive(Clone)]
pub struct Desk {
    /// The one write path.
    pub store: Store,
    /// What identity and ledger have said.
    pub known: Arc<Snapshot<Known>>,
    /// The standard in force.
    pub pack: Arc<Pack>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Desk {
    /// Carries out a command on a permit.
    pub async fn permit(
        &self,
        id: &str,
        command: &permit::Command,
        facts: &Facts,
        request: &Request,
    ) -> Result<Done<Permit>, Failure<permit::Refusal>> {
        carry_out::<Permits>(&self.store, id, command, facts, request).await
    }

    /// Carries out a command on an exception.
    pub async fn exception(
        &self,
        id: &str,
        command: &exception::Command,
        facts: &Facts,
        request: &Request,
    ) -> Result<Done<Exception>, Failure<exception::Refusal>> {
        carry_out::<Exceptions>(&self.store, id, command, facts, request).await
    }

    /// How far somebody sees; all of it, if it is no person.
    pub fn viewer(&self, person: Option<&PersonId>) -> Viewer {
        Viewer::of(person, &self.known.get(), self.clock.now())
    }

    /// What any decision on something that stands already needs.
    pub fn facts(&self) -> Facts {
        self.facts_with([])
    }

    /// What judging an application needs: the people and things it names as well.
    pub fn facts_for(&self, application: &Application, applicant: Option<&PersonId>) -> Facts {
        let subject = &application.subject;
        let known = self.known.get();
        let named = subject.information.iter();
        let information = named.filter_map(|id| Some((id.clone(), known.information(id)?)));
        let devices = subject.device.iter().filter(|id| known.has_device(id));
        let networks = subject.network.iter().filter(|id| known.has_network(id));
        Facts {
            information: information.collect(),
            devices: devices.cloned().collect(),
            networks: networks.cloned().collect(),
            ..self.facts_with(applicant.into_iter().chain(&subject.person))
        }
    }

    /// What judging the terms of an exception needs.
    pub fn facts_for_terms(&self, terms: &Terms) -> Facts {
        self.facts_with(&terms.scope.people)
    }

    fn facts_with<'a>(&self, people: impl IntoIterator<Item = &'a PersonId>) -> Facts {
        let known = self.known.get();
        Facts {
            pack: Arc::clone(&self.pack),
            organisation: known.organisation(people, self.clock.now()),
            systems: known.systems(),
            information: Default::default(),
            devices: BTreeSet::new(),
            networks: BTreeSet::new(),
            unreported: Vec::new(),
        }
    }
}
