//! What a new credential is made of.

use identity_domain::account::{
    self, By, Command, CredentialId, RECOVERY_CODES, password::NewPassword,
};
use kernel::PersonId;
use sea_orm::DbErr;
use store::{Failure, Request};

use crate::{
    bootstrap::Code,
    failure::AnyFailure,
    identity::Identity,
    metrics,
    refused::Refused,
    secrets::{OneTimeCode, Otp},
    sign_in::{enrolled, unhashed},
    store::{People, query},
};

/// A one-time password generator that waits for its first code.
pub(crate) struct OfferedTotp {
    pub(crate) credential: CredentialId,
    /// The shared secret, base32: told once.
    pub(crate) secret: String,
    /// The same as an `otpauth://` URI.
    pub(crate) uri: String,
}

impl Identity {
    /// Offers a person a generator: in a session of theirs, or with an enrolment's one-time code.
    pub(crate) async fn offer_totp(
        &self,
        person: &PersonId,
        by: By,
        request: &Request,
    ) -> Result<OfferedTotp, AnyFailure> {
        let otp = Otp::draw(person.as_str()).map_err(failed)?;
        let (credential, secret) = (new_credential(), otp.secret());
        let sealed = self.sealing.seal(person, &credential, &secret);
        let command = Command::OfferTotp {
            by,
            credential: credential.clone(),
            secret: sealed.map_err(failed)?,
        };
        let done = self.account(person, &command, request).await;
        enrolled(self, done, request).await?;
        Ok(OfferedTotp {
            credential,
            secret,
            uri: otp.uri().map_err(failed)?,
        })
    }

    /// A new set of recovery codes for the owner of the request's session, told once.
    pub(crate) async fn make_recovery_codes(
        &self,
        person: &PersonId,
        request: &Request,
    ) -> Result<Vec<String>, AnyFailure> {
        let drawn: Vec<_> = (0..RECOVERY_CODES).map(|_| OneTimeCode::draw()).collect();
        let command = Command::MakeRecoveryCodes {
            credential: new_credential(),
            codes: drawn.iter().map(OneTimeCode::digest).collect(),
        };
        self.account(person, &command, request).await?;
        Ok(drawn.iter().map(OneTimeCode::text).collect())
    }

    /// Uses a recovery code up for the one-time code of a short enrolment.
    pub(crate) async fn use_recovery_code(
        &self,
        person: &PersonId,
        recovery: &OneTimeCode,
        request: &Request,
    ) -> Result<Code, AnyFailure> {
        let code = OneTimeCode::draw();
        let command = Command::UseRecoveryCode {
            recovery: recovery.digest(),
            code: code.digest(),
        };
        let done = self.account(person, &command, request).await;
        let opened = done
            .as_ref()
            .ok()
            .and_then(|done| done.state.enrolment.clone());
        enrolled(self, done, request).await?;
        metrics::sign_in().recovered();
        let opened = opened.ok_or(Failure::Refused(Refused::SignIn))?;
        Ok(Code {
            text: code.text(),
            ends_at: opened.ends_at,
        })
    }

    /// A person's name; empty for one who is not registered.
    pub(crate) async fn name_of(&self, person: &PersonId) -> Result<String, AnyFailure> {
        let db = self.store.database().read();
        let record = query::one::<People, account::Refusal>(db, person.as_str()).await?;
        Ok(record
            .registered
            .map_or(String::new(), |record| record.name))
    }

    /// Measures a password by what is known of the person and the city, and hashes it.
    pub(crate) async fn new_password(
        &self,
        person: &PersonId,
        password: &str,
    ) -> Result<NewPassword, AnyFailure> {
        let name = self.name_of(person).await?;
        let pack = &self.runtime.pack;
        let known = [person.as_str(), &name, pack.id(), pack.city()];
        let measure = account::password::measure(password, &known)
            .map_err(|weakness| Failure::Refused(account::Refusal::from(weakness)))?;
        let hash = self.passwords.hash(password).await.map_err(unhashed)?;
        Ok(NewPassword { hash, measure })
    }
}

/// A new credential's id.
pub(crate) fn new_credential() -> CredentialId {
    CredentialId::new(runtime::new_id().to_string())
}

/// What cannot happen to a secret of our own making.
fn failed(error: impl std::fmt::Display) -> AnyFailure {
    Failure::<Refused>::Unavailable(DbErr::Custom(error.to_string())).into()
}
