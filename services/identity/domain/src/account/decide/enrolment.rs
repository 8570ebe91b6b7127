//! How an account comes to its first factor, or to a new password when the old one is gone.

use kernel::SessionId;

use super::Asked;
use crate::{
    Digest,
    account::{
        By, Credential, CredentialId, CredentialStanding, ENROLMENT, Event, Factor, Refusal,
        Standing, Why, password::NewPassword,
    },
};

impl Asked<'_> {
    pub(super) fn open_enrolment(&self, code: &Digest) -> Result<Vec<Event>, Refusal> {
        self.manager_freshly()?;
        if self.account.standing == Standing::Disabled && !self.account.dormant {
            return Err(Refusal::Disabled);
        }
        if !self.facts.in_service {
            return Err(Refusal::NotInService);
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
        if let Err(why) = self.open_to(code) {
            return Ok(vec![self.refused(why)]);
        }
        password.measure.check(self.account.password_alone())?;
        let mut events = self.replace_password(credential, password, true);
        events.extend(self.enabled_by_code());
        events.extend(self.revoke_where("enrolled anew", |_, _| true));
        Ok(events)
    }

    /// Whether a factor may be enrolled so, and in which session if it is in one. `Err` inside
    /// is a failed try that goes on record.
    pub(super) fn allowed(&self, by: &By) -> Result<Result<Option<&SessionId>, Why>, Refusal> {
        match by {
            By::Session => self.fresh_session().map(|(id, _)| Ok(Some(id))),
            By::Code(code) => Ok(self.open_to(code).map(|()| None)),
        }
    }

    fn open_to(&self, code: &Digest) -> Result<(), Why> {
        let open = self.account.is_open_to(code, self.context.now);
        match (open, self.facts.in_service) {
            (false, _) => Err(Why::WrongCode),
            (true, false) => Err(Why::NotInService),
            (true, true) => Ok(()),
        }
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
            alone: password.measure.stands_alone(),
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
