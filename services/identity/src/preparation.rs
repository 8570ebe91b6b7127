//! Accounts made usable at the first start, by the process itself and by nobody else.

use identity_domain::account::{self, Command, CredentialId, TotpSecret, password::NewPassword};
use kernel::PersonId;
use store::Failure;

use crate::{
    failure::AnyFailure,
    identity::Identity,
    sign_in::unhashed,
    store::{People, query},
};

/// A running identity service as the process that runs it sees it: no RPC leads here.
#[derive(Clone)]
pub struct Preparation(pub(crate) Identity);

/// Why an account was not prepared.
#[derive(Debug, thiserror::Error)]
#[error("the account of {person} cannot be prepared: {reason}")]
pub struct Unprepared {
    /// Whose.
    pub person: PersonId,
    /// Why.
    pub reason: String,
}

impl Preparation {
    /// Gives a registered person who has no account yet a password (8 characters or more) and a
    /// one-time password generator (base32).
    ///
    /// # Errors
    /// The person is unknown or has an account, or the password is too weak.
    pub async fn prepare_sign_in(
        &self,
        person: &PersonId,
        password: &str,
        totp_secret: &str,
    ) -> Result<(), Unprepared> {
        let unprepared = |reason: String| Unprepared {
            person: person.clone(),
            reason,
        };
        let new = self.0.new_password(person, password).await;
        let new = new.map_err(|failure| unprepared(failure.to_string()))?;
        let command = Command::Prepare {
            password: (new_credential(), new),
            totp: (new_credential(), TotpSecret::new(totp_secret)),
        };
        let done = self
            .0
            .account(person, &command, &self.0.own_request())
            .await;
        done.map(|_| ())
            .map_err(|failure| unprepared(failure.to_string()))
    }
}

impl Identity {
    /// Measures a password by what is known of the person, and hashes it.
    pub(crate) async fn new_password(
        &self,
        person: &PersonId,
        password: &str,
    ) -> Result<NewPassword, AnyFailure> {
        let db = self.store.database().read();
        let record = query::one::<People, account::Refusal>(db, person.as_str());
        let name = record
            .await?
            .registered
            .map_or(String::new(), |record| record.name);
        let measure = account::password::measure(password, &[person.as_str(), &name])
            .map_err(|weakness| Failure::Refused(account::Refusal::from(weakness)))?;
        let hash = self.passwords.hash(password).await.map_err(unhashed)?;
        Ok(NewPassword { hash, measure })
    }
}

/// A new credential's id.
pub(crate) fn new_credential() -> CredentialId {
    CredentialId::new(runtime::new_id().to_string())
}
