//! `sekisho.audit.v1.Retention`: convert in, plan or prune, convert out.

use audit_domain::Hold;
use proto::{
    audit::v1::{self as wire, retention_server},
    timestamp,
};
use rpc::{Caller, Fields, status};
use tonic::{Request, Response, Status};

use crate::retention::{Plan, Retention};

/// The handlers.
pub(crate) struct Pruning(pub(crate) Retention);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl retention_server::Retention for Pruning {
    async fn plan_pruning(
        &self,
        request: Request<wire::PlanPruningRequest>,
    ) -> Answer<wire::PlanPruningResponse> {
        let request = request.into_inner();
        let mut fields = Fields::new();
        let as_of = fields.optional_timestamp("as_of", request.as_of.as_ref());
        fields.done()?;
        let as_of = self.0.as_of(as_of).map_err(status::failure)?;
        let plan = self.0.plan(as_of, request.from_index).await;
        let plan = told(plan.map_err(status::failure)?, as_of, request.from_index);
        Ok(Response::new(wire::PlanPruningResponse {
            plan: Some(plan),
        }))
    }

    async fn prune(&self, request: Request<wire::PruneRequest>) -> Answer<wire::PruneResponse> {
        let (caller, request) = Caller::open(request);
        let mut fields = Fields::new();
        let as_of = fields.timestamp("as_of", request.as_of.as_ref());
        let plan = fields.text("plan", &request.plan, 64..=64);
        fields.done()?;
        let as_of = self.0.as_of(Some(as_of)).map_err(status::failure)?;
        let context = caller.context(&*self.0.clock);
        let pruned = self.0.prune(context, as_of, request.from_index, &plan);
        let count = pruned.await.map_err(status::failure)?;
        Ok(Response::new(wire::PruneResponse { count }))
    }

    async fn list_holds(
        &self,
        _: Request<wire::ListHoldsRequest>,
    ) -> Answer<wire::ListHoldsResponse> {
        let holds = self.0.holds().await.map_err(status::failure)?;
        let holds = holds.into_iter().map(hold).collect();
        Ok(Response::new(wire::ListHoldsResponse { holds }))
    }
}

fn told(plan: Plan, as_of: jiff::Timestamp, from_index: u64) -> wire::PruningPlan {
    wire::PruningPlan {
        as_of: Some(timestamp(as_of)),
        from_index,
        count: plan.count(),
        plan: plan.digest(),
        by_kind: plan.by_kind,
        held: plan.held,
        next_index: plan.next,
    }
}

fn hold(hold: Hold) -> wire::Hold {
    wire::Hold {
        incident_id: hold.incident,
        system_ids: hold.systems.into_iter().collect(),
        person_id: hold.person.unwrap_or_default(),
        reason: hold.reason,
        held_by: hold.held_by,
        since: Some(timestamp(hold.since)),
    }
}
