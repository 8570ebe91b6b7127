//! Signing in: from what somebody presents to a session and its token.

use identity_domain::account::{
    self, By, Command, CredentialStanding, Event, Factor, Proof, Session, State, Why,
};
use jiff::Timestamp;
use kernel::{Actor, Context, PersonId, SessionId};
use standard::Role;
use store::{Done, Failure, Request};

use crate::{
    facts,
    failure::AnyFailure,
    identity::Identity,
    publish,
    refused::Refused,
    secrets::{Handle, OneTimeCode, Otp, Unhashed, until_after},
    store::{Accounts, query},
    tokens::{Audience, Bearer, Token},
};

/// What a person holds after a sign-in or step-up.
pub(crate) struct Grant {
    pub(crate) person: PersonId,
    pub(crate) id: SessionId,
    pub(crate) session: Session,
    pub(crate) handle: String,
    /// None until what was verified reaches the first level.
    pub(crate) token: Option<Token>,
}

/// What those get who may be told no more than that they are refused.
pub(crate) type Answer<T> = Result<T, Failure<Refused>>;

impl Identity {
    /// Starts a session with a password. Whoever is refused learns nothing but that: accounts
    /// that do not exist, are disabled or have to wait take the same path and the same time.
    pub(crate) async fn sign_in(
        &self,
        person: PersonId,
        password: &str,
        request: &Request,
    ) -> Answer<Grant> {
        let proof = self.password_proof(&person, password).await?;
        self.begin_session(person, proof, request).await
    }

    /// Starts a session with what was presented as a first factor.
    pub(crate) async fn begin_session(
        &self,
        person: PersonId,
        proof: Proof,
        request: &Request,
    ) -> Answer<Grant> {
        let handle = Handle::draw(person, SessionId::from(runtime::new_id()));
        let command = Command::SignIn {
            session: handle.session.clone(),
            secret: handle.digest(),
            proof,
        };
        match self.account(&handle.person, &command, request).await {
            Ok(done) => self.granted(handle, &done.events, done.state).await,
            Err(Failure::Refused(account::Refusal::PersonUnknown(_))) => {
                self.stranger(request).await
            }
            Err(other) => Err(other.map(|_| Refused::SignIn)),
        }
    }

    /// Verifies the password anew in a session.
    pub(crate) async fn verify_password(
        &self,
        handle: Handle,
        password: &str,
        request: &Request,
    ) -> Result<Grant, AnyFailure> {
        let proof = self.password_proof(&handle.person, password).await?;
        self.step_up(handle, request, |secret| Command::StepUp { secret, proof })
            .await
    }

    /// Verifies a one-time password in a session.
    pub(crate) async fn verify_totp(
        &self,
        handle: Handle,
        code: &str,
        request: &Request,
    ) -> Result<Grant, AnyFailure> {
        let proof = self
            .totp_proof(&handle.person, code, CredentialStanding::Live)
            .await?;
        self.step_up(handle, request, |secret| Command::StepUp { secret, proof })
            .await
    }

    /// The same in a session that a password too short to stand alone has begun: its handle is all that
    /// its owner has of it.
    pub(crate) async fn verify_totp_with_handle(
        &self,
        handle: &str,
        code: &str,
        context: Context,
    ) -> Result<Grant, AnyFailure> {
        let over = || Failure::Refused(Refused::SessionOver);
        let held = Handle::read(handle).ok_or_else(over)?;
        self.hold(&held).await?;
        let holder = Context {
            actor: Actor::Person {
                id: held.person.clone(),
                session: held.session.clone(),
            },
            ..context
        };
        let next = Handle::draw(held.person, held.session);
        self.verify_totp(next, code, &holder.into()).await
    }

    /// Proves the generator that was offered.
    pub(crate) async fn confirm_totp(
        &self,
        handle: Handle,
        code: &str,
        request: &Request,
    ) -> Result<Grant, AnyFailure> {
        let proof = self
            .totp_proof(&handle.person, code, CredentialStanding::Pending)
            .await?;
        self.step_up(handle, request, |secret| Command::ConfirmTotp {
            by: By::Session,
            proof,
            secret,
        })
        .await
    }

    /// The same with an enrolment's one-time code: the generator counts, and all sessions end.
    pub(crate) async fn confirm_totp_with_code(
        &self,
        person: PersonId,
        code: &OneTimeCode,
        totp: &str,
        request: &Request,
    ) -> Result<(), AnyFailure> {
        let proof = self.totp_proof(&person, totp, CredentialStanding::Pending);
        let proof = proof.await?;
        let handle = Handle::draw(person, SessionId::from(runtime::new_id()));
        let command = Command::ConfirmTotp {
            by: By::Code(code.digest()),
            proof,
            // No session is raised that it could open.
            secret: handle.digest(),
        };
        let done = self.account(&handle.person, &command, request).await;
        enrolled(self, done, request).await
    }

    pub(crate) async fn step_up(
        &self,
        handle: Handle,
        request: &Request,
        command: impl FnOnce(identity_domain::Digest) -> Command,
    ) -> Result<Grant, AnyFailure> {
        let command = command(handle.digest());
        let done = self.account(&handle.person, &command, request).await?;
        Ok(self.granted(handle, &done.events, done.state).await?)
    }

    pub(crate) async fn read_account<R>(&self, person: &PersonId) -> Result<State, Failure<R>> {
        let db = self.store.database().read();
        query::one::<Accounts, R>(db, person.as_str()).await
    }

