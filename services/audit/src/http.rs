//! `/log/checkpoint` and `/log/vkey`: the newest checkpoint and the key as plain text, for witnesses
//! and for whoever keeps one a day. They show nothing of what is recorded.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::Refusal as _;
use store::Failure;

use crate::library::Library;

/// The routes on the HTTP port.
pub(crate) fn router(library: Library, verifier_key: &Arc<str>) -> Router {
    let key = format!("{verifier_key}\n");
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/vkey", get(async move || text(StatusCode::OK, key)))
        .with_state(library)
}

async fn checkpoint(State(library): State<Library>) -> Response {
    match library.checkpoint(None).await {
        Ok(signed) => text(StatusCode::OK, signed.note),
        Err(Failure::Refused(refused)) => {
            let words = format!("{}: {refused}\n", refused.code());
            text(StatusCode::SERVICE_UNAVAILABLE, words)
        }
        Err(failure) => {
            tracing::error!(%failure, "the checkpoint cannot be read");
            text(StatusCode::SERVICE_UNAVAILABLE, "unavailable\n".to_owned())
        }
    }
}

fn text(status: StatusCode, body: String) -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, plain, body).into_response()
}
