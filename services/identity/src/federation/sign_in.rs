//! What somebody who is back from a provider came for: a session, a stronger one, or a link.

use async_trait::async_trait;
use identity_domain::account::{Command, CredentialId, Event, Proof, Upstream};
use kernel::{PersonId, SessionId};
use store::{Outcome, Request, Unit};

use super::{
    Answer,
    claims::{Proven, Said},
    provider::Provider,
    refused::Rejected,
    request::Purpose,
};
use crate::{
    credentials::new_credential,
    failure::AnyFailure,
    identity::Identity,
    metrics,
    secrets::Handle,
    sign_in::{self, Grant},
    store::{Accounts, UpstreamSession, keep_upstream_session, signed_out_since, upstream_holder},
    work::Work,
};

/// What came of it, and what the pages wanted back.
pub(crate) enum Came {
    /// Into a new session.
    In(Grant, String),
    /// Further into the present one.
    Up(Grant, String),
    /// To a link.
    Linked,
}

/// An account at a provider, and who has it here.
pub(super) struct Held {
    pub(super) person: PersonId,
    /// None when the link is not live any more.
    pub(super) credential: Option<CredentialId>,
}

impl Identity {
    /// Takes up what a browser brings from a provider. `made_for` tells whether what only the asking
    /// browser has, in the asking session, is this one's.
    pub(crate) async fn back_from_provider(
        &self,
        provider: &str,
        answer: &Answer,
        made_for: impl Fn(&str) -> bool,
        request: &Request,
    ) -> Result<Came, AnyFailure> {
        let provider = self.provider(provider)?.clone();
        let answered = self.answer_of(&provider, answer, made_for, request).await;
        let (waiting, said) = answered?;
        let proven = said.proven(&provider.section, waiting.earliest, self.now());
        let proven = proven.map_err(|why| why.told(provider.id()))?;
        let came = match waiting.purpose {
            Purpose::SignIn => {
                let grant = self.begin_with(&provider, &said, proven, request).await?;
                Came::In(grant, waiting.carried)
            }
            Purpose::StepUp(person, session) => {
                let handle = Handle::draw(person, session);
                let grant = self.step_up_with(&provider, handle, &said, proven, request);
                Came::Up(grant.await?, waiting.carried)
            }
            Purpose::Link(person, _) => {
                let subject = said.subject.as_str();
                self.link(&provider, &person, subject, request).await?;
                Came::Linked
            }
        };
        metrics::federation().count(provider.id(), "taken");
        Ok(came)
    }

    /// Links an account at a provider: the owner in a fresh session, or who may manage.
    pub(super) async fn link(
        &self,
        provider: &Provider,
        person: &PersonId,
        subject: &str,
        request: &Request,
    ) -> Result<CredentialId, AnyFailure> {
        let credential = new_credential();
        let upstream = Upstream {
            provider: provider.id().to_owned(),
            issuer: provider.section.issuer.clone(),
            subject: subject.to_owned(),
        };
        let command = Command::LinkUpstream {
            credential: credential.clone(),
            upstream,
        };
        let done = self.account(person, &command, request).await?;
        let known = done.state.link(&provider.section.issuer, subject);
        Ok(known.cloned().unwrap_or(credential))
    }

    /// Who has an account at a provider. One that nobody has is on record, without its name.
    pub(super) async fn held(
        &self,
        provider: &Provider,
        subject: &str,
        request: &Request,
    ) -> sign_in::Answer<Held> {
        let db = self.store.database().read();
        let issuer = &provider.section.issuer;
        let Some(person) = upstream_holder(db, issuer, subject).await? else {
            return match self.stranger(request).await {
                Err(store::Failure::Refused(_)) => Err(Rejected::NotLinked.told(provider.id())),
                other => other,
            };
        };
        let account = self.read_account(&person).await?;
        Ok(Held {
            credential: account.link(issuer, subject).cloned(),
            person,
        })
    }

