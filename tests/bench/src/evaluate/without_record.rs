//! `Evaluate` as identity does it but for the record. Only here: the platform has no such switch,
//! since no access goes without its record (guarantee G3).

use std::sync::Arc;

use identity::decision::Evaluator;
use identity_domain::decision::{Action, Authority, Decision, Reason, Request as Question, decide};
use kernel::{Actor, Clock};
use proto::{
    common::v1 as common,
    identity::v1::{
        AccessAnswer, AccessOutcome, AccessReason, EvaluateManyRequest, EvaluateManyResponse,
        EvaluateRequest, EvaluateResponse, GetDecisionRequest, GetDecisionResponse,
        access_decision_server::{AccessDecision, AccessDecisionServer},
    },
};
use rpc::{Caller, Fields, status};
use shell::Platform;
use tonic::{Request, Response, Status, service::Routes};

use super::world::{Starting, open};

pub(super) fn start(platform: &Platform) -> Starting<'_> {
    Box::pin(async move {
        let (shell, access) = open(platform).await?;
        let service = WithoutRecord {
            evaluator: access.decisions.evaluator,
            clock: access.decisions.clock,
        };
        let routes = Routes::new(AccessDecisionServer::new(service));
        Ok(shell.endpoint(routes, identity::decision::ACCESS, Vec::new()))
    })
}

struct WithoutRecord {
    evaluator: Arc<Evaluator>,
    clock: Arc<dyn Clock>,
}

#[tonic::async_trait]
impl AccessDecision for WithoutRecord {
    async fn evaluate(
        &self,
        request: Request<EvaluateRequest>,
    ) -> Result<Response<EvaluateResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let mut fields = Fields::new();
        let system = fields.message("question", message.question.as_ref(), |fields, asked| {
            fields.id("system_id", &asked.system_id)
        });
        fields.done()?;
        let context = caller.context(self.clock.as_ref());
        let token = self.evaluator.verifier.verify(&message.subject_token).await;
        let principal = token.map_err(status::refused)?;
        let (Actor::Person { id, session }, Actor::Workload(workload)) =
            (&principal.actor, &context.actor)
        else {
            return Err(status::unavailable(std::io::Error::other(
                "not for measuring",
            )));
        };
        let question = Question {
            person: id.clone(),
            session: session.clone(),
            epoch: principal.epoch,
            system: system.unwrap_or_default(),
            action: Action::Use,
            object: None,
            authority: Authority::None,
            workload: workload.clone(),
            device: None,
            class: None,
            automated: false,
            shared_id: None,
            as_of: self.evaluator.freshness.as_of(context.now),
            now: context.now,
        };
        let facts = self.evaluator.snapshot.get();
        let decision = decide(&facts, &self.evaluator.policy, &question);
        Ok(Response::new(EvaluateResponse {
            answer: Some(answer(&decision)),
        }))
    }

    async fn evaluate_many(
        &self,
        _: Request<EvaluateManyRequest>,
    ) -> Result<Response<EvaluateManyResponse>, Status> {
        Ok(Response::new(EvaluateManyResponse::default()))
    }

    async fn get_decision(
        &self,
        _: Request<GetDecisionRequest>,
    ) -> Result<Response<GetDecisionResponse>, Status> {
        Ok(Response::new(GetDecisionResponse::default()))
    }
}

/// The answer for one who is let in, or not; the measurement is of those who are.
fn answer(decision: &Decision) -> AccessAnswer {
    let outcome = match decision.outcome.allows() {
        true => AccessOutcome::Allow,
        false => AccessOutcome::Deny,
    };
    let clauses = decision.clauses();
    AccessAnswer {
        decision_id: runtime::new_id().to_string(),
        outcome: outcome.into(),
        clauses: clauses.into_iter().map(ToString::to_string).collect(),
        reasons: decision.reasons.iter().map(reason).collect(),
        duties: decision.duties.iter().map(reason).collect(),
        pack_version: decision.pack_version.to_string(),
        decided_at: Some(proto::timestamp(decision.decided_at)),
        information_class: common::InformationClass::I.into(),
        path: common::AccessPath::Office.into(),
        ..AccessAnswer::default()
    }
}

fn reason(reason: &Reason) -> AccessReason {
    AccessReason {
        code: reason.rule.id.to_owned(),
        clauses: reason.clauses.iter().map(ToString::to_string).collect(),
        message_ja: reason.message_ja(),
        message_en: reason.message_en(),
    }
}
