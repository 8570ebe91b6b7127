//! A browser is back from a provider: its code is exchanged, and the ID token verified.

use std::{sync::Arc, time::SystemTime};

use jiff::Timestamp;
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClaimsVerificationError, EmptyExtraTokenFields,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenClaims, IdTokenFields, IdTokenVerifier,
    Nonce, PkceCodeVerifier, RequestTokenError, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use store::Request;

use super::{
    claims::{SKEW, Said},
    provider::{Metadata, Provider},
    refused::{Rejected, unavailable},
    request::{Waiting, name_of, purpose},
};
use crate::{identity::Identity, sign_in, store::take_challenge};

/// What an ID token may be signed with: nothing that whoever knows our secret, or nobody, signs with.
pub(super) const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
];

/// We, as a provider's client.
pub(super) type Client = openidconnect::Client<
    Sid,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        Sid,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

type Claims = IdTokenClaims<Sid, CoreGenderClaim>;

/// The provider's session, as its logout names it (OpenID Connect Back-Channel Logout, 2.1).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Sid {
    sid: Option<String>,
}

impl AdditionalClaims for Sid {}

/// What the browser brings.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Answer {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

impl Identity {
    /// What the provider says, and what it was asked for. Whatever comes of it, the same answer is
    /// not taken again.
    pub(super) async fn answer_of(
        &self,
        provider: &Arc<Provider>,
        answer: &Answer,
        made_for: impl Fn(&str) -> bool,
        request: &Request,
    ) -> sign_in::Answer<(Waiting, Said)> {
        let rejected = |why: Rejected| why.told(provider.id());
        let waiting = self.waiting(provider, &answer.state, request).await?;
        let waiting = waiting.ok_or_else(|| rejected(Rejected::NotAsked))?;
        if !made_for(&waiting.browser) {
            return Err(rejected(Rejected::OtherBrowser));
        }
        let now = self.now();
        let metadata = provider.metadata(now).await;
        let metadata = metadata.map_err(|error| unavailable(provider.id(), &error))?;
        let code = code(provider, &metadata, answer).map_err(rejected)?;
        let said = said(provider, metadata, code, &waiting, now).await;
        Ok((waiting, said.map_err(rejected)?))
    }

    async fn waiting(
        &self,
        provider: &Provider,
        state: &str,
        request: &Request,
    ) -> sign_in::Answer<Option<Waiting>> {
        let name = &name_of(state);
        let taken = self.store.transact(request, |unit| async move {
            let taken = take_challenge(&unit, name).await?;
            Ok((unit, taken))
        });
        let taken = taken
            .await?
            .filter(|one| one.purpose == purpose(provider) && self.now() < one.ends_at);
        Ok(taken.and_then(|one| self.unsealed(&one.state)))
    }
}

/// The code, if the answer is this provider's and says yes.
pub(super) fn code<'a>(
    provider: &Provider,
    metadata: &Metadata,
    answer: &'a Answer,
) -> Result<&'a str, Rejected> {
    let more = metadata.additional_metadata();
    let right = match &answer.iss {
        Some(issuer) => *issuer == provider.section.issuer,
        None => !more.authorization_response_iss_parameter_supported,
    };
    if !right {
        return Err(Rejected::OtherIssuer);
    }
    match (&answer.error, &answer.code) {
        (Some(error), _) => Err(Rejected::Error(error.chars().take(100).collect())),
        (None, Some(code)) => Ok(code),
        (None, None) => Err(Rejected::Code("there is none".to_owned())),
    }
}

/// What the ID token for the code says.
async fn said(
    provider: &Arc<Provider>,
    metadata: Arc<Metadata>,
    code: &str,
    waiting: &Waiting,
    now: Timestamp,
) -> Result<Said, Rejected> {
    let client = provider.client(&metadata);
    let bad = |error: String| Rejected::Code(error);
    let exchange = client.exchange_code(AuthorizationCode::new(code.to_owned()));
    let exchange = exchange.map_err(|error| bad(error.to_string()))?;
    let exchange = exchange.set_pkce_verifier(PkceCodeVerifier::new(waiting.verifier.clone()));
    let tokens = exchange.request_async(&provider.http).await;
    let tokens = tokens.map_err(|error| {
        bad(match error {
            RequestTokenError::Request(error) => error.to_string(),
            RequestTokenError::Parse(error, _) => error.to_string(),
            other => other.to_string(),
        })
    })?;
    let token = tokens.id_token();
    let token = token.ok_or_else(|| Rejected::Token("there is no ID token".to_owned()))?;
    let nonce = Nonce::new(waiting.nonce.clone());
    let claims = match token.claims(&verifier(&client, now), &nonce) {
        Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        )) => {
            let renewed = provider.renewed(&metadata, now).await;
            let renewed = renewed.map_err(|_| Rejected::NoKey)?;
            let client = provider.client(&renewed);
            token.claims(&verifier(&client, now), &nonce).cloned()
        }
        other => other.cloned(),
    };
    let claims = claims.map_err(|error| Rejected::Token(error.to_string()))?;
    heard(&claims, provider)
}

/// What the claims of an ID token say that verifies.
pub(super) fn heard(claims: &Claims, provider: &Provider) -> Result<Said, Rejected> {
    // The library leaves it to us; one that names another was made for another.
    let party = claims.authorized_party();
    if party.is_some_and(|party| **party != provider.section.client_id) {
        return Err(Rejected::Token("it was made for another client".to_owned()));
    }
    let issued_at = Timestamp::from_second(claims.issue_time().timestamp());
    let amr = claims.auth_method_refs().into_iter().flatten();
    let at = claims
        .auth_time()
        .map(|at| Timestamp::from_second(at.timestamp()));
    Ok(Said {
        subject: claims.subject().to_string(),
        acr: claims.auth_context_ref().map(|acr| acr.to_string()),
        amr: amr.map(|value| value.to_string()).collect(),
        auth_time: at
            .transpose()
            .map_err(|error| Rejected::Token(error.to_string()))?,
        sid: claims.additional_claims().sid.clone(),
        issued_at: issued_at.map_err(|error| Rejected::Token(error.to_string()))?,
    })
}

pub(super) fn verifier(client: &Client, now: Timestamp) -> IdTokenVerifier<'_, CoreJsonWebKey> {
    let age = move |at: SystemTime| {
        let at = Timestamp::try_from(at).map_err(|error| error.to_string())?;
        match now.duration_since(at).abs() > SKEW {
            true => Err(format!("it was issued at {at}")),
            false => Ok(()),
        }
    };
    client
        .id_token_verifier()
        .set_allowed_algs(ALGORITHMS)
        .set_time_fn(move || SystemTime::from(now).into())
        .set_issue_time_verifier_fn(move |at| age(at.into()))
}
