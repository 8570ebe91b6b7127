//! Passkeys: from a challenge to an enrolled factor, a session or a raised one.
//!
//! The RPCs and the pages call the same methods: `offer_passkey` and `enrol_passkey`;
//! `ask_for_passkey` and `sign_in_with_passkey` or `verify_passkey`. Between the two of each pair the
//! browser does what [`Ceremony::options`] says. A challenge is kept in the database, so that any
//! replica takes the answer, for five minutes and for one answer, right or wrong.

use identity_domain::account::{By, Command, CredentialId, Proof};
use jiff::SignedDuration;
use kernel::{PersonId, SessionId};
use store::{Failure, Request};

use crate::{
    begun::Who,
    credentials::new_credential,
    failure::AnyFailure,
    identity::Identity,
    refused::Refused,
    secrets::{Asked, Handle, Mismatch},
    sign_in::{self, Answer, Grant},
    sources::Source,
    store::{Challenge, keep_challenge, passkey_holder, take_challenge},
};

/// How long a challenge is good.
const GOOD: SignedDuration = SignedDuration::from_mins(5);

/// A step that the browser takes.
pub(crate) struct Ceremony {
    /// Id of the challenge, to come back with the answer.
    pub(crate) challenge: String,
    /// Options for `navigator.credentials`, JSON: `{"publicKey": ...}`, bytes in base64url.
    pub(crate) options: String,
}

/// What a challenge was given for; it is good for nothing else.
enum Purpose<'a> {
    /// A new passkey of that person.
    Enrol(&'a PersonId),
    /// A new session.
    SignIn,
    /// A step-up of that session.
    Verify(&'a SessionId),
}

impl Purpose<'_> {
    fn text(&self) -> String {
        match self {
            Self::Enrol(person) => format!("enrol/{person}"),
            Self::SignIn => "sign_in".to_owned(),
            Self::Verify(session) => format!("verify/{session}"),
        }
    }
}

impl Identity {
    /// Asks for a new passkey of a person: in a session ([`By::Session`], the person being its
    /// owner) or with an enrolment's one-time code. Whether the session is fresh is judged when
    /// the passkey is there; a wrong code is refused here already.
    pub(crate) async fn offer_passkey(
        &self,
        person: &PersonId,
        by: &By,
        request: &Request,
    ) -> Result<Ceremony, AnyFailure> {
        let state = self.read_account::<Refused>(person).await?;
        if let By::Code(code) = by
            && !state.is_open_to(code, self.now())
        {
            return Err(Failure::Refused(Refused::SignIn).into());
        }
        let name = self.name_of(person).await?;
        let known = state.passkeys().map(|(_, known)| known);
        let asked = self.relying_party.offer(person, &name, known);
        let purpose = Purpose::Enrol(person);
        let begun = self.begin(Who::Person(person), &purpose, asked, request);
        Ok(begun.await?)
    }

    /// Enrols what the browser made. It raises no session; with a code it ends all of them.
    pub(crate) async fn enrol_passkey(
        &self,
        person: &PersonId,
        by: By,
        answered: Answered<'_>,
        name: &str,
        request: &Request,
    ) -> Result<CredentialId, AnyFailure> {
        let purpose = Purpose::Enrol(person);
        let state = self.answered(&purpose, answered.challenge, request).await?;
        let made = self.relying_party.made(answered.json, &state, name);
        let passkey = made.map_err(|error| Failure::Refused(not_made(&error)))?;
        let credential = new_credential();
        let command = Command::EnrolPasskey {
            by,
            credential: credential.clone(),
            passkey,
        };
        let done = self.account(person, &command, request).await;
        sign_in::enrolled(self, done, request).await?;
        Ok(credential)
    }

    /// Asks for anybody's passkey, to sign in.
    pub(crate) async fn ask_anybody_for_passkey(
        &self,
        source: &Source,
        request: &Request,
    ) -> Answer<Ceremony> {
        let (who, asked) = (Who::Stranger(source), self.relying_party.ask());
        self.begin(who, &Purpose::SignIn, asked, request).await
    }

    /// Asks for a passkey of the session's owner, to step up.
    pub(crate) async fn ask_for_passkey(
        &self,
        person: &PersonId,
        session: &SessionId,
        request: &Request,
    ) -> Answer<Ceremony> {
        let (who, asked) = (Who::Person(person), self.relying_party.ask());
        let purpose = Purpose::Verify(session);
        self.begin(who, &purpose, asked, request).await
    }

