//! Signing in with the certificate of an ID card.
//!
//! Whoever terminates TLS for the browser (a reverse proxy, a gateway) has proven there that the
//! card holds the certificate's key, and the card has asked for its PIN. It says so as the workload it
//! is; only those named in the configuration are believed. The chain, the purpose and the validity are
//! verified here all the same.

use identity_domain::account::Proof;
use kernel::Actor;
use store::{Failure, Request};

use crate::{
    identity::Identity,
    refused::Refused,
    secrets::CardIssuers,
    sign_in::{Answer, Grant},
    store::certificate_holder,
};

/// Whose cards count, and whose word on them.
pub(crate) struct Cards {
    issuers: Option<CardIssuers>,
    terminators: Vec<String>,
}

impl Cards {
    /// As configured.
    ///
    /// # Errors
    /// When the issuers' file cannot be used.
    pub(crate) fn new(section: &runtime::config::IcCardSection) -> Result<Self, String> {
        let issuers = section.ca_file.as_deref().map(CardIssuers::load);
        Ok(Self {
            issuers: issuers.transpose()?,
            terminators: section.terminators.clone(),
        })
    }

    fn believes(&self, actor: &Actor) -> bool {
        matches!(actor, Actor::Workload(name) if self.terminators.contains(name))
    }
}

impl Identity {
    /// Starts a session with a certificate that a terminator has seen used.
    pub(crate) async fn sign_in_with_certificate(
        &self,
        certificate: &[u8],
        chain: &[Vec<u8>],
        request: &Request,
    ) -> Answer<Grant> {
        if !self.cards.believes(&request.context.actor) {
            return Err(Failure::Refused(Refused::TerminatorUnknown));
        }
        let issuers = self.cards.issuers.as_ref();
        let issuers = issuers.ok_or(Failure::Refused(Refused::NoCardIssuer))?;
        let serial = match issuers.serial(certificate, chain, self.now()) {
            Ok(serial) => serial,
            Err(error) => {
                tracing::info!(%error, "certificate refused");
                return self.stranger(request).await;
            }
        };
        let db = self.store.database().read();
        let holder = certificate_holder(db, &serial).await?;
        let Some(person) = holder else {
            return self.stranger(request).await;
        };
        let account = self.read_account(&person).await?;
        let credential = account.card(&serial).cloned();
        self.begin_session(person, Proof::Card { credential }, request)
            .await
    }
}
