//! Every error that leaves has a code, words in two languages, and the request id.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::{answer, error_of};
use crate::{call::Call, shell::Shell, status};

pub(crate) async fn details(
    State(shell): State<Arc<Shell>>,
    request: Request,
    next: Next,
) -> Response {
    let request_id = request
        .extensions()
        .get::<Call>()
        .map(|call| call.request_id.clone())
        .unwrap_or_default();
    let response = next.run(request).await;
    match error_of(&response) {
        Some(error) => answer(status::complete(&error, &request_id, &shell.pack_version)),
        None => response,
    }
}
