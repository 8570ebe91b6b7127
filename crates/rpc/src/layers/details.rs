//! Every error that leaves has a code, words in two languages, and the request id. A handler that
//! panics is an error like others: without this the whole connection would end with it.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures::FutureExt as _;

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
    // What it may have left half done is its own request's and goes with it.
    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = answered.unwrap_or_else(|_| answer(status::panicked()));
    match error_of(&response) {
        Some(error) => answer(status::complete(&error, &request_id, &shell.pack_version)),
        None => response,
    }
}
