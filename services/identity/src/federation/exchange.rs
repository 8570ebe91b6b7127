//! Token exchange (RFC 8693): an access token of a provider for one of ours.
//!
//! Of the provider's tokens those are taken that were made for us: RFC 9068's type, our `client_id` in
//! `aud`, and a recent `auth_time`. What they prove counts as at a sign-in. Ours belongs to a session of
//! its own that ends with it, so that it can be seen, revoked and ended like any other.

use identity_domain::account::{ClientId, Command, Proof};
use jiff::Timestamp;
use kernel::SessionId;
use serde_json::Value;
use store::Failure;

use super::{
    claims::Said,
    provider::Provider,
    refused::Rejected,
    sign_in::WithUpstream,
    token::{self, Verified},
};
use crate::{
    failure::AnyFailure,
    identity::Identity,
    metrics,
    refused::Refused,
    secrets::Link,
    tokens::{Audience, Token},
};

/// What an access token of a provider shows.
pub(super) struct Shown {
    pub(super) said: Said,
    ends_at: Timestamp,
}

impl Identity {
    /// The earliest `auth_time` that a provider's word counts with now.
    pub(super) fn earliest(&self, provider: &Provider) -> Timestamp {
        self.now() - provider.max_age()
    }

    /// What a provider's access token for us shows.
    ///
    /// # Errors
    /// [`Refused::FederationUnproven`], also when the provider's tokens are not taken at all.
    pub(super) async fn shown(
        &self,
        provider: &Provider,
        text: &str,
    ) -> Result<Shown, Failure<Refused>> {
        let rejected = |why: Rejected| why.told(provider.id());
        if !provider.section.exchange {
            let reason = "its tokens are not taken here".to_owned();
            return Err(rejected(Rejected::Token(reason)));
        }
        let token = token::verified(text, provider, self.now()).await;
        shown(&token.map_err(rejected)?).map_err(rejected)
    }

    /// A token of ours for a provider's, to a registered client.
    ///
    /// # Errors
    /// [`Refused::FederationUnproven`], [`Refused::FederationNotLinked`], [`Refused::SignIn`],
    /// [`Refused::TooManyExchanges`].
    pub(crate) async fn exchange(
        &self,
        client: &ClientId,
        text: &str,
        audience: Audience,
    ) -> Result<Token, AnyFailure> {
        let issuer = token::issuer(text);
        let known = self
            .federation
            .providers()
            .find(|one| one.section.exchange && Some(&one.section.issuer) == issuer.as_ref());
        let provider = known.ok_or(Failure::Refused(Refused::FederationUnproven))?;
        let shown = self.shown(provider, text).await?;
        let (said, now) = (&shown.said, self.now());
        let proven = said.proven(&provider.section, self.earliest(provider), now);
        let proven = proven.map_err(|why| why.told(provider.id()))?;
        let request = self.nobodys_request();
        let held = self.held(provider, &said.subject, &request).await?;
        let paced = self.federation.exchanges.take(&held.person);
        paced.map_err(|wait| Failure::Refused(Refused::TooManyExchanges(wait)))?;
        let (session, link) = (SessionId::from(runtime::new_id()), Link::draw());
        let until = shown.ends_at.min(now + self.tokens.lifetime());
        let work = WithUpstream {
            provider,
            said,
            held: &held,
            proven,
            session: &session,
            command: |proof: Proof| Command::ExchangeForClient {
                session: session.clone(),
                chain: link.chain(client),
                secret: link.digest(),
                proof,
                until,
            },
        };
        let done = self.with_upstream(&work, &request).await;
        let done = done.map_err(|failure| failure.map(|_| Refused::SignIn))?;
        let live = done.state.live_session(&session, self.now());
        let live = live.ok_or(Failure::Refused(Refused::SignIn))?;
        metrics::federation().count(provider.id(), "exchanged");
        Ok(self
            .token(&held.person, (&session, live), done.state.epoch, audience)
            .await?)
    }
}

pub(super) fn shown(token: &Verified) -> Result<Shown, Rejected> {
    let bad = |reason: &str| Rejected::Token(reason.to_owned());
    // An ID token, or whatever else the provider signs for us, is none.
    if token.kind != "at+jwt" {
        return Err(bad("it is no access token (RFC 9068)"));
    }
    let subject = token.text("sub").filter(|sub| !sub.is_empty());
    let amr = token.claims.get("amr").and_then(Value::as_array);
    let amr = amr.into_iter().flatten().filter_map(Value::as_str);
    Ok(Shown {
        said: Said {
            subject: subject.ok_or_else(|| bad("it names nobody"))?.to_owned(),
            acr: token.text("acr").map(str::to_owned),
            amr: amr.map(str::to_owned).collect(),
            auth_time: token.time("auth_time"),
            sid: token.text("sid").map(str::to_owned),
            issued_at: token.issued_at,
        },
        ends_at: token.ends_at,
    })
}
