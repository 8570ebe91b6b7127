//! From the bearer token to the principal. No token: nobody known asks, which the access table
//! judges. Where nobody need be known the token is not looked at: whoever sends a dead one with
//! everything must still be able to sign in again.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, header::AUTHORIZATION};
use tracing::Span;

use super::answer;
use crate::{body::Guarded, shell::Shell, status};

pub(crate) async fn authn(
    State(shell): State<Arc<Shell>>,
    mut request: Request,
    next: Next,
) -> Response {
    if shell.is_open(request.uri().path()) {
        return next.run(request).await;
    }
    let verified = match bearer(request.headers()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(token)) => shell.verifier.verify(token).await,
        Err(refused) => Err(refused),
    };
    let principal = match verified {
        Ok(principal) => principal,
        // The token may be as good as any: nobody should sign in again for that.
        Err(refused @ auth::Refused::KeysAway) => return answer(status::unavailable(refused)),
        Err(refused) => return answer(status::refused(refused)),
    };
    Span::current().record("actor", principal.actor.to_string());
    request.extensions_mut().insert(Arc::clone(&principal));
    let response = next.run(request).await;
    let verifier = shell.verifier.clone();
    response.map(|body| Body::new(Guarded::new(body, verifier, principal)))
}

/// The bearer token among the headers, if there is one.
///
/// # Errors
/// When they hold something else, or more than one.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, auth::Refused> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(auth::Refused::Malformed);
    }
    let (scheme, token) = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .ok_or(auth::Refused::Malformed)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(Some(token))
    } else {
        Err(auth::Refused::Malformed)
    }
}
