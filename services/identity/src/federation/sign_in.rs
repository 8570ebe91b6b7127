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
    store::{Accounts, UpstreamSession, keep_upstream_session, upstream_holder},
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
        let command = Command::SignIn {
            session: handle.session.clone(),
            secret: handle.digest(),
            proof: proof(&held, proven),
        };
        let done = self.with_upstream(provider, said, &held, &handle.session, &command, request);
        let done = done
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
        let command = Command::StepUp {
            secret: handle.digest(),
            proof: proof(&held, proven),
        };
        let done = self.with_upstream(provider, said, &held, &handle.session, &command, request);
        let done = done.await?;
        Ok(self.granted(handle, &done.events, done.state).await?)
    }

    /// Carries out a command that a session uses a link by, and keeps which session at the provider
    /// it was.
    pub(super) async fn with_upstream(
        &self,
        provider: &Provider,
        said: &Said,
        held: &Held,
        session: &SessionId,
        command: &Command,
        request: &Request,
    ) -> Outcome<Accounts> {
        let kept = said.sid.as_ref().zip(held.credential.as_ref());
        let kept = kept.map(|(sid, credential)| UpstreamSession {
            session: session.clone(),
            sid: sid.clone(),
            person: held.person.clone(),
            credential: credential.to_string(),
        });
        let work = WithUpstream {
            issuer: &provider.section.issuer,
            person: &held.person,
            command,
            kept,
        };
        let done = self.carry_out(&work, request).await?;
        self.withdraw(&done);
        Ok(done)
    }
}

/// What a provider says, as a proof of the link.
pub(super) fn proof(held: &Held, proven: Proven) -> Proof {
    Proof::Federated {
        credential: held.credential.clone(),
        proven: proven.kinds,
        at: proven.at,
    }
}

struct WithUpstream<'a> {
    issuer: &'a str,
    person: &'a PersonId,
    command: &'a Command,
    kept: Option<UpstreamSession>,
}

#[async_trait]
impl Work for WithUpstream<'_> {
    type Of = Accounts;

    async fn run(&self, unit: &mut Unit, identity: &Identity) -> Outcome<Accounts> {
        let done = identity.account_in(unit, self.person, self.command).await?;
        let begun = done.events.iter().any(|event| {
            matches!(
                event,
                Event::SessionStarted { .. } | Event::SessionSteppedUp { .. }
            )
        });
        if let (true, Some(kept)) = (begun, &self.kept)
            && let Some(session) = done.state.sessions.get(&kept.session)
        {
            keep_upstream_session(unit, self.issuer, kept, session.ends_at).await?;
        }
        Ok(done)
    }
}