    /// Starts a session with a passkey, whosever it is.
    pub(crate) async fn sign_in_with_passkey(
        &self,
        answered: Answered<'_>,
        request: &Request,
    ) -> Answer<Grant> {
        let challenge = answered.challenge;
        let state = self.answered(&Purpose::SignIn, challenge, request).await?;
        let holder = self.holder(answered.json).await?;
        let Some(person) = holder else {
            return self.stranger(request).await;
        };
        let proof = self.passkey_proof(&person, answered.json, &state).await?;
        self.begin_session(person, proof, request).await
    }

    /// Verifies a passkey of the session's owner in the session.
    pub(crate) async fn verify_passkey(
        &self,
        handle: Handle,
        answered: Answered<'_>,
        request: &Request,
    ) -> Result<Grant, AnyFailure> {
        let purpose = Purpose::Verify(&handle.session);
        let state = self.answered(&purpose, answered.challenge, request).await?;
        let proof = self.passkey_proof(&handle.person, answered.json, &state);
        let proof = proof.await?;
        self.step_up(handle, request, |secret| Command::StepUp { secret, proof })
            .await
    }

    /// What the answer proves for that person; of another person's passkey, nothing.
    async fn passkey_proof(&self, person: &PersonId, json: &str, state: &str) -> Answer<Proof> {
        let assertion = self.relying_party.read(json).map_err(malformed)?;
        let account = self.read_account(person).await?;
        let known = account
            .passkeys()
            .find(|(_, known)| known.handle == assertion.handle);
        let signed = known.and_then(|(id, known)| {
            let verified = self.relying_party.verify(&assertion, state, person, known);
            let reason = |error: &Mismatch| tracing::info!(%error, credential = %id, "passkey");
            verified.inspect_err(reason).ok()
        });
        Ok(Proof::Passkey {
            credential: known.map(|(id, _)| id.clone()),
            signed,
        })
    }

    async fn holder(&self, json: &str) -> Answer<Option<PersonId>> {
        let handle = &self.relying_party.read(json).map_err(malformed)?.handle;
        let db = self.store.database().read();
        Ok(passkey_holder(db, handle).await?)
    }

    async fn begin(
        &self,
        who: Who<'_>,
        purpose: &Purpose<'_>,
        asked: Result<Asked, Mismatch>,
        request: &Request,
    ) -> Answer<Ceremony> {
        self.begun.take(who)?;
        let asked = asked.map_err(|error| Failure::Unavailable(failed(&error)))?;
        let challenge = Challenge {
            id: runtime::new_id().to_string(),
            purpose: purpose.text(),
            state: asked.state,
            ends_at: self.now() + GOOD,
        };
        let kept = &challenge;
        let done = self.store.transact(request, |unit| async move {
            keep_challenge(&unit, kept).await?;
            Ok((unit, ()))
        });
        done.await?;
        Ok(Ceremony {
            challenge: challenge.id,
            options: asked.options,
        })
    }

    /// Takes a challenge away and gives what was kept with it.
    async fn answered(
        &self,
        purpose: &Purpose<'_>,
        challenge: &str,
        request: &Request,
    ) -> Answer<String> {
        let purpose = &purpose.text();
        let taken = self.store.transact(request, |unit| async move {
            let taken = take_challenge(&unit, challenge).await?;
            Ok((unit, taken))
        });
        let taken: Option<Challenge> = taken.await?;
        let good = taken.filter(|one| one.purpose == *purpose && self.now() < one.ends_at);
        let good = good.ok_or(Failure::Refused(Refused::ChallengeOver))?;
        Ok(good.state)
    }
}

/// What came back from the browser.
#[derive(Clone, Copy)]
pub(crate) struct Answered<'a> {
    /// Id of the challenge.
    pub(crate) challenge: &'a str,
    /// What `PublicKeyCredential.toJSON()` wrote.
    pub(crate) json: &'a str,
}

fn malformed(_: Mismatch) -> Failure<Refused> {
    Failure::Refused(Refused::PasskeyUnreadable)
}

fn not_made(error: &Mismatch) -> Refused {
    tracing::info!(%error, "passkey not enrolled");
    match error {
        Mismatch::Form(_) => Refused::PasskeyUnreadable,
        Mismatch::Wrong(_) => Refused::PasskeyUnverified,
    }
}

fn failed(error: &Mismatch) -> sea_orm::DbErr {
    sea_orm::DbErr::Custom(error.to_string())
}
