//! The write path of incidents: load, gather the facts, decide, commit.

use std::sync::Arc;

use incidents_domain::{
    Incident,
    incident::{Command, Refusal},
};
use kernel::{Clock, IncidentId};
use standard::Pack;
use store::{Done, Failure, Request, Store, Unit, facts::Snapshot};

use crate::{
    facts,
    known::Known,
    store::{Incidents, query},
};

/// How often a command that met another one is decided anew before the caller hears of it.
const ATTEMPTS: usize = 5;

/// Where incidents are dealt with.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) known: Arc<Snapshot<Known>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) pack: Arc<Pack>,
}

type Outcome = Result<Done<Incident>, Failure<Refusal>>;

impl Desk {
    /// Carries out one command: durable with its events when this returns `Ok`.
    pub(crate) async fn carry_out(
        &self,
        id: &IncidentId,
        command: &Command,
        request: &Request,
    ) -> Outcome {
        for _ in 1..ATTEMPTS {
            match self.attempt(id, command, request).await {
                Err(Failure::Contended) => {}
                other => return other,
            }
        }
        self.attempt(id, command, request).await
    }

    async fn attempt(&self, id: &IncidentId, command: &Command, request: &Request) -> Outcome {
        let mut unit = self.store.unit(request.clone()).await?;
        if let Some(done) = unit.repeated::<Incidents>().await? {
            return Ok(done);
        }
        let done = self.decide(&mut unit, id, command).await?;
        unit.remember::<Incidents>(&done).await?;
        unit.commit().await?;
        Ok(done)
    }

    async fn decide(&self, unit: &mut Unit, id: &IncidentId, command: &Command) -> Outcome {
        let (incident, _) = unit.load::<Incidents>(id.as_str()).await?;
        let known = self.known.get();
        let facts = facts::gather(&incident, command, &known.directory, &self.pack);
        unit.execute::<Incidents>(id.as_str(), command, &facts)
            .await
    }

    /// For queries.
    pub(crate) fn read(&self) -> query::Incidents<'_> {
        query::Incidents(self.store.database().read())
    }
}
