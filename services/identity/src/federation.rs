//! Signing in with an account at a provider (OpenID Connect), as its relying party.
//!
//! Authorization code with PKCE, state and nonce; the state is kept here, good once and for one
//! browser. What the provider says is believed as far as its configuration goes: `acr` and `amr` by
//! its table, up to its ceiling, and with a recent `auth_time`. Accounts are found by issuer and
//! subject and nothing else. Tokens and sessions are always our own.

mod backchannel;
mod claims;
mod code;
pub mod decoders;
mod exchange;
mod http;
mod link;
mod provider;
mod refused;
mod request;
mod sign_in;
mod token;

use std::{sync::Arc, time::Duration};

use runtime::config::{FederationSection, PagesSection};

pub(crate) use backchannel::routes;
pub(crate) use code::Answer;
pub(crate) use provider::Provider;
pub(crate) use request::{Began, Purpose};
pub(crate) use sign_in::Came;

use crate::{begun::Begun, identity::Identity, pace::Paces, refused::Refused};

/// The providers of the configuration.
pub(crate) struct Federation {
    providers: Vec<Arc<Provider>>,
    /// Whoever asks to be sent to a provider makes us ask it beforehand.
    begun: Begun,
    /// Each exchange is a session on record.
    exchanges: Paces<kernel::PersonId>,
}

impl Federation {
    /// As configured; nothing is fetched before it is needed.
    ///
    /// # Errors
    /// When a file of theirs cannot be used, with the provider's id.
    pub(crate) fn new(
        sections: &[FederationSection],
        pages: &PagesSection,
    ) -> Result<Self, String> {
        let open = |section: &FederationSection| {
            let provider = Provider::new(section, &pages.origin);
            provider
                .map(Arc::new)
                .map_err(|error| format!("{}: {error}", section.id))
        };
        Ok(Self {
            providers: sections.iter().map(open).collect::<Result<_, _>>()?,
            begun: Begun::default(),
            exchanges: Paces::new(20, Duration::from_secs(3)),
        })
    }

    pub(crate) fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.providers.iter().map(AsRef::as_ref)
    }

    pub(crate) fn provider(&self, id: &str) -> Option<&Arc<Provider>> {
        self.providers.iter().find(|one| one.id() == id)
    }

    /// Whether access tokens of some provider are taken in exchange.
    pub(crate) fn exchanges(&self) -> bool {
        self.providers().any(|one| one.section.exchange)
    }
}

impl Identity {
    /// A provider of the configuration.
    ///
    /// # Errors
    /// [`Refused::ProviderUnknown`].
    pub(crate) fn provider(&self, id: &str) -> crate::sign_in::Answer<&Arc<Provider>> {
        let known = self.federation.provider(id);
        known.ok_or(store::Failure::Refused(Refused::ProviderUnknown))
    }
}
