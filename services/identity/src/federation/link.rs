//! Links over gRPC, for who has no browser at hand: one's own with an access token of the provider,
//! other people's by who manages their accounts.

use identity_domain::account::CredentialId;
use kernel::PersonId;
use store::{Failure, Request};

use super::refused::Rejected;
use crate::{failure::AnyFailure, identity::Identity, refused::Refused, store::signed_out_since};

impl Identity {
    /// Links another person's account; the caller knows whose it is at the provider.
    ///
    /// # Errors
    /// The provider is not known, or the rules of accounts refuse.
    pub(crate) async fn link_for(
        &self,
        provider: &str,
        person: &PersonId,
        subject: &str,
        request: &Request,
    ) -> Result<CredentialId, AnyFailure> {
        let provider = self.provider(provider)?.clone();
        self.link(&provider, person, subject, request).await
    }

    /// Links one's own account with an access token that the provider gave for us just now.
    ///
    /// # Errors
    /// The provider is not known or not asked, the token is not good, or the rules of accounts refuse.
    pub(crate) async fn link_own(
        &self,
        provider: &str,
        person: &PersonId,
        token: &str,
        request: &Request,
    ) -> Result<CredentialId, AnyFailure> {
        let provider = self.provider(provider)?.clone();
        let shown = self.shown(&provider, token).await?;
        let proven = shown
            .said
            .proven(&provider.section, self.earliest(&provider), self.now());
        proven.map_err(|why| why.told(provider.id()))?;
        let (db, issuer) = (self.store.database().read(), &provider.section.issuer);
        let ended = signed_out_since(db, shown.said.signed_out(issuer)).await;
        if ended.map_err(Failure::<Refused>::Unavailable)? {
            return Err(Rejected::SignedOut.told(provider.id()).into());
        }
        self.link(&provider, person, &shown.said.subject, request)
            .await
    }
}
