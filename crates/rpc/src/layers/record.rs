//! A refusal to a known caller is on record before it is answered.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use proto::common::v1::RequestRefused;
use runtime::metrics;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{answer, error_of, message::Message};
use crate::{
    Caller,
    access::code_of,
    shell::{Shell, owner},
    status,
};

pub(crate) async fn record(
    State(shell): State<Arc<Shell>>,
    request: Request,
    next: Next,
) -> Response {
    let method = request.uri().path().to_owned();
    let caller = Caller::from_extensions(request.extensions());
    let message = request.extensions().get::<Message>().cloned();
    let response = next.run(request).await;
    let Some(refusal) = error_of(&response) else {
        return response;
    };
    let Some((code, clauses)) = code_of(&refusal).filter(|(code, _)| recorded(&refusal, code))
    else {
        return response;
    };
    let service = owner(&method).unwrap_or("none");
    metrics::decisions().refused(service, &code);
    let known = caller.principal().is_some();
    let Some(recorder) = shell.recorders.get(service).filter(|_| known) else {
        tracing::info!(method, code, "refused");
        return response;
    };
    let subject = message.and_then(|Message(message)| shell.subjects.of(&method, &message));
    let refused = RequestRefused {
        method,
        code,
        clauses,
        subject: subject.unwrap_or_default(),
        pack_version: shell.pack_version.clone(),
    };
    let context = caller.context(shell.clock.as_ref());
    match recorder.record(&context, refused).await {
        Ok(()) => response,
        Err(error) => {
            tracing::error!(error, "a refusal could not be recorded");
            answer(status::refusal_not_recorded())
        }
    }
}

/// "Not yet" says nothing about who may do what; whoever asks again until it is so would fill the
/// journal.
fn recorded(refusal: &Status, code: &str) -> bool {
    match refusal.code() {
        _ if refusal.get_details_retry_info().is_some() => false,
        Code::PermissionDenied | Code::FailedPrecondition => true,
        Code::Aborted => code == status::KEY_REUSED,
        _ => false,
    }
}
