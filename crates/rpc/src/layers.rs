//! The layers, one file each. Each is a function from a request and the rest of the stack to an
//! answer.

mod access;
mod authn;
mod deadline;
mod details;
mod message;
mod record;
mod shed;
mod trace;

pub(crate) use access::access;
pub(crate) use authn::authn;
pub use authn::bearer;
pub(crate) use deadline::{asked, deadline};
pub(crate) use details::details;
pub(crate) use message::message;
pub(crate) use record::record;
pub(crate) use shed::shed;
pub(crate) use trace::{Answered, trace};

use axum::response::Response;
use tonic::Status;

/// An error as a response that has no body.
pub(crate) fn answer(status: Status) -> Response {
    status.into_http()
}

/// The error a response is, if its head says so. An error after the first message of a stream is
/// in the trailers and is not seen here.
pub(crate) fn error_of(response: &Response) -> Option<Status> {
    Status::from_header_map(response.headers()).filter(|status| status.code() != tonic::Code::Ok)
}
