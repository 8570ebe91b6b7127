//! The service `AccessDecision`.

mod convert;

use std::sync::Arc;

use kernel::{Actor, Clock, Kind, Refusal};
use proto::identity::v1::{
    EvaluateManyRequest, EvaluateManyResponse, EvaluateRequest, EvaluateResponse,
    GetDecisionRequest, GetDecisionResponse, access_decision_server::AccessDecision,
};
use rpc::{AccessTable, Caller, Permission, status};
use standard::Role;
use store::Database;
use tonic::{Request, Response, Status};

use super::{
    Answer, Asker, Evaluator, Question,
    looked_at::{concerned, looked_at},
    recorded,
};
pub(super) use convert::{answer, question, reason, relaxation, required, texts};

/// Who may call what. Only registered machines ask for decisions; those who answer for records of
/// access may look decisions up, and those who answer for the decisions themselves have them explained.
pub const ACCESS: AccessTable = &[
    (
        "/sekisho.identity.v1.AccessDecision/Evaluate",
        Permission::EnforcementPoint,
    ),
    (
        "/sekisho.identity.v1.AccessDecision/EvaluateMany",
        Permission::EnforcementPoint,
    ),
    (
        "/sekisho.identity.v1.AccessDecision/GetDecision",
        Permission::Roles(&[
            Role::Auditor,
            Role::Ciso,
            Role::CsirtChief,
            Role::CsirtManager,
            Role::CsirtStaff,
        ]),
    ),
    (
        "/sekisho.identity.v1.DecisionAnalysis/Explain",
        Permission::Roles(&[Role::Auditor, Role::Ciso]),
    ),
    (
        "/sekisho.identity.v1.DecisionAnalysis/Simulate",
        Permission::Roles(&[Role::Auditor, Role::Ciso]),
    ),
];

/// The service.
pub struct Decisions {
    /// Decides and records.
    pub evaluator: Arc<Evaluator>,
    /// Where decisions are on record.
    pub database: Database,
    /// The decision's own clock.
    pub clock: Arc<dyn Clock>,
}

impl Decisions {
    async fn answers(
        &self,
        caller: &Caller,
        token: &str,
        questions: &[Question],
    ) -> Result<Vec<Answer>, Status> {
        let context = caller.context(self.clock.as_ref());
        // The access table lets workloads through and nobody else.
        let workload = match &context.actor {
            Actor::Workload(id) => id.clone(),
            _ => String::new(),
        };
        self.evaluator
            .evaluate(&Asker { workload, context }, token, questions)
            .await
            .map_err(status::unavailable)
    }
}

#[tonic::async_trait]
impl AccessDecision for Decisions {
    async fn evaluate(
        &self,
        request: Request<EvaluateRequest>,
    ) -> Result<Response<EvaluateResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let question = convert::evaluate(&message)?;
        let answers = self
            .answers(&caller, &message.subject_token, &[question])
            .await?;
        Ok(Response::new(EvaluateResponse {
            answer: answers.first().map(convert::answer),
        }))
    }

    async fn evaluate_many(
        &self,
        request: Request<EvaluateManyRequest>,
    ) -> Result<Response<EvaluateManyResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let questions = convert::evaluate_many(&message)?;
        let answers = self
            .answers(&caller, &message.subject_token, &questions)
            .await?;
        Ok(Response::new(EvaluateManyResponse {
            answers: answers.iter().map(convert::answer).collect(),
        }))
    }

    async fn get_decision(
        &self,
        request: Request<GetDecisionRequest>,
    ) -> Result<Response<GetDecisionResponse>, Status> {
        let (caller, message) = Caller::open(request);
        let id = convert::decision_id(&message)?;
        let found = recorded(&self.database, &id)
            .await
            .map_err(status::unavailable)?
            .ok_or_else(not_found)?;
        let context = caller.context(self.clock.as_ref());
        let appender = &self.evaluator.appender;
        looked_at(appender, &context, "decision", concerned(&found.event)).await?;
        Ok(Response::new(convert::recorded(found)))
    }
}

pub(super) fn not_found() -> Status {
    status::refused(NotFound)
}

/// No decision has this id.
#[derive(Debug, thiserror::Error)]
#[error("there is no decision with this id")]
struct NotFound;

impl Refusal for NotFound {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }

    fn code(&self) -> &'static str {
        "decision_not_found"
    }

    fn field(&self) -> Option<String> {
        Some("decision_id".to_owned())
    }

    fn message_ja(&self) -> String {
        "このIDの判断はありません。".to_owned()
    }
}
