//! The write path of incidents: load, gather the facts, decide, commit.

use std::{collections::BTreeSet, sync::Arc};

use incidents_domain::{Facts, incident::Command};
use kernel::{Clock, IncidentId};
use standard::Pack;
use store::{Outcome, Request, Store, Unit, facts::Snapshot};

use crate::{
    facts,
    known::Known,
    store::{Incidents, query},
};

/// Where incidents are dealt with.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) known: Arc<Snapshot<Known>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pack: Arc<Pack>,
    /// The workloads that may report what they found.
    pub(crate) machines: Arc<BTreeSet<String>>,
}

impl Desk {
    /// Carries out one command: durable with its events when this returns `Ok`.
    pub(crate) async fn carry_out(
        &self,
        id: &IncidentId,
        command: &Command,
        request: &Request,
    ) -> Outcome<Incidents> {
        self.store
            .carry_out::<Incidents, _>(request, |mut unit| async move {
                let done = self.decide(&mut unit, id, command).await?;
                Ok((unit, done))
            })
            .await
    }

    async fn decide(
        &self,
        unit: &mut Unit,
        id: &IncidentId,
        command: &Command,
    ) -> Outcome<Incidents> {
        let (incident, _) = unit.load::<Incidents>(id.as_str()).await?;
        let known = self.known.get();
        let facts = Facts {
            machines: Arc::clone(&self.machines),
            ..facts::gather(
                &incident,
                command,
                &known.directory,
                &self.pack,
                unit.context(),
            )
        };
        unit.execute::<Incidents>(id.as_str(), command, &facts)
            .await
    }

    /// For queries.
    pub(crate) fn read(&self) -> query::Incidents<'_> {
        query::Incidents(self.store.database().read())
    }
}
