//! `/log/tile/…`: the log as C2SP tlog-tiles. Hashes show nothing and are for everyone; entries are
//! the records themselves, for those who may read them (a bearer token, as on the gRPC port).
//! A tile never changes, so whoever has it need not ask again.

use audit_domain::{Tile, TileKind};
use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use store::Failure;
use tonic::Code;

use super::{Served, failed, refused};
use crate::{access::READERS, refused::Refused};

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
            if let Err(status) = served.gate.admit(ENTRIES, &headers, READERS).await {
                return shut(&status);
            }
            answer(served.library.entries(&tile).await, "private")
        }
    }
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
        Err(Failure::Refused(found)) => refused(StatusCode::NOT_FOUND, &found),
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
