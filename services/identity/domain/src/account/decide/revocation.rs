//! Stopping: lost credentials, revoked sessions, disabled accounts.

use super::Asked;
use crate::{
    account::{CredentialId, CredentialStanding, Event, Refusal, Sessions, Standing},
    organisation::Authority,
};

impl Asked<'_> {
    pub(super) fn revoke_sessions(
        &self,
        sessions: &Sessions,
        reason: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.owner_or(Authority::Stop)?;
        let revoked = self.revoke_where(reason, |id, _| match sessions {
            Sessions::All => true,
            Sessions::One(wanted) => id == wanted,
        });
        Ok(revoked.into_iter().collect())
    }

    /// In one decision: the credential is dead, the sessions it helped to start are gone, and
    /// every access token out there is old. Any session does for reporting one's own loss.
    pub(super) fn report_lost(
        &self,
        credential: &CredentialId,
        circumstances: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.owner_or(Authority::Stop)?;
        let known = self.account.credentials.get(credential);
        let known = known.ok_or(Refusal::FactorUnknown)?;
        if known.standing == CredentialStanding::Lost {
            return Ok(vec![]);
        }
        Ok(vec![Event::CredentialLost {
            credential: credential.clone(),
            kind: known.factor.kind(),
            reported_by: self.context.actor.person().cloned(),
            sessions: self.sessions_where(|_, session| session.uses(credential)),
            epoch: self.next_epoch(),
            circumstances: circumstances.to_owned(),
        }])
    }

    pub(super) fn disable(&self, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.manager()?;
        match self.account.standing {
            Standing::Disabled => return Ok(vec![]),
            Standing::Absent if self.account.enrolment.is_none() => {
                return Err(Refusal::AccountUnknown(self.facts.person.clone()));
            }
            Standing::Absent | Standing::Active => {}
        }
        let disabled = Event::Disabled {
            reason: reason.to_owned(),
            epoch: self.next_epoch(),
        };
        let revoked = self.revoke_where(reason, |_, _| true);
        Ok(revoked.into_iter().chain([disabled]).collect())
    }

    pub(super) fn enable(&self, reason: &str) -> Result<Vec<Event>, Refusal> {
        self.manager()?;
        match self.account.standing {
            Standing::Active => Ok(vec![]),
            Standing::Absent => Err(Refusal::AccountUnknown(self.facts.person.clone())),
            Standing::Disabled => Ok(vec![Event::Enabled {
                reason: reason.to_owned(),
            }]),
        }
    }

    fn owner_or(&self, needed: Authority) -> Result<(), Refusal> {
        if self.by_owner() {
            self.own_session().map(|_| ())
        } else {
            self.authority(needed)
        }
    }
}
