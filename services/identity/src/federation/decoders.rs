//! What a provider sends: its metadata and keys, the browser that is back from it, the answer with an
//! ID token, tokens of its own, and its notices.

use axum::{extract::Query, http::Uri};
use futures::executor::block_on;
use jiff::Timestamp;
use openidconnect::{JsonWebKeySet, Nonce, TokenResponse as _, core::CoreJsonWebKey};
use runtime::config::FederationSection;

use super::{
    backchannel::{Sent, notice},
    code::{Answer, Tokens, code, heard, verifier},
    exchange::shown,
    provider::{Metadata, Provider},
    token,
};
use crate::decoders;

/// A provider whose metadata and keys were read at a moment, and what it sends then.
pub struct Known {
    provider: Provider,
    now: Timestamp,
}

/// A provider's keys, as JSON.
pub fn keys(json: &[u8]) -> Option<JsonWebKeySet<CoreJsonWebKey>> {
    serde_json::from_slice(json).ok()
}

impl Known {
    /// Reads its metadata; none when they cannot be used.
    pub fn read(
        section: &FederationSection,
        origin: &str,
        metadata: &[u8],
        keys: JsonWebKeySet<CoreJsonWebKey>,
        now: Timestamp,
    ) -> Option<Self> {
        let metadata: Metadata = serde_json::from_slice(metadata).ok()?;
        let metadata = metadata.set_jwks(keys);
        let provider = Provider::knowing(section, origin, metadata, now).ok()?;
        Some(Self { provider, now })
    }

    /// The query with which a browser is back.
    pub fn back(&self, query: &str) -> bool {
        let Ok(metadata) = block_on(self.provider.metadata(self.now)) else {
            return false;
        };
        let uri = format!("/callback?{query}").parse::<Uri>().ok();
        let answer = uri.and_then(|uri| Query::<Answer>::try_from_uri(&uri).ok());
        answer.is_some_and(|Query(answer)| code(&self.provider, &metadata, &answer).is_ok())
    }

    /// The answer to an authorization code.
    pub fn answer(&self, json: &[u8], nonce: &str) -> bool {
        let Ok(metadata) = block_on(self.provider.metadata(self.now)) else {
            return false;
        };
        let Ok(tokens) = serde_json::from_slice::<Tokens>(json) else {
            return false;
        };
        let client = self.provider.client(&metadata);
        let verifier = verifier(&client, self.now);
        let nonce = Nonce::new(nonce.to_owned());
        let claims = tokens.id_token().map(|one| one.claims(&verifier, &nonce));
        let said = claims.and_then(|claims| heard(claims.ok()?, &self.provider).ok());
        said.is_some_and(|said| self.counts(&said))
    }

    /// The form of a back-channel logout.
    pub fn logout(&self, form: &[u8]) -> bool {
        let sent: Option<Sent> = decoders::form(form);
        let token = sent.map(|sent| {
            block_on(token::verified(
                &sent.logout_token,
                &self.provider,
                self.now,
            ))
        });
        token.is_some_and(|token| token.is_ok_and(|token| notice(&token).is_ok()))
    }

    /// An access token to exchange, or a logout token.
    pub fn token(&self, text: &str) -> bool {
        let _ = token::issuer(text);
        let Ok(token) = block_on(token::verified(text, &self.provider, self.now)) else {
            return false;
        };
        let shown = shown(&token);
        let notice = notice(&token);
        shown.is_ok_and(|shown| self.counts(&shown.said)) || notice.is_ok()
    }

    fn counts(&self, said: &super::claims::Said) -> bool {
        let section = &self.provider.section;
        said.proven(section, self.now, self.now).is_ok()
    }
}
