//! Sending a browser to a provider: what is asked there, and what is kept here until it comes back.

use identity_domain::account::{Acr, CredentialId, SealedSecret};
use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, SessionId};
use openidconnect::{
    CsrfToken, HttpRequest, Nonce, PkceCodeChallenge, Scope, core::CoreAuthenticationFlow,
};
use reqwest::Url;
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{Failure, Request};

use super::{
    claims,
    provider::{Metadata, Provider},
    refused::unavailable,
};
use crate::{
    begun::Who,
    identity::Identity,
    refused::Refused,
    sign_in::Answer,
    sources::Source,
    store::{Challenge, keep_challenge},
};

/// How long a person may take at the provider.
const OPEN: SignedDuration = SignedDuration::from_mins(10);
/// What is sealed is nobody's: no person's id is empty.
const SEALED_FOR: &str = "federation";

/// What a browser is sent for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// A session.
    SignIn,
    /// More in that session of that person.
    StepUp(PersonId, SessionId),
    /// A link, made in that session of that person.
    Link(PersonId, SessionId),
}

/// What somebody wants to do at a provider.
pub(crate) struct Began {
    pub(crate) purpose: Purpose,
    /// What to ask for, where something is wanted.
    pub(crate) wanted: Option<Acr>,
    /// What only this browser in this session has.
    pub(crate) browser: String,
    /// What the pages want back.
    pub(crate) carried: String,
    /// `ja` or `en`.
    pub(crate) language: &'static str,
    /// Where the browser is.
    pub(crate) source: Source,
}

/// What is kept until the browser is back.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) purpose: Purpose,
    pub(super) browser: String,
    pub(super) carried: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// The earliest `auth_time` that counts.
    pub(super) earliest: Timestamp,
}

impl Identity {
    /// Where to send a browser that has come for that.
    ///
    /// # Errors
    /// [`Refused::ProviderUnknown`], [`Refused::ProviderUnavailable`], [`Refused::TooManyBegun`].
    pub(crate) async fn ask_provider(
        &self,
        provider: &str,
        began: Began,
        request: &Request,
    ) -> Answer<String> {
        let provider = self.provider(provider)?;
        let who = match &began.purpose {
            Purpose::SignIn => Who::Stranger(&began.source),
            Purpose::StepUp(person, _) | Purpose::Link(person, _) => Who::Person(person),
        };
        self.federation.begun.take(who)?;
        let now = self.now();
        let metadata = provider.metadata(now).await;
        let metadata = metadata.map_err(|error| unavailable(provider.id(), &error))?;
        // Whoever is in already, or links an account for good, shows there that it is them.
        let max_age = match began.purpose {
            Purpose::SignIn => provider.section.max_age_seconds,
            Purpose::StepUp(..) | Purpose::Link(..) => 0,
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (state, nonce) = (CsrfToken::new_random_len(32), Nonce::new_random_len(32));
        let waiting = Waiting {
            purpose: began.purpose,
            browser: began.browser,
            carried: began.carried,
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            earliest: now - SignedDuration::from_secs(max_age.into()),
        };
        self.keep(provider, &state, &waiting, request).await?;
        let mut claims = json!({ "id_token": { "auth_time": { "essential": true } } });
        if let Some(acr) = claims::to_ask(&provider.section, began.wanted) {
            claims["id_token"]["acr"] = json!({ "essential": true, "value": acr });
        }
        let client = provider.client(&metadata);
        let scopes = provider.section.scopes.iter().cloned().map(Scope::new);
        let (address, ..) = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                || state,
                || nonce,
            )
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .set_max_age(std::time::Duration::from_secs(max_age.into()))
            .add_extra_param("claims", claims.to_string())
            .add_extra_param("ui_locales", began.language)
            .url();
        push(provider, &metadata, address).await
    }

    async fn keep(
        &self,
        provider: &Provider,
        state: &CsrfToken,
        waiting: &Waiting,
        request: &Request,
    ) -> Answer<()> {
        let failed = |error: String| Failure::Unavailable(DbErr::Custom(error));
        let text = serde_json::to_string(waiting).map_err(|error| failed(error.to_string()))?;
        let whose = (PersonId::default(), CredentialId::new(SEALED_FOR));
        let sealed = self.sealing.seal(&whose.0, &whose.1, &text);
        let sealed = sealed.map_err(|error| failed(error.to_string()))?;
        let challenge = &Challenge {
            id: name_of(state.secret()),
            purpose: purpose(provider),
            state: sealed.reveal().to_owned(),
            ends_at: self.now() + OPEN,
        };
        let kept = self.store.transact(request, |unit| async move {
            keep_challenge(&unit, challenge).await?;
            Ok((unit, ()))
        });
        kept.await
    }

    /// What was kept, if it was sealed here.
    pub(super) fn unsealed(&self, state: &str) -> Option<Waiting> {
        let whose = (PersonId::default(), CredentialId::new(SEALED_FOR));
        let opened = self
            .sealing
            .open(&whose.0, &whose.1, &SealedSecret::new(state));
        serde_json::from_str(&opened.ok()?).ok()
    }
}

/// Where what waits for a state is kept: the database does not give the state away.
pub(super) fn name_of(state: &str) -> String {
    let digest = Sha256::digest(state);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn purpose(provider: &Provider) -> String {
    format!("federation/{}", provider.id())
}

/// Hands the request over beforehand where the provider takes it so (RFC 9126): the browser can then
/// neither see nor change it.
async fn push(provider: &Provider, metadata: &Metadata, address: Url) -> Answer<String> {
    let more = metadata.additional_metadata();
    let Some(endpoint) = &more.pushed_authorization_request_endpoint else {
        return Ok(address.into());
    };
    let asked = pushed(provider, metadata, endpoint, address).await;
    let reference = asked.map_err(|reason| {
        tracing::warn!(
            provider = provider.id(),
            reason,
            "a pushed request was not taken"
        );
        Failure::Refused(Refused::ProviderUnavailable)
    })?;
    let mut short = metadata.authorization_endpoint().url().clone();
    short
        .query_pairs_mut()
        .append_pair("client_id", &provider.section.client_id)
        .append_pair("request_uri", &reference);
    Ok(short.into())
}

/// The provider's reference to the request.
async fn pushed(
    provider: &Provider,
    metadata: &Metadata,
    endpoint: &Url,
    mut address: Url,
) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Taken {
        request_uri: String,
    }
    let request = openidconnect::http::Request::post(endpoint.as_str())
        .header("content-type", "application/x-www-form-urlencoded");
    let request = match provider.proven(metadata) {
        Ok(header) => request.header("authorization", header),
        Err([_, secret]) => {
            address.query_pairs_mut().append_pair(secret.0, secret.1);
            request
        }
    };
    let request = request.body(address.query().unwrap_or("").as_bytes().to_vec());
    let request: HttpRequest = request.map_err(|error| error.to_string())?;
    let answer = provider.http.fetch(request).await;
    let answer = answer.map_err(|error| error.to_string())?;
    if !answer.status().is_success() {
        let text = String::from_utf8_lossy(answer.body());
        let text: String = text.chars().take(300).collect();
        return Err(format!("{}: {text}", answer.status()));
    }
    let taken: Result<Taken, _> = serde_json::from_slice(answer.body());
    taken
        .map(|taken| taken.request_uri)
        .map_err(|error| error.to_string())
}
