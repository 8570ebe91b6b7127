//! Answers and refusals, in AuthZEN's form: a plain `decision`, and everything else in its `context`.

use ::rpc::{Fields, Violation, status::words};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::Refusal as _;
use proto::identity::v1 as wire;
use serde_json::{Value, json};
use tonic::{Code, Status};

use crate::decision::{Answer, rpc};

/// The answer to one question. A step-up is no permission; its context says what would be enough.
pub(super) fn json(answer: &Answer) -> Value {
    let told = rpc::answer(answer);
    json!({ "decision": answer.allows(), "context": context(&told) })
}

fn context(told: &wire::AccessAnswer) -> Value {
    let outcome = told.outcome().as_str_name().to_lowercase();
    let decided_at = told.decided_at.as_ref().and_then(proto::instant);
    let mut context = json!({
        "decision_id": told.decision_id,
        "outcome": outcome.strip_prefix("access_outcome_"),
        "clauses": told.clauses,
        "reasons": told.reasons.iter().map(reason).collect::<Vec<_>>(),
        "relaxed_by": told.relaxed_by.iter().map(relaxation).collect::<Vec<_>>(),
        "duties": told.duties.iter().map(reason).collect::<Vec<_>>(),
        "pack_version": told.pack_version,
        "decided_at": decided_at.map(|at| at.to_string()),
        "information_class": told.information_class().word().map(|class| class.as_str()),
        "path": told.path().word().map(|path| path.as_str()),
    });
    if let Some(required) = &told.required {
        context["required"] = json!({
            "acr_values": required.acr_values,
            "max_age": required.max_age,
            "categories": required.categories,
            "missing_categories": required.missing_categories,
            "phishing_resistant": required.phishing_resistant,
        });
    }
    context
}

fn reason(reason: &wire::AccessReason) -> Value {
    json!({
        "code": reason.code,
        "clauses": reason.clauses,
        "message": { "ja": reason.message_ja, "en": reason.message_en },
    })
}

fn relaxation(by: &wire::Relaxation) -> Value {
    use wire::relaxation::By;
    let ends_at = by.ends_at.as_ref().and_then(proto::instant);
    let (name, id) = match &by.by {
        Some(By::ExceptionId(id)) => ("exception_id", id.as_str()),
        Some(By::PermitId(id)) => ("permit_id", id.as_str()),
        None => ("", ""),
    };
    json!({
        name: id,
        "clauses": by.clauses,
        "ends_at": ends_at.map(|at| at.to_string()),
    })
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Refused {
    /// The caller was not let in.
    Shut(Status),
    Malformed(String),
    Fields(Vec<Violation>),
    Busy,
    /// It could not be put on record, or something needed for it is away.
    Unavailable,
}

impl Refused {
    /// Goes on only if nothing was wrong.
    pub(super) fn unless_good(fields: Fields) -> Result<(), Self> {
        let violations = fields.into_violations();
        if violations.is_empty() {
            return Ok(());
        }
        Err(Self::Fields(violations))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Shut(status) => shut(&status),
            Self::Malformed(why) => {
                let body = json!({
                    "error": "malformed_message",
                    "message": { "ja": "JSONとして読めないか、形式が異なります。", "en": why },
                });
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            Self::Fields(violations) => {
                let fields: Vec<Value> = violations.iter().map(violation).collect();
                let body = json!({ "error": "invalid_fields", "fields": fields });
                (StatusCode::BAD_REQUEST, Json(body)).into_response()
            }
            Self::Busy => later("overloaded"),
            Self::Unavailable => later("unavailable"),
        }
    }
}

/// Not let in, in the words of the gRPC port.
fn shut(status: &Status) -> Response {
    let told = words(status);
    let http = match status.code() {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        _ => return later(&told.code),
    };
    let body = json!({
        "error": told.code,
        "clauses": told.clauses,
        "message": { "ja": told.ja, "en": told.en },
    });
    let mut response = (http, Json(body)).into_response();
    if http == StatusCode::UNAUTHORIZED {
        let challenge = if told.code == auth::Refused::Missing.code() {
            "Bearer"
        } else {
            "Bearer error=\"invalid_token\""
        };
        let headers = response.headers_mut();
        let challenge = HeaderValue::from_static(challenge);
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

fn later(code: &str) -> Response {
    let body = json!({
        "error": code,
        "message": {
            "ja": "現在処理できません。しばらくしてからもう一度お試しください。",
            "en": "This cannot be done just now, try again later.",
        },
    });
    let retry = [(header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, retry, Json(body)).into_response()
}

fn violation(one: &Violation) -> Value {
    json!({
        "field": one.field,
        "code": one.code,
        "message": { "ja": one.ja, "en": one.en },
    })
}
