//! The same decisions by the OpenID AuthZEN Authorization API 1.0, over HTTP on the process's second
//! port: for gateways that speak JSON. An answer here is an answer of [`super::Evaluator`], on record
//! before it is given; only the words differ.

mod answer;
mod message;
#[cfg(test)]
mod properties;

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};
use kernel::Actor;
use rpc::{Admitted, Gate, Permission};
use runtime::Runtime;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use super::{Answer, Asker, Evaluator};
use answer::Refused;
use message::{Ask, Asked, Until};

/// Only enforcement points ask for decisions.
const PERMISSION: Permission = Permission::EnforcementPoint;
const EVALUATION: &str = "/access/v1/evaluation";
const EVALUATIONS: &str = "/access/v1/evaluations";
/// A hundred questions, each with a token of its own.
const MAX_BODY: usize = 1024 * 1024;
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The decision point; cheap to clone.
#[derive(Clone)]
pub struct Authzen(Arc<Parts>);

struct Parts {
    evaluator: Arc<Evaluator>,
    gate: Gate,
    /// Our address, if the configuration tells it.
    base: Option<String>,
    places: Semaphore,
}

impl Authzen {
    /// A decision point that refuses whom gRPC would refuse, on record as well.
    pub fn new(evaluator: Arc<Evaluator>, gate: Gate, runtime: &Runtime) -> Self {
        let issuer = &runtime.config.identity.issuer;
        Self(Arc::new(Parts {
            evaluator,
            gate,
            base: issuer.starts_with("http").then(|| issuer.clone()),
            places: Semaphore::new(runtime.config.limits.max_in_flight),
        }))
    }

    /// Its routes.
    pub fn router(self) -> Router {
        Router::new()
            .route(EVALUATION, post(evaluation))
            .route(EVALUATIONS, post(evaluations))
            .route("/.well-known/authzen-configuration", get(configuration))
            .layer(DefaultBodyLimit::max(MAX_BODY))
            .with_state(self)
    }

    async fn serve(&self, path: &str, mut headers: HeaderMap, body: &[u8]) -> Response {
        // The one that the record names is the one that is told.
        let id = HeaderValue::from_str(&rpc::request_id(&headers)).ok();
        if let Some(id) = &id {
            headers.insert(REQUEST_ID, id.clone());
        }
        let mut response = match self.answer(path, &headers, body).await {
            Ok(answer) => Json(answer).into_response(),
            Err(refused) => refused.into_response(),
        };
        if let Some(id) = id {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }

    async fn answer(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Result<Value, Refused> {
        let _place = self.0.places.try_acquire().map_err(|_| Refused::Busy)?;
        let asker = self.asker(path, headers).await?;
        let asked = match path {
            EVALUATION => message::one(body)?,
            _ => message::several(body)?,
        };
        self.nobody_else(&asked).await?;
        let answers = self.evaluate(&asker, &asked).await?;
        Ok(match (asked.single, answers.first()) {
            (true, Some(only)) => answer::json(only),
            _ => json!({ "evaluations": answers.iter().map(answer::json).collect::<Vec<_>>() }),
        })
    }

    /// Who asks, judged as the gRPC port judges it.
    async fn asker(&self, path: &str, headers: &HeaderMap) -> Result<Asker, Refused> {
        let admitted = self.0.gate.admit(path, headers, PERMISSION).await;
        let Admitted { principal, context } = admitted.map_err(Refused::Shut)?;
        match &principal.actor {
            Actor::Workload(workload) => Ok(Asker {
                workload: workload.clone(),
                context,
            }),
            // Nobody else is admitted.
            _ => Err(Refused::Unavailable),
        }
    }

    /// The subject named is the one the token speaks for.
    async fn nobody_else(&self, asked: &Asked) -> Result<(), Refused> {
        let mut fields = rpc::Fields::new();
        for ask in &asked.asks {
            let verified = self.0.evaluator.verifier.verify(&ask.token).await;
            // A token that is not good is answered with a recorded refusal.
            let Ok(principal) = verified else { continue };
            if principal
                .actor
                .person()
                .is_some_and(|one| one.as_str() != ask.subject)
            {
                fields.fail(
                    &format!("{}subject.id", ask.place),
                    "subject_mismatch",
                    "is not the subject of the access token",
                    "アクセストークンの主体と異なります。",
                );
            }
        }
        Refused::unless_good(fields)
    }

    async fn evaluate(&self, asker: &Asker, asked: &Asked) -> Result<Vec<Answer>, Refused> {
        let mut answers = Vec::with_capacity(asked.asks.len());
        // Those of one person come in one go where no answer decides about the next question.
        let together = |a: &Ask, b: &Ask| asked.until == Until::All && a.token == b.token;
        for asks in asked.asks.chunk_by(together) {
            let Some(first) = asks.first() else { continue };
            let questions: Vec<_> = asks.iter().map(|ask| ask.question.clone()).collect();
            let more = self.0.evaluator.evaluate(asker, &first.token, &questions);
            answers.extend(more.await.map_err(|_| Refused::Unavailable)?);
            let allowed = answers.last().is_some_and(Answer::allows);
            match asked.until {
                Until::FirstDeny if !allowed => break,
                Until::FirstPermit if allowed => break,
                _ => {}
            }
        }
        Ok(answers)
    }
}

/// Whether a body asks something, once or several times.
pub(crate) fn asks(body: &[u8]) -> bool {
    let (one, several) = (message::one(body), message::several(body));
    one.is_ok() || several.is_ok()
}

async fn evaluation(State(point): State<Authzen>, headers: HeaderMap, body: Bytes) -> Response {
    point.serve(EVALUATION, headers, &body).await
}

async fn evaluations(State(point): State<Authzen>, headers: HeaderMap, body: Bytes) -> Response {
    point.serve(EVALUATIONS, headers, &body).await
}

/// What a client reads first. Without an address in the configuration it is the one it asked at.
async fn configuration(State(point): State<Authzen>, headers: HeaderMap) -> Response {
    let asked_at = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let base = (point.0.base.clone()).or_else(|| Some(format!("http://{}", asked_at?)));
    match base {
        Some(base) => Json(json!({
            "policy_decision_point": base,
            "access_evaluation_endpoint": format!("{base}{EVALUATION}"),
            "access_evaluations_endpoint": format!("{base}{EVALUATIONS}"),
        }))
        .into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}
