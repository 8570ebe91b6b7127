//! Stopping: lost credentials, revoked sessions, disabled accounts.

use kernel::{Actor, SessionId};

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
        if !self.by_directory(Authority::Stop) {
            self.owner_or(Authority::Stop)?;
        }
        let revoked = self.revoke_where(reason, |id, session| match sessions {
            Sessions::All => true,
            Sessions::One(wanted) => id == wanted,
            Sessions::Linked {
                credential,
                sessions,
            } => {
                let meant = |known: &Vec<SessionId>| known.contains(id) || session.chain.is_some();
                session.uses(credential) && sessions.as_ref().is_none_or(meant)
            }
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

    /// The outside directory may stop an account before there is one: nobody enrols then. A stop
    /// from here takes the place of one from outside.
    pub(super) fn disable(&self, reason: &str) -> Result<Vec<Event>, Refusal> {
        let outside = self.by_directory(Authority::Manage);
        if !outside {
            self.manager()?;
        }
        match self.account.standing {
            Standing::Disabled if self.stopped_as_much(outside) => return Ok(vec![]),
            Standing::Absent if self.account.enrolment.is_none() && !outside => {
                return Err(Refusal::AccountUnknown(self.facts.person.clone()));
            }
            Standing::Absent | Standing::Active | Standing::Disabled => {}
        }
        let disabled = Event::Disabled {
            person: self.facts.person.clone(),
            outside,
            reason: reason.to_owned(),
            epoch: self.next_epoch(),
        };
        let revoked = self.revoke_where(reason, |_, _| true);
        Ok(revoked.into_iter().chain([disabled]).collect())
    }

    /// What was stopped here the outside directory does not let go on, however often it says that
    /// everybody is active.
    pub(super) fn enable(&self, reason: &str) -> Result<Vec<Event>, Refusal> {
        let outside = self.by_directory(Authority::Manage);
        if !outside {
            self.manager_freshly()?;
        }
        match self.account.standing {
            Standing::Active if outside || !self.lies_dormant() => Ok(vec![]),
            Standing::Absent => Err(Refusal::AccountUnknown(self.facts.person.clone())),
            Standing::Disabled if outside && !self.account.stopped_outside => {
                Err(Refusal::StoppedHere)
            }
            Standing::Active | Standing::Disabled => Ok(vec![Event::Enabled {
                reason: reason.to_owned(),
                at: self.context.now,
            }]),
        }
    }

    /// Whether it was stopped before by somebody of as much weight: one from here weighs more than the
    /// outside directory, and either more than that nobody used it.
    fn stopped_as_much(&self, outside: bool) -> bool {
        let account = self.account;
        !account.dormant && (outside || !account.stopped_outside)
    }

    fn owner_or(&self, needed: Authority) -> Result<(), Refusal> {
        if self.by_owner() {
            self.own_session().map(|_| ())
        } else {
            self.authority(needed)
        }
    }

    /// A machine that was given authority stops accounts and lets them go on (SCIM), and does nothing
    /// else with them.
    fn by_directory(&self, needed: Authority) -> bool {
        matches!(self.context.actor, Actor::Workload(_)) && self.facts.authority >= needed
    }
}