    async fn begin_with(
        &self,
        provider: &Provider,
        said: &Said,
        proven: Proven,
        request: &Request,
    ) -> sign_in::Answer<Grant> {
        let held = self.held(provider, &said.subject, request).await?;
        let handle = Handle::draw(held.person.clone(), SessionId::from(runtime::new_id()));
        let work = WithUpstream {
            provider,
            said,
            held: &held,
            proven,
            session: &handle.session,
            command: |proof: Proof| Command::SignIn {
                session: handle.session.clone(),
                secret: handle.digest(),
                proof,
            },
        };
        let done = self
            .with_upstream(&work, request)
            .await
            .map_err(|failure| failure.map(|_| crate::refused::Refused::SignIn));
        let done = done?;
        self.granted(handle, &done.events, done.state).await
    }

    async fn step_up_with(
        &self,
        provider: &Provider,
        handle: Handle,
        said: &Said,
        proven: Proven,
        request: &Request,
    ) -> Result<Grant, AnyFailure> {
        let held = self.held(provider, &said.subject, request).await?;
        if held.person != handle.person {
            return Err(Rejected::OtherAccount.told(provider.id()).into());
        }
        let work = WithUpstream {
            provider,
            said,
            held: &held,
            proven,
            session: &handle.session,
            command: |proof: Proof| Command::StepUp {
                secret: handle.digest(),
                proof,
            },
        };
        let done = self.with_upstream(&work, request).await?;
        Ok(self.granted(handle, &done.events, done.state).await?)
    }

    /// Carries out a command that a session uses a link by.
    pub(super) async fn with_upstream<C: Fn(Proof) -> Command + Send + Sync>(
        &self,
        work: &WithUpstream<'_, C>,
        request: &Request,
    ) -> Outcome<Accounts> {
        let done = self.carry_out(work, request).await?;
        self.withdraw(&done);
        Ok(done)
    }
}

/// A command that a session uses a link by. Which session at the provider it was is kept with it.
pub(super) struct WithUpstream<'a, C> {
    pub(super) provider: &'a Provider,
    pub(super) said: &'a Said,
    pub(super) held: &'a Held,
    /// What counts of what was said.
    pub(super) proven: Proven,
    /// The session here.
    pub(super) session: &'a SessionId,
    /// What is to be done, with what is proven.
    pub(super) command: C,
}

impl<C> WithUpstream<'_, C> {
    fn proof(&self, ended: bool) -> Proof {
        Proof::Federated {
            credential: self.held.credential.clone(),
            proven: self.proven.kinds.clone(),
            at: self.proven.at,
            ended,
        }
    }

    fn kept(&self) -> Option<UpstreamSession> {
        let (sid, credential) = self.said.sid.as_ref().zip(self.held.credential.as_ref())?;
        Some(UpstreamSession {
            session: self.session.clone(),
            sid: sid.clone(),
            person: self.held.person.clone(),
            credential: credential.to_string(),
        })
    }
}

#[async_trait]
impl<C: Fn(Proof) -> Command + Send + Sync> Work for WithUpstream<'_, C> {
    type Of = Accounts;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Accounts> {
        let (person, issuer) = (&self.held.person, &self.provider.section.issuer);
        // Whoever is just signing the person out there has done so, or finds the session.
        unit.load::<Accounts>(person.as_str()).await?;
        let ended = signed_out_since(unit.tx(), self.said.signed_out(issuer)).await?;
        let command = (self.command)(self.proof(ended));
        let done = identity.account_in(unit, person, &command).await?;
        let begun = done.events.iter().any(|event| {
            matches!(
                event,
                Event::SessionStarted { .. } | Event::SessionSteppedUp { .. }
            )
        });
        if let (true, Some(kept)) = (begun, self.kept())
            && let Some(session) = done.state.sessions.get(&kept.session)
        {
            keep_upstream_session(unit, issuer, &kept, session.ends_at).await?;
        }
        Ok(done)
    }
}
