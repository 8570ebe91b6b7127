//! `POST /add-checkpoint` (C2SP tlog-witness). There is no sign-in: a checkpoint is signed by its log,
//! and what a witness answers is for everyone.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use kernel::Clock;
use verifier::{LONGEST_SUBMISSION, Rejection};

use crate::{Refused, Witness};

#[derive(Clone)]
struct Served {
    witness: Arc<Witness>,
    clock: Arc<dyn Clock>,
}

/// The witness's routes.
pub fn router(witness: Arc<Witness>, clock: Arc<dyn Clock>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(LONGEST_SUBMISSION))
        .with_state(Served { witness, clock })
}

async fn add_checkpoint(State(served): State<Served>, body: String) -> Response {
    let Served { witness, clock } = served;
    let judged = tokio::task::spawn_blocking(move || witness.add(&body, clock.now())).await;
    match judged {
        Ok(Ok(line)) => line.into_response(),
        Ok(Err(Refused::Rejected(rejection))) => rejected(&rejection),
        Ok(Err(Refused::Unkept(error))) => {
            tracing::error!(%error, "what was seen cannot be kept, and is not signed");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a request was not judged");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn rejected(rejection: &Rejection) -> Response {
    let status = match rejection {
        Rejection::Malformed => StatusCode::BAD_REQUEST,
        Rejection::UnknownLog => StatusCode::NOT_FOUND,
        Rejection::Unsigned => StatusCode::FORBIDDEN,
        Rejection::NoGrowth => StatusCode::UNPROCESSABLE_ENTITY,
        Rejection::Conflict(size) => {
            let kind = [(header::CONTENT_TYPE, "text/x.tlog.size")];
            return (StatusCode::CONFLICT, kind, format!("{size}\n")).into_response();
        }
    };
    (status, format!("{rejection}\n")).into_response()
}
