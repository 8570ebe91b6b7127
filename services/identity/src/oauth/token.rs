//! `/oauth2/token`: access tokens for a device that was let in, and for a token of its chain.

use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refused, Server};
use crate::{
    device_sign_in::Polled,
    failure::AnyFailure,
    refresh::Refreshed,
    secrets::{DeviceCode, RefreshToken},
    tokens::Audience,
};

/// RFC 8693.
pub(super) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
pub(super) const REFRESH: &str = "refresh_token";
pub(super) const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A field that is there twice is an error; one that is not known is passed over (RFC 6749, 3.2).
#[derive(Deserialize)]
pub(super) struct Asked {
    grant_type: Option<String>,
    client_id: Option<String>,
    refresh_token: Option<String>,
    device_code: Option<String>,
    subject_token: Option<String>,
    subject_token_type: Option<String>,
    requested_token_type: Option<String>,
    resource: Option<String>,
    audience: Option<String>,
    actor_token: Option<String>,
}

pub(super) async fn token(
    State(server): State<Server>,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<Json<Value>, Refused> {
    let Form(asked) = form?;
    let refreshed = match asked.grant_type.as_deref() {
        Some(REFRESH) => refresh(&server, &asked).await?,
        Some(DEVICE_CODE) => device(&server, &asked).await?,
        Some(EXCHANGE) if server.identity.federation.exchanges() => {
            return exchange(&server, &asked).await;
        }
        Some(_) => return Err(Refused::GrantType),
        None => return Err(Refused::Malformed("grant_type is missing")),
    };
    let left = refreshed
        .token
        .ends_at
        .duration_since(server.identity.now());
    Ok(Json(json!({
        "access_token": refreshed.token.text,
        "token_type": "Bearer",
        "expires_in": left.as_secs(),
        "refresh_token": refreshed.refresh_token,
    })))
}

impl Asked {
    /// For whom the token is to be: by `resource` (RFC 8707) or `audience` (RFC 8693), or the same by both.
    fn audience(&self) -> Result<Audience, Refused> {
        let named = match (self.resource.as_deref(), self.audience.as_deref()) {
            (Some(resource), Some(audience)) if resource != audience => None,
            (Some(named), _) | (None, Some(named)) => Audience::named(named),
            (None, None) => Some(Audience::Platform),
        };
        named.ok_or(Refused::Target)
    }
}

async fn refresh(server: &Server, asked: &Asked) -> Result<Refreshed, Refused> {
    let client = server.client(asked.client_id.as_deref())?;
    let text = asked.refresh_token.as_deref();
    let text = text.ok_or(Refused::Malformed("refresh_token is missing"))?;
    let token = RefreshToken::read(text).ok_or(Refused::Grant)?;
    let refreshed = server
        .identity
        .follow(&client, &token, asked.audience()?)
        .await;
    Ok(refreshed.map_err(AnyFailure::from)?)
}

async fn device(server: &Server, asked: &Asked) -> Result<Refreshed, Refused> {
    let client = server.client(asked.client_id.as_deref())?;
    let text = asked.device_code.as_deref();
    let text = text.ok_or(Refused::Malformed("device_code is missing"))?;
    let code = DeviceCode::read(text).ok_or(Refused::Grant)?;
    let audience = asked.audience()?;
    match server
        .identity
        .device_polls(&client, code, audience)
        .await?
    {
        Polled::In(refreshed) => Ok(refreshed),
        Polled::Waiting => Err(Refused::Waiting),
        Polled::TooOften => Err(Refused::TooOften),
        Polled::Denied => Err(Refused::Denied),
        Polled::Expired => Err(Refused::Expired),
        Polled::Unknown => Err(Refused::Grant),
    }
}

/// A provider's access token for one of ours, without a refresh token: the provider's is the way to
/// the next.
async fn exchange(server: &Server, asked: &Asked) -> Result<Json<Value>, Refused> {
    let client = server.client(asked.client_id.as_deref())?;
    let text = asked.subject_token.as_deref();
    let text = text.ok_or(Refused::Malformed("subject_token is missing"))?;
    if asked.subject_token_type.as_deref() != Some(ACCESS_TOKEN) {
        return Err(Refused::Malformed(
            "subject_token_type is not an access token's",
        ));
    }
    let wanted = asked.requested_token_type.as_deref();
    if wanted.is_some_and(|wanted| wanted != ACCESS_TOKEN) {
        return Err(Refused::Malformed(
            "requested_token_type is not an access token's",
        ));
    }
    if asked.actor_token.is_some() {
        return Err(Refused::Malformed("nobody acts for another here"));
    }
    let audience = asked.audience()?;
    let exchanged = server.identity.exchange(&client, text, audience).await;
    let token = exchanged.map_err(|failure| Refused::from(failure).of_exchange())?;
    let left = token.ends_at.duration_since(server.identity.now());
    Ok(Json(json!({
        "access_token": token.text,
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": left.as_secs(),
    })))
}
