//! The log over HTTP, as C2SP tlog-tiles and tlog-checkpoint name it: `/log/checkpoint`,
//! `/log/tile/…`, the key at `/log/vkey` and what it followed at `/log/hand-overs`. For witnesses, for whoever keeps a checkpoint a day, and
//! for verifiers that know nothing of this program.

mod tile;

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use kernel::Refusal as _;
use rpc::Gate;
use store::Failure;

use tile::Bundles;

use crate::{library::Library, readers::Recording, refused::Refused};

/// What the routes stand on.
#[derive(Clone)]
struct Served {
    library: Library,
    gate: Gate,
    recording: Recording,
    bundles: Bundles,
}

/// The routes on the HTTP port.
pub(crate) fn router(
    library: Library,
    gate: Gate,
    recording: Recording,
    verifier_key: &Arc<str>,
) -> Router {
    let key = format!("{verifier_key}\n");
    Router::new()
        .route("/log/checkpoint", get(checkpoint))
        .route("/log/vkey", get(async move || text(StatusCode::OK, key)))
        .route("/log/hand-overs", get(hand_overs))
        .route("/log/tile/{*path}", get(tile::tile))
        .with_state(Served {
            library,
            gate,
            recording,
            bundles: tile::bundles(),
        })
}

async fn checkpoint(State(served): State<Served>) -> Response {
    match served.library.checkpoint(None).await {
        Ok(signed) => {
            let fresh = [(header::CACHE_CONTROL, "no-cache")];
            (fresh, text(StatusCode::OK, signed.note)).into_response()
        }
        Err(Failure::Refused(why)) => refused(StatusCode::SERVICE_UNAVAILABLE, &why),
        Err(failure) => failed(&failure),
    }
}

async fn hand_overs(State(served): State<Served>) -> Response {
    match served.library.hand_overs().await {
        Ok(notes) => text(StatusCode::OK, notes),
        Err(error) => failed(&error.into()),
    }
}

fn refused(status: StatusCode, why: &Refused) -> Response {
    text(status, format!("{}: {why}\n", why.code()))
}

fn failed(failure: &Failure<Refused>) -> Response {
    tracing::error!(%failure, "the log cannot be read");
    text(StatusCode::SERVICE_UNAVAILABLE, "unavailable\n".to_owned())
}

fn text(status: StatusCode, body: String) -> Response {
    let plain = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (status, plain, body).into_response()
}
