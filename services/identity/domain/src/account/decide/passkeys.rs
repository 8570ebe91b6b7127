//! Passkeys.

use super::Asked;
use crate::account::{By, CredentialId, Event, Factor, MAX_PASSKEYS, Passkey, Refusal};

impl Asked<'_> {
    /// With a code all that was open before is closed, as after a new password.
    pub(super) fn enrol_passkey(
        &self,
        by: &By,
        credential: &CredentialId,
        passkey: &Passkey,
    ) -> Result<Vec<Event>, Refusal> {
        let own = match self.allowed(by)? {
            Ok(own) => own,
            Err(why) => return Ok(vec![self.refused(why)]),
        };
        if self.facts.passkey_known {
            return Err(Refusal::PasskeyKnown);
        }
        if self.account.passkeys().count() >= MAX_PASSKEYS {
            return Err(Refusal::TooManyPasskeys);
        }
        let by_code = own.is_none();
        let factor = Factor::Passkey(passkey.clone());
        let enrolled = self.enrolled(credential, factor, by_code);
        let revoked = self.revoke_where("enrolled anew", |_, _| by_code);
        let enabled = by_code.then(|| self.enabled_by_code()).flatten();
        let events = [enrolled].into_iter().chain(enabled).chain(revoked);
        Ok(events.collect())
    }
}
