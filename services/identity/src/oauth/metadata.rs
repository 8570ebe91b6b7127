//! What this server offers, for clients to find out by themselves (RFC 8414).

use axum::{Json, extract::State};
use identity_domain::account::Acr;
use serde_json::{Value, json};

use super::{DEVICE, INTROSPECT, REVOKE, Server, TOKEN, token};

pub(super) async fn metadata(State(server): State<Server>) -> Json<Value> {
    let config = &server.identity.runtime.config.identity;
    let at = |path: &str| format!("{}{path}", config.pages.origin);
    let values = Acr::ALL.map(Acr::urn);
    let mut grants = vec![token::REFRESH, token::DEVICE_CODE];
    if server.identity.federation.exchanges() {
        grants.push(token::EXCHANGE);
    }
    Json(json!({
        "issuer": config.issuer,
        "jwks_uri": at("/.well-known/jwks.json"),
        "token_endpoint": at(TOKEN),
        "device_authorization_endpoint": at(DEVICE),
        "introspection_endpoint": at(INTROSPECT),
        "revocation_endpoint": at(REVOKE),
        "grant_types_supported": grants,
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "introspection_endpoint_auth_methods_supported": ["Bearer"],
        "acr_values_supported": values,
        "ui_locales_supported": ["ja", "en"],
    }))
}
