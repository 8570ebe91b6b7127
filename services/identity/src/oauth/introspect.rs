//! `/oauth2/introspect`: what an access token says and whether it is good now (RFC 7662), for
//! machines that do not verify tokens themselves.
//!
//! The account is read anew: what another replica has revoked a moment ago is not active here.

use auth::Principal;
use axum::{
    Form, Json,
    extract::{State, rejection::FormRejection},
    http::HeaderMap,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use identity_domain::account;
use kernel::Actor;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Refused, Server};
use crate::{facts, failure::AnyFailure, refused};

#[derive(Deserialize)]
pub(super) struct Asked {
    token: Option<String>,
}

pub(super) async fn introspect(
    State(server): State<Server>,
    headers: HeaderMap,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<Json<Value>, Refused> {
    server.workload(&headers).await?;
    let Form(asked) = form?;
    let token = asked.token.ok_or(Refused::Malformed("token is missing"))?;
    let claims = match server.verifier.of_shown_tokens().verify(&token).await {
        Ok(principal) if server.is_live(&principal).await? => claims(&token),
        Ok(_) => None,
        Err(auth::Refused::KeysAway) => return Err(Refused::Unavailable),
        Err(_) => None,
    };
    Ok(Json(match claims {
        Some(mut claims) => {
            claims.insert("active".to_owned(), true.into());
            claims.insert("token_type".to_owned(), "Bearer".into());
            Value::Object(claims)
        }
        // Nothing else is said of what is not good (RFC 7662, 2.2).
        None => json!({ "active": false }),
    }))
}

impl Server {
    async fn workload(&self, headers: &HeaderMap) -> Result<(), Refused> {
        let Ok(Some(token)) = rpc::bearer(headers) else {
            return Err(Refused::Unauthenticated);
        };
        let principal = match self.verifier.verify(token).await {
            Ok(principal) => principal,
            Err(auth::Refused::KeysAway) => return Err(Refused::Unavailable),
            Err(_) => return Err(Refused::Unauthenticated),
        };
        match principal.actor {
            Actor::Workload(_) | Actor::Service(_) => Ok(()),
            Actor::Person { .. } | Actor::Anonymous => Err(Refused::NotAWorkload),
        }
    }

    /// Whether the session behind a token goes on, nothing was withdrawn since, and its person is in
    /// service, whether or not anybody has ended the session yet (7-2-(9)-1).
    async fn is_live(&self, principal: &Principal) -> Result<bool, Refused> {
        let Actor::Person { id, session } = &principal.actor else {
            return Ok(true);
        };
        let read = self.identity.read_account::<refused::Refused>(id).await;
        let account: account::State = read.map_err(AnyFailure::from)?;
        let now = self.identity.now();
        let live = account.live_session(session, now);
        if live.is_none() || principal.epoch < account.epoch {
            return Ok(false);
        }
        let db = self.identity.store.database().read();
        let serves = facts::serves::<refused::Refused>(db, id, now).await;
        Ok(serves.map_err(AnyFailure::from)?)
    }
}

/// The claims of a token that was verified.
fn claims(token: &str) -> Option<Map<String, Value>> {
    let body = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}
