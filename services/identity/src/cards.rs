//! Signing in with the certificate of an ID card.
//!
//! Whoever terminates TLS for the browser has proven there that the card holds the certificate's key,
//! and the card has asked for its PIN. That is identity itself at its card door ([`Door`]), or a reverse
//! proxy that says so as the workload it is; only those named in the configuration are believed. The
//! chain, the purpose and the validity are verified here either way.

mod door;
mod handshake;

use identity_domain::account::{Command, Proof};
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
    issuers: Option<CardIssuers>,
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
        let issuers = section.ca_file.as_deref().map(CardIssuers::load);
        let issuers = issuers.transpose();
        let issuers = issuers.map_err(|error| format!("ca_file {error}"))?;
        let door = Door::open(section, &config.pages, issuers.as_ref()).await?;
        let cards = Self {
            issuers,
            terminators: section.terminators.clone(),
            door: door.as_ref().map(|door| door.origin.clone()),
        };
        Ok((cards, door))
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
        self.sign_in_with_card(certificate, chain, request).await
    }

    /// Starts a session with a certificate whose key has just been seen used.
    pub(crate) async fn sign_in_with_card(
        &self,
        certificate: &[u8],
        chain: &[Vec<u8>],
        request: &Request,
    ) -> Answer<Grant> {
        let Some(serial) = self.serial(certificate, chain)? else {
            return self.stranger(request).await;
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

    /// Verifies in a session a certificate whose key has just been seen used: it counts if it is that of
    /// the person's own card.
    pub(crate) async fn verify_card(
        &self,
        handle: Handle,
        certificate: &[u8],
        chain: &[Vec<u8>],
        request: &Request,
    ) -> Result<Grant, AnyFailure> {
        let serial = self.serial(certificate, chain)?;
        let account = self.read_account::<Refused>(&handle.person).await?;
        let credential = serial.and_then(|serial| account.card(&serial).cloned());
        let proof = Proof::Card { credential };
        self.step_up(handle, request, |secret| Command::StepUp { secret, proof })
            .await
    }

    /// The serial number of a certificate that an issuer vouches for now.
    fn serial(&self, certificate: &[u8], chain: &[Vec<u8>]) -> Answer<Option<String>> {
        let issuers = self.cards.issuers.as_ref();
        let issuers = issuers.ok_or(Failure::Refused(Refused::NoCardIssuer))?;
        let serial = issuers.serial(certificate, chain, self.now());
        let refused = |error: &_| tracing::info!(%error, "certificate refused");
        Ok(serial.inspect_err(refused).ok())
    }
}
