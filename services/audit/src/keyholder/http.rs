//! `GET /key` for everyone; `POST /sign-checkpoint` and `POST /hand-over` for audit, by its token.

use std::sync::Arc;

use audit_domain::{LONGEST_CONTINUATION, Rejection};
use auth::Verifier;
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::Actor;
use standard::ServiceName;

use super::{Keyholder, Refused};

/// What is asked of the holder of the key.
type Asked = fn(&Keyholder, &str) -> Result<String, Refused>;

/// The signer's routes.
pub fn router(keyholder: Arc<Keyholder>, callers: Verifier) -> Router {
    let key = format!("{}\n", keyholder.key());
    let answering = |what: Asked| {
        let keyholder = Arc::clone(&keyholder);
        post(async move |body: String| answer(keyholder, what, body).await)
    };
    Router::new()
        .route("/sign-checkpoint", answering(Keyholder::sign))
        .route("/hand-over", answering(Keyholder::hand_over))
        .route_layer(middleware::from_fn_with_state(callers, admit))
        .route("/key", get(async move || key))
        .layer(DefaultBodyLimit::max(LONGEST_CONTINUATION))
}

/// Lets audit in, and nobody else, before anything of a request is read.
async fn admit(State(callers): State<Verifier>, request: Request, next: Next) -> Response {
    let token = match rpc::bearer(request.headers()) {
        Ok(Some(token)) => callers.verify(token).await,
        Ok(None) => Err(auth::Refused::Missing),
        Err(refused) => Err(refused),
    };
    let audit = Actor::Service(ServiceName::Audit.as_str().to_owned());
    match token {
        Ok(principal) if principal.actor == audit => next.run(request).await,
        Ok(principal) => {
            tracing::warn!(actor = %principal.actor, "asked for a signature, and is not audit");
            StatusCode::FORBIDDEN.into_response()
        }
        Err(auth::Refused::KeysAway) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(refused) => {
            tracing::warn!(%refused, "somebody asked for a signature without a good token");
            let scheme = [(header::WWW_AUTHENTICATE, "Bearer")];
            (StatusCode::UNAUTHORIZED, scheme).into_response()
        }
    }
}

async fn answer(keyholder: Arc<Keyholder>, what: Asked, body: String) -> Response {
    let answered = tokio::task::spawn_blocking(move || what(&keyholder, &body)).await;
    match answered {
        Ok(Ok(note)) => note.into_response(),
        Ok(Err(Refused::Rejected(rejection))) => rejected(&rejection),
        Ok(Err(Refused::NoKeyBefore)) => StatusCode::NO_CONTENT.into_response(),
        Ok(Err(Refused::Unkept(error))) => {
            tracing::error!(%error, "what is signed cannot be kept, and is not signed");
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
        Rejection::OtherLog => StatusCode::NOT_FOUND,
        Rejection::NoGrowth => StatusCode::UNPROCESSABLE_ENTITY,
        Rejection::Conflict(size) => {
            tracing::warn!(
                size,
                "asked to go on from elsewhere than what was signed last"
            );
            return (StatusCode::CONFLICT, format!("{size}\n")).into_response();
        }
    };
    tracing::error!(%rejection, "asked for a signature that it does not get");
    (status, format!("{rejection}\n")).into_response()
}
