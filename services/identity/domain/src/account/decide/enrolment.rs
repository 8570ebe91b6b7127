//! How an account comes to its first factor, or to a new password when the old one is gone.

use super::Asked;
use crate::{
    Digest,
    account::{
        Credential, CredentialId, CredentialStanding, ENROLMENT, Event, Factor, Refusal, Standing,
        Why, password::NewPassword,
    },
};

impl Asked<'_> {
    pub(super) fn open_enrolment(&self, code: &Digest) -> Result<Vec<Event>, Refusal> {
        self.manager()?;
        if self.account.standing == Standing::Disabled || !self.facts.in_service {
            return Err(Refusal::Disabled);
        }
        Ok(vec![Event::EnrolmentOpened {
            person: self.facts.person.clone(),
            code: code.clone(),
            ends_at: self.context.now + ENROLMENT,
        }])
    }

    /// A new password takes the place of the old one, and whatever the old one opened is closed.
    pub(super) fn enrol(
        &self,
        code: &Digest,
        credential: &CredentialId,
        password: &NewPassword,
    ) -> Result<Vec<Event>, Refusal> {
        let open = self.account.enrolment.as_ref();
        let valid = open.is_some_and(|open| open.code == *code && self.context.now < open.ends_at);
        if !valid {
            return Ok(vec![self.refused(Why::WrongCode)]);
        }
        if !self.facts.in_service {
            return Ok(vec![self.refused(Why::Disabled)]);
        }
        password.measure.check(self.account.totp().is_none())?;
        let mut events = self.replace_password(credential, password, true);
        events.extend(self.revoke_where("enrolled anew", |_, _| true));
        Ok(events)
    }

    pub(super) fn replace_password(
        &self,
        credential: &CredentialId,
        password: &NewPassword,
        by_code: bool,
    ) -> Vec<Event> {
        let old = self
            .account
            .password()
            .map(|(old, _)| Event::FactorRemoved {
                credential: old.clone(),
                kind: standard::FactorKind::Password,
            });
        let factor = Factor::Password {
            hash: password.hash.clone(),
            chars: password.measure.chars,
        };
        old.into_iter()
            .chain([self.enrolled(credential, factor, by_code)])
            .collect()
    }

    pub(super) fn enrolled(
        &self,
        credential: &CredentialId,
        factor: Factor,
        by_code: bool,
    ) -> Event {
        Event::FactorEnrolled {
            person: self.facts.person.clone(),
            by_code,
            credential: credential.clone(),
            enrolled: Credential {
                factor,
                standing: CredentialStanding::Live,
                since: self.context.now,
            },
        }
    }
}
