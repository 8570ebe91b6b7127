//! Forms, as the endpoints read them.

use axum::{
    Form,
    body::Body,
    extract::{FromRequest as _, Request},
    http::header,
};
use futures::executor::block_on;
use serde::de::DeserializeOwned;

use super::{device, introspect, revoke, token};

/// A form that some endpoint reads.
pub fn form(body: &[u8]) -> bool {
    let read = [
        read::<token::Asked>(body),
        read::<device::Asked>(body),
        read::<introspect::Asked>(body),
        read::<revoke::Asked>(body),
    ];
    read.contains(&true)
}

fn read<T: DeserializeOwned>(body: &[u8]) -> bool {
    let kind = "application/x-www-form-urlencoded";
    let request = Request::post("/").header(header::CONTENT_TYPE, kind);
    let request = request.body(Body::from(body.to_vec()));
    request.is_ok_and(|request| block_on(Form::<T>::from_request(request, &())).is_ok())
}
