//! `/log/tile/…`: the log as C2SP tlog-tiles. Hashes show nothing and are for everyone; entries are
//! the records themselves, for those who may read them (a bearer token, as on the gRPC port).
//! A tile never changes, so whoever has it need not ask again.

use std::{convert::Infallible, sync::Arc};

use audit_domain::{Tile, TileKind};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use kernel::{Actor, SessionId};
use quick_cache::sync::Cache;
use rpc::Admitted;
use store::Failure;
use tokio::sync::Mutex;
use tonic::{Code, Status};

use super::{Served, failed, refused};
use crate::{
    access::READERS,
    library::Library,
    readers::{Asked, Reading},
    refused::Refused,
    store::leaf::Leaf,
};

/// Sessions whose readings are remembered: of those before, everybody is named once more.
const SESSIONS: usize = 1_000;
/// How the record of a refusal names what was asked.
const ENTRIES: &str = "/log/tile/entries";

pub(super) async fn tile(
    State(served): State<Served>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Ok(tile) = Tile::parse(&path) else {
        return refused(StatusCode::NOT_FOUND, &Refused::TileNotFound);
    };
    match tile.kind {
        TileKind::Hashes(_) => answer(served.library.hashes(&tile).await, "public"),
        TileKind::Entries => {
            let admitted = match served.gate.admit(ENTRIES, &headers, READERS).await {
                Ok(admitted) => admitted,
                Err(status) => return shut(&status),
            };
            match served.library.leaves(&tile).await {
                Ok(leaves) => match on_record(&served, &admitted, &leaves).await {
                    Ok(()) => answer(Library::bundle(&leaves), "private"),
                    Err(status) => shut(&status),
                },
                Err(failure) => answer(Err(failure), "private"),
            }
        }
    }
}

/// A bundle with records of accesses is on record before it is handed out. Whoever takes the whole log
/// bundle by bundle names everybody once in their session, and not with every bundle.
async fn on_record(served: &Served, admitted: &Admitted, leaves: &[Leaf]) -> Result<(), Status> {
    let Actor::Person { id, session } = &admitted.principal.actor else {
        return Ok(());
    };
    let begun = served.bundles.get_or_insert_with(session, || {
        let asked = Asked {
            way: "bundle",
            ..Asked::default()
        };
        let (reader, context) = (id.clone(), admitted.context.clone());
        let reading = served.recording.reading(reader, context, asked);
        Ok::<_, Infallible>(Arc::new(Mutex::new(reading)))
    });
    let Ok(reading) = begun;
    reading.lock().await.sends(leaves).await
}

/// What was read in which session.
pub(super) type Bundles = Arc<Cache<SessionId, Arc<Mutex<Reading>>>>;

/// Of a bounded number of sessions.
pub(super) fn bundles() -> Bundles {
    Arc::new(Cache::new(SESSIONS))
}

fn answer(bytes: Result<Vec<u8>, Failure<Refused>>, whose: &str) -> Response {
    match bytes {
        Ok(bytes) => {
            let kept = format!("{whose}, max-age=31536000, immutable");
            let headers = [
                (header::CONTENT_TYPE, "application/octet-stream"),
                (header::CACHE_CONTROL, kept.as_str()),
            ];
            (headers, bytes).into_response()
        }
        Err(Failure::Refused(found)) => {
            let status = match found {
                Refused::RecordPruned(_) => StatusCode::GONE,
                _ => StatusCode::NOT_FOUND,
            };
            refused(status, &found)
        }
        Err(failure) => failed(&failure),
    }
}

/// Not let in, in the words of the gRPC port.
fn shut(status: &tonic::Status) -> Response {
    let code = match status.code() {
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    let mut response = super::text(code, format!("{}\n", status.message()));
    if code == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer");
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}
