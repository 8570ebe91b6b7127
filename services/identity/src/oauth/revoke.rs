//! `/oauth2/revoke`: a client gives a session back (RFC 7009).

use auth::Principal;
use axum::{
    Form,
    extract::{State, rejection::FormRejection},
};
use identity_domain::account::{ClientId, Command, State as Account};
use kernel::{Actor, Context};
use serde::Deserialize;

use super::{Refused, Server};
use crate::{failure::AnyFailure, refused, secrets::RefreshToken};

#[derive(Deserialize)]
pub(super) struct Asked {
    token: Option<String>,
    client_id: Option<String>,
}

/// The token, and every other of its session, is not good from now on; one that is not good anyhow is
/// answered the same (RFC 7009, 2.2). Another's is refused (2.1).
pub(super) async fn revoke(
    State(server): State<Server>,
    form: Result<Form<Asked>, FormRejection>,
) -> Result<(), Refused> {
    let Form(asked) = form?;
    let client = server.client(asked.client_id.as_deref())?;
    let token = asked.token.ok_or(Refused::Malformed("token is missing"))?;
    if let Some(token) = RefreshToken::read(&token) {
        let ended = server.identity.end_for_client(&client, &token).await;
        return Ok(ended.map_err(AnyFailure::from)?);
    }
    match server.verifier.of_shown_tokens().verify(&token).await {
        Ok(principal) => server.end_session_of(&client, &principal).await,
        Err(auth::Refused::KeysAway) => Err(Refused::Unavailable),
        Err(_) => Ok(()),
    }
}

impl Server {
    /// With an access token, to act with or to show, the session it is of; if it is this client's.
    async fn end_session_of(
        &self,
        client: &ClientId,
        principal: &Principal,
    ) -> Result<(), Refused> {
        let Actor::Person { id, session } = &principal.actor else {
            return Err(Refused::Grant);
        };
        let read = self.identity.read_account::<refused::Refused>(id).await;
        let account: Account = read.map_err(AnyFailure::from)?;
        let chain = account
            .sessions
            .get(session)
            .and_then(|known| known.chain.as_ref());
        if chain.is_none_or(|chain| chain.client != *client) {
            return Err(Refused::Grant);
        }
        let correlation = runtime::new_id().to_string();
        let context = Context::new(principal.actor.clone(), self.identity.now(), correlation);
        let ended = self
            .identity
            .account(id, &Command::SignOut, &context.into())
            .await;
        ended.map_err(AnyFailure::from)?;
        Ok(())
    }
}
