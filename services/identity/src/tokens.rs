//! Access tokens of people (`at+jwt`, RFC 9068), signed here and by nobody else.

use auth::{AUDIENCE, ENFORCEMENT_POINTS, KeyRing, PersonClaims};
use axum::{Router, http::header, routing::get};
use identity_domain::account::Session;
use jiff::{SignedDuration, Timestamp};
use kernel::{PersonId, SectionId, SessionId};
use standard::Role;

/// The client of sessions that no registered client asked for: the platform itself.
const CLIENT: &str = "sekisho";

/// Signs access tokens.
pub(crate) struct Tokens {
    keys: KeyRing,
    issuer: String,
    lifetime: SignedDuration,
}

/// What a token says of its subject beside the session.
pub(crate) struct Bearer {
    pub(crate) person: PersonId,
    pub(crate) epoch: u64,
    pub(crate) roles: Vec<Role>,
    pub(crate) section: Option<SectionId>,
}

/// A signed token.
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) ends_at: Timestamp,
}

/// For whom a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The platform, where its bearer acts.
    Platform,
    /// Enforcement points, to which its bearer shows it.
    EnforcementPoints,
}

impl Audience {
    const fn claim(self) -> &'static str {
        match self {
            Self::Platform => AUDIENCE,
            Self::EnforcementPoints => ENFORCEMENT_POINTS,
        }
    }

    /// The one that is named; none is the platform.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "" | AUDIENCE => Some(Self::Platform),
            ENFORCEMENT_POINTS => Some(Self::EnforcementPoints),
            _ => None,
        }
    }
}

impl Tokens {
    pub(crate) fn new(keys: KeyRing, section: &runtime::config::IdentitySection) -> Self {
        Self {
            keys,
            issuer: section.issuer.clone(),
            lifetime: SignedDuration::from_secs(section.access_token_seconds.into()),
        }
    }

    /// How long a token is good at most.
    pub(crate) const fn lifetime(&self) -> SignedDuration {
        self.lifetime
    }

    /// A token for a session; it never outlives the session.
    pub(crate) fn mint(
        &self,
        bearer: Bearer,
        audience: Audience,
        (id, session): (&SessionId, &Session),
        now: Timestamp,
    ) -> Token {
        let ends_at = (now + self.lifetime).min(session.ends_at);
        let claims = PersonClaims {
            iss: self.issuer.clone(),
            sub: bearer.person,
            aud: audience.claim().to_owned(),
            exp: ends_at.as_second(),
            iat: now.as_second(),
            auth_time: session.authenticated_at().as_second(),
            acr: session
                .assurance()
                .map_or("", |level| level.urn())
                .to_owned(),
            amr: session.amr().into_iter().map(str::to_owned).collect(),
            sid: id.clone(),
            epoch: bearer.epoch,
            roles: bearer.roles,
            section: bearer.section,
            client_id: session
                .chain
                .as_ref()
                .map_or(CLIENT, |chain| chain.client.as_str())
                .to_owned(),
            jti: runtime::new_id().to_string(),
        };
        Token {
            text: claims.mint(&self.keys.signing()),
            ends_at,
        }
    }

    /// `/.well-known/jwks.json`: the public keys, for everybody who verifies tokens.
    pub(crate) fn key_set(&self) -> Router {
        let keys = self.keys.clone();
        let answer = move || {
            let keys = keys.jwks();
            async { ([(header::CONTENT_TYPE, "application/jwk-set+json")], keys) }
        };
        Router::new().route("/.well-known/jwks.json", get(answer))
    }
}