    /// The session is there only if nothing was refused.
    pub(crate) async fn granted(
        &self,
        handle: Handle,
        events: &[Event],
        state: State,
    ) -> Answer<Grant> {
        if let Some(why) = events.iter().find_map(refused_for) {
            return Err(Failure::Refused(self.told(why, &state)));
        }
        let session = state.live_session(&handle.session, self.now());
        let session = session.ok_or(Failure::Refused(Refused::SignIn))?.clone();
        let token = match session.assurance() {
            Some(_) => {
                let held = (&handle.session, &session);
                let token = self.token(&handle.person, held, state.epoch, Audience::Platform);
                Some(token.await?)
            }
            None => None,
        };
        Ok(Grant {
            handle: handle.text(),
            person: handle.person,
            id: handle.session,
            session,
            token,
        })
    }

    /// What whoever tried is told: nothing but the refusal, unless a code was right and only used
    /// before. Who presents that is in a session, and has the generator.
    fn told(&self, why: Why, state: &State) -> Refused {
        match (why, state.last_totp_step()) {
            (Why::ReplayedTotp, Some(used)) => Refused::CodeUsed(until_after(used, self.now())),
            _ => Refused::SignIn,
        }
    }

    pub(crate) async fn token(
        &self,
        person: &PersonId,
        (id, session): (&SessionId, &Session),
        epoch: u64,
        audience: Audience,
    ) -> Answer<Token> {
        if session.assurance().is_none() {
            return Err(Failure::Refused(Refused::NothingProven));
        }
        let (db, now) = (self.store.database().read(), self.now());
        let record = facts::record(db, person).await?;
        // Whoever is not in service has no live session, whether or not anybody ended it (7-2-(9)-1).
        let record = record.filter(|record| record.serves(now));
        let record = record.ok_or(Failure::Refused(Refused::SessionOver))?;
        let held = facts::posts_of(db, person, now).await?;
        let mut roles: Vec<Role> = held
            .iter()
            .flat_map(|post| post.recorded.iter())
            .flat_map(|post| post.roles.iter().copied())
            .collect();
        let directory = self.directory.get();
        let posts = held.iter().flat_map(|post| &post.recorded);
        let posts = posts.map(|post| (post.place.section(), &post.roles));
        roles.extend(directory.derived_roles(person, posts, now));
        roles.sort_unstable();
        roles.dedup();
        // What the token says of section and roles is good as long as it is so.
        let ends = held.iter().filter_map(|post| post.holders.end_of(now));
        let ends = ends.chain(record.memberships.end_of(now));
        let nominations = directory.nominations_of(person, now);
        let ends = ends.chain(nominations.filter_map(|(_, nomination)| nomination.until));
        let session = Session {
            ends_at: ends.fold(session.ends_at, Timestamp::min),
            ..session.clone()
        };
        let bearer = Bearer {
            person: person.clone(),
            epoch,
            roles,
            section: record.section(now).cloned(),
        };
        Ok(self.tokens.mint(bearer, audience, (id, &session), now))
    }

    async fn password_proof(&self, person: &PersonId, password: &str) -> Answer<Proof> {
        let state = self.read_account(person).await?;
        let (credential, hash) = state.password().unzip();
        let matches = self.passwords.matches(password, hash).await;
        Ok(Proof::Password {
            credential: credential.cloned(),
            matches: matches.map_err(unhashed)?,
        })
    }

    async fn totp_proof(
        &self,
        person: &PersonId,
        code: &str,
        standing: CredentialStanding,
    ) -> Answer<Proof> {
        let state = self.read_account(person).await?;
        let generator = state
            .credentials
            .iter()
            .find_map(|(id, known)| match &known.factor {
                Factor::Totp { secret, .. } if known.standing == standing => Some((id, secret)),
                _ => None,
            });
        let Some((id, sealed)) = generator else {
            return Ok(Proof::Totp {
                credential: None,
                step: None,
            });
        };
        let secret = self.sealing.open(person, id, sealed);
        let secret = secret.map_err(|error| Failure::Corrupt {
            table: "account",
            row: person.to_string(),
            reason: format!("the secret of credential {id}: {error}"),
        })?;
        Ok(Proof::Totp {
            credential: Some(id.clone()),
            step: Otp::of(&secret).and_then(|otp| otp.step(code, self.now())),
        })
    }

    /// Somebody who is not registered: on record too, without a name that might be a password.
    pub(crate) async fn stranger<T>(&self, request: &Request) -> Answer<T> {
        let mut unit = self.store.unit(request.clone()).await?;
        unit.record("account", "unknown", publish::stranger_refused());
        unit.commit().await?;
        Err(Failure::Refused(Refused::SignIn))
    }
}

/// Whether an enrolment was carried out. A wrong code is refused like a wrong password, and for
/// somebody who is not registered too.
pub(crate) async fn enrolled(
    identity: &Identity,
    done: Result<Done<State>, Failure<account::Refusal>>,
    request: &Request,
) -> Result<(), AnyFailure> {
    match done {
        Ok(done) if done.events.iter().any(|event| refused_for(event).is_some()) => {
            Err(Failure::Refused(Refused::SignIn).into())
        }
        Ok(_) => Ok(()),
        Err(Failure::Refused(account::Refusal::PersonUnknown(_))) => {
            Ok(identity.stranger(request).await?)
        }
        Err(other) => Err(other.into()),
    }
}

fn refused_for(event: &Event) -> Option<Why> {
    match event {
        Event::SignInRefused { why, .. } => Some(*why),
        _ => None,
    }
}

/// The hash function's troubles as the caller hears them.
pub(crate) fn unhashed(error: Unhashed) -> Failure<Refused> {
    match error {
        Unhashed::Busy => Failure::Refused(Refused::Busy),
        Unhashed::Failed(reason) => Failure::Unavailable(sea_orm::DbErr::Custom(reason)),
    }
}
