//! The head of a request, as it is read before anyone looks inside the request.
//!
//! For whoever tries the decoders on any bytes (`tests/fuzz`).

use http::HeaderMap;

use crate::{
    bearer,
    call::{Call, remote_trace},
    layers,
};

/// Reads the headers of a request. Good if they hold a token, a deadline, and an idempotency key.
pub fn head(headers: &HeaderMap) -> bool {
    remote_trace(headers);
    let call = Call::read("/a.B/C", headers);
    let key = call.idempotency_key.is_ok_and(|key| key.is_some());
    let token = bearer(headers).is_ok_and(|token| token.is_some());
    key && token && layers::asked(headers).is_ok_and(|deadline| deadline.is_some())
}
