//! What a new credential is made of.

use identity_domain::account::{self, CredentialId, password::NewPassword};
use kernel::PersonId;
use store::Failure;

use crate::{
    failure::AnyFailure,
    identity::Identity,
    sign_in::unhashed,
    store::{People, query},
};

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
