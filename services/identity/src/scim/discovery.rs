//! What this server has and does (RFC 7644, 4).

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use serde_json::{Value, json};

use super::{
    Server,
    listing::{MAX_COUNT, listed},
    refused::Refused,
    schema::{GROUP, Kind, USER},
};

type Named = Result<Path<String>, PathRejection>;

fn all() -> [&'static Kind; 2] {
    [&USER, &GROUP]
}

pub(super) async fn provider(State(server): State<Server>) -> Json<Value> {
    let base = server.identity.scim_base();
    let not = json!({ "supported": false });
    Json(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MAX_COUNT },
        "changePassword": not,
        "sort": not,
        "etag": { "supported": true },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "A workload's token, of an issuer that is trusted here",
            "specUri": "https://www.rfc-editor.org/info/rfc6750",
            "primary": true,
        }],
        "meta": {
            "resourceType": "ServiceProviderConfig",
            "location": format!("{base}/ServiceProviderConfig"),
        },
    }))
}

pub(super) async fn kinds(State(server): State<Server>) -> Json<Value> {
    let base = server.identity.scim_base();
    let told = all().map(|kind| kind.told(&base));
    Json(listed(told.len(), 1, told.into()))
}

pub(super) async fn kind(State(server): State<Server>, id: Named) -> Result<Json<Value>, Refused> {
    let id = named(id)?;
    let found = all().into_iter().find(|kind| kind.name == id);
    let found = found.ok_or(Refused::Unknown(id))?;
    Ok(Json(found.told(&server.identity.scim_base())))
}

pub(super) async fn schemas(State(server): State<Server>) -> Json<Value> {
    let base = server.identity.scim_base();
    let schemas = all().into_iter().flat_map(Kind::schemas);
    let told: Vec<_> = schemas.map(|schema| schema.told(&base)).collect();
    Json(listed(told.len(), 1, told))
}

pub(super) async fn schema(
    State(server): State<Server>,
    id: Named,
) -> Result<Json<Value>, Refused> {
    let id = named(id)?;
    let mut schemas = all().into_iter().flat_map(Kind::schemas);
    let found = schemas.find(|schema| schema.id.eq_ignore_ascii_case(&id));
    let found = found.ok_or(Refused::Unknown(id))?;
    Ok(Json(found.told(&server.identity.scim_base())))
}

/// A segment of the address, as text.
pub(super) fn named(id: Named) -> Result<String, Refused> {
    match id {
        Ok(Path(id)) => Ok(id),
        Err(_) => Err(Refused::NoEndpoint),
    }
}
