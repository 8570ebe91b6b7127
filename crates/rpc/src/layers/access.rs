//! Default deny: the table decides, and what it does not list is refused (guarantee G8).

use std::sync::Arc;

use auth::Principal;
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use super::answer;
use crate::{
    access::not_listed,
    call::Call,
    refused::Refused,
    shell::{Shell, owner},
    status,
};

pub(crate) async fn access(
    State(shell): State<Arc<Shell>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(permission) = shell.access.get(request.uri().path()) else {
        return answer(not_listed());
    };
    let principal = request.extensions().get::<Arc<Principal>>();
    if let Err(refused) = permission.judge(principal.map(Arc::as_ref)) {
        return answer(refused);
    }
    let call = request.extensions().get::<Call>();
    // Health and reflection do nothing that could be done twice.
    let ours = owner(request.uri().path()).is_some();
    if ours && call.is_some_and(|call| call.idempotency_key.is_err()) {
        return answer(status::refused(Refused::IdempotencyKey));
    }
    next.run(request).await
}
