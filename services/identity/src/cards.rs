//! Signing in with the certificate of an ID card.
//!
//! Whoever terminates TLS for the browser has proven there that the card holds the certificate's key,
//! and the card has asked for its PIN. That is identity itself at its card door ([`Door`]), or a reverse
//! proxy that says so as the workload it is; only those named in the configuration are believed. The
//! issuer, the purpose and the validity are verified here either way.

mod door;
mod handshake;

use identity_domain::account::{CardCertificate, Command, Proof};
use kernel::Actor;
use store::{Failure, Request};

use crate::{
    failure::AnyFailure,
    identity::Identity,
    refused::Refused,
    secrets::{CardIssuers, Handle},
    sign_in::{Answer, Grant},
    store::certificate_holder,
};

pub(crate) use door::{Caller, Door};

/// Whose cards count, and whose word on them.
pub(crate) struct Cards {
    issuers: CardIssuers,
    terminators: Vec<String>,
    /// Where browsers reach the card door, if there is one.
    pub(crate) door: Option<String>,
}

impl Cards {
    /// As configured, and the door with its port open.
    ///
    /// # Errors
    /// Names the key and the reason.
    pub(crate) async fn open(
        config: &runtime::config::IdentitySection,
    ) -> Result<(Self, Option<Door>), String> {
        let section = &config.ic_card;
        let issuers = CardIssuers::load(&section.issuers);
        let issuers = issuers.map_err(|error| format!("issuers.{error}"))?;
        let door = Door::open(section, &config.pages, &issuers).await?;
        let cards = Self {
            issuers,
            terminators: section.terminators.clone(),
            door: door.as_ref().map(|door| door.origin.clone()),
        };
        Ok((cards, door))
    }

    /// An issuer by its name; where there is but one, it need not be named.
    pub(crate) fn issuer(&self, named: &str) -> Option<&str> {
        self.issuers.named(named)
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
        request: &Request,
    ) -> Answer<Grant> {
        if !self.cards.believes(&request.context.actor) {
            return Err(Failure::Refused(Refused::TerminatorUnknown));
        }
        self.sign_in_with_card(certificate, request).await
    }

    /// Starts a session with a certificate whose key has just been seen used.
    pub(crate) async fn sign_in_with_card(
        &self,
        certificate: &[u8],
        request: &Request,
    ) -> Answer<Grant> {
        let Some(shown) = self.vouched_for(certificate)? else {
            return self.stranger(request).await;
        };
        let db = self.store.database().read();
        let holder = certificate_holder(db, &shown).await?;
        let Some(person) = holder else {
            return self.stranger(request).await;
        };
        let account = self.read_account(&person).await?;
        let credential = account.card(&shown).cloned();
        self.begin_session(person, Proof::Card { credential }, request)
            .await
    }

    /// Verifies in a session a certificate whose key has just been seen used: it counts if it is that of
    /// the person's own card.
    pub(crate) async fn verify_card(
        &self,
        handle: Handle,
        certificate: &[u8],
        request: &Request,
    ) -> Result<Grant, AnyFailure> {
        let shown = self.vouched_for(certificate)?;
        let account = self.read_account::<Refused>(&handle.person).await?;
        let credential = shown.and_then(|shown| account.card(&shown).cloned());
        let proof = Proof::Card { credential };
        self.step_up(handle, request, |secret| Command::StepUp { secret, proof })
            .await
    }

    /// What a certificate is known by, if an issuer vouches for it now.
    fn vouched_for(&self, certificate: &[u8]) -> Answer<Option<CardCertificate>> {
        let issuers = &self.cards.issuers;
        if issuers.is_empty() {
            return Err(Failure::Refused(Refused::NoCardIssuer));
        }
        let known = issuers.vouch(certificate, self.now());
        let refused = |error: &_| tracing::info!(%error, "certificate refused");
        Ok(known.inspect_err(refused).ok())
    }
}
