//! `/oauth2/device_authorization`: a device without a browser asks to be let in (RFC 8628, 3.1).

use axum::{
    Extension, Form, Json,
    extract::{State, rejection::FormRejection},
};
use runtime::http::Client;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, Server, VERIFY};
use crate::{device_sign_in::POLL_EVERY, sources::Source};

#[derive(Deserialize)]
pub(super) struct Asked {
    client_id: Option<String>,
}

pub(super) async fn ask(
    State(server): State<Server>,
    Extension(from): Extension<Client>,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<Json<Value>, Refused> {
    let Form(asked) = form?;
    let client = server.client(asked.client_id.as_deref())?;
    let codes = server
        .identity
        .device_asks(&client, &Source::address(from.0))
        .await?;
    let origin = &server.identity.runtime.config.identity.pages.origin;
    let left = codes.ends_at.duration_since(server.identity.now());
    Ok(Json(json!({
        "device_code": codes.device_code,
        "user_code": codes.user_code,
        "verification_uri": format!("{origin}{VERIFY}"),
        "expires_in": left.as_secs(),
        "interval": POLL_EVERY.as_secs(),
    })))
}
