//! The service `DecisionAnalysis`: why accesses are decided as they are, and what would follow if
//! something were another. It reads the records and the facts, and decides for nobody. Whose decisions it
//! shows to another is on record first.

mod explain;
mod past;
mod simulate;
mod suppose;

use std::sync::Arc;

use identity_domain::decision::{
    FactChange, Outcome, RelaxationId, RelaxedBy, Request as Asked, WhatIf,
};
use kernel::{Clock, Context};
use proto::identity::v1::{
    self as wire, ExplainRequest, ExplainResponse, SimulateRequest, SimulateResponse,
    decision_analysis_server::DecisionAnalysis, explain_request::Access,
};
use rpc::{Caller, Fields, status};
use store::Database;
use tonic::{Request, Response, Status};

use super::{
    AccessFacts, Evaluator,
    authority::rests_on,
    evaluator::with_authority,
    looked_at::{concerned, looked_at},
    recorded,
    recorded::newest,
    rpc::not_found,
};
use past::Past;

/// Records looked at in one go.
const PAGE: u32 = 500;
/// Most records looked through for a sample.
const SCAN: usize = 10_000;

/// The service.
pub struct Analysis {
    /// Its facts, its rules and its records; it is never asked to decide.
    pub evaluator: Arc<Evaluator>,
    /// Where decisions and facts are on record.
    pub database: Database,
    /// For accesses that are only supposed.
    pub clock: Arc<dyn Clock>,
}

impl Analysis {
    /// What is known by now: nobody waits at a gate for it, so it is read.
    async fn facts(&self) -> Result<Arc<AccessFacts>, Status> {
        let snapshot = &self.evaluator.snapshot;
        snapshot.refresh().await.map_err(status::unavailable)?;
        Ok(snapshot.get())
    }

    fn as_is(&self, facts: &AccessFacts) -> WhatIf {
        WhatIf::new((**facts).clone(), self.evaluator.policy.clone())
    }

    async fn of_record(&self, id: &str, context: &Context) -> Result<ExplainResponse, Status> {
        let mut fields = Fields::new();
        let id = fields.id("decision_id", id);
        fields.done()?;
        let found = recorded(&self.database, &id).await;
        let found = found.map_err(status::unavailable)?.ok_or_else(not_found)?;
        let appender = &self.evaluator.appender;
        looked_at(appender, context, "explain", concerned(&found.event)).await?;
        let facts = self.facts().await?;
        let Some(past) = Past::new(&found, &facts, &self.evaluator.pack) else {
            return Ok(explain::token_refused(found));
        };
        let known = found.event.known.unwrap_or_default();
        let mut judged = self
            .explain(&facts, &past.request, past.then, Some(&known))
            .await?;
        explain::against_record(&mut judged, &known);
        judged.recorded = Some(found.event);
        Ok(judged)
    }

    async fn supposed(&self, supposed: &wire::SupposedAccess) -> Result<ExplainResponse, Status> {
        let facts = self.facts().await?;
        let (request, session) = suppose::access(supposed, &facts, self.clock.now())?;
        let request = with_authority(request, &facts, &self.evaluator.pack);
        self.explain(&facts, &request, [session], None).await
    }

    async fn explain(
        &self,
        known: &AccessFacts,
        request: &Asked,
        then: impl IntoIterator<Item = FactChange>,
        as_known: Option<&wire::KnownPositions>,
    ) -> Result<ExplainResponse, Status> {
        let mut facts = (**known).clone();
        then.into_iter().for_each(|change| facts.apply(change));
        let policy = &self.evaluator.policy;
        let explained = identity_domain::decision::explain(&facts, policy, request);
        let used = explain::origins(&self.database, &explained.facts, as_known).await;
        let mut used = used.map_err(status::unavailable)?;
        if let Some(over) = request.over(&facts) {
            let facts = rests_on(known.directory(), over, request.now);
            let organised = explain::of_organisation(&self.database, facts).await;
            used.extend(organised.map_err(status::unavailable)?);
        }
        Ok(explain::answer(&explained, used))
    }

    /// The newest decisions on record that can be made once more, and how many were looked through.
    async fn sample(
        &self,
        facts: &AccessFacts,
        request: &suppose::Sample,
    ) -> Result<(Vec<Past>, usize), Status> {
        let (mut sample, mut looked, mut before) = (Vec::new(), 0, None::<String>);
        while sample.len() < request.size && looked < SCAN {
            let page = newest(&self.database, before.as_deref(), PAGE).await;
            let page = page.map_err(status::unavailable)?;
            let Some(last) = page.last() else { break };
            before = Some(last.event.decision_id.clone());
            for found in &page {
                looked += 1;
                if (request.system.as_ref()).is_none_or(|one| one.as_str() == found.event.system_id)
                {
                    sample.extend(Past::new(found, facts, &self.evaluator.pack));
                }
                if sample.len() == request.size {
                    break;
                }
            }
        }
        Ok((sample, looked))
    }
}

#[tonic::async_trait]
impl DecisionAnalysis for Analysis {
    async fn explain(
        &self,
        request: Request<ExplainRequest>,
    ) -> Result<Response<ExplainResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let context = caller.context(self.clock.as_ref());
        let explained = match message.access {
            Some(Access::DecisionId(id)) => self.of_record(&id, &context).await,
            Some(Access::Supposed(supposed)) => self.supposed(&supposed).await,
            None => suppose::nothing("access"),
        };
        explained.map(Response::new)
    }

    async fn simulate(
        &self,
        request: Request<SimulateRequest>,
    ) -> Result<Response<SimulateResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let context = caller.context(self.clock.as_ref());
        let facts = self.facts().await?;
        let mut supposed = self.as_is(&facts);
        let sample = suppose::changes(&message, &mut supposed)?;
        let (sample, looked) = self.sample(&facts, &sample).await?;
        let compared = simulate::compare(sample, self.as_is(&facts), supposed, looked);
        let people = compared.examples.iter().map(|one| one.person_id.as_str());
        looked_at(&self.evaluator.appender, &context, "simulate", people).await?;
        Ok(Response::new(compared))
    }
}

fn outcome(outcome: Outcome) -> wire::AccessOutcome {
    super::publish::outcome(outcome)
}

fn relaxed_by(by: &RelaxedBy) -> wire::Relaxation {
    super::rpc::relaxation(by)
}

/// The ids of an exception and of a permit; one of them.
fn ids(id: &RelaxationId) -> wire::near_miss::By {
    match id {
        RelaxationId::Permit(id) => wire::near_miss::By::PermitId(id.to_string()),
        RelaxationId::Exception(id) => wire::near_miss::By::ExceptionId(id.to_string()),
    }
}
