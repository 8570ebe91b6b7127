//! Starting a session, raising it, ending it.

use kernel::SessionId;
use standard::FactorKind;

use super::Asked;
use crate::{
    Digest,
    account::{
        CredentialId, CredentialStanding, Event, Factor, MAX_SESSIONS, Proof, Refusal, Standing,
        Verified, Why,
    },
};

impl Asked<'_> {
    pub(super) fn sign_in(
        &self,
        session: &SessionId,
        secret: &Digest,
        proof: &Proof,
    ) -> Vec<Event> {
        if matches!(proof, Proof::Totp { .. }) {
            return vec![self.refused(Why::NotFirst)];
        }
        let (factor, step) = match self.judge(proof, CredentialStanding::Live) {
            Ok(verified) => verified,
            Err(why) => return vec![self.refused(why)],
        };
        let started = Event::SessionStarted {
            session: session.clone(),
            secret: secret.clone(),
            factor,
            step,
            ends_at: self.context.now + self.facts.session_length,
        };
        self.oldest_beyond_limit()
            .into_iter()
            .chain([started])
            .collect()
    }

    /// A step-up also verifies a factor anew; the session's old handle is good no longer.
    pub(super) fn step_up(&self, secret: &Digest, proof: &Proof) -> Result<Vec<Event>, Refusal> {
        let (session, _) = self.own_session()?;
        Ok(match self.judge(proof, CredentialStanding::Live) {
            Ok((factor, step)) => vec![Event::SessionSteppedUp {
                session: session.clone(),
                secret: secret.clone(),
                factor,
                step,
            }],
            Err(why) => vec![self.refused(why)],
        })
    }

    pub(super) fn sign_out(&self) -> Vec<Event> {
        match self.own_session() {
            Ok((session, _)) => vec![Event::SessionEnded {
                session: session.clone(),
            }],
            Err(_) => vec![],
        }
    }

    /// Whether what was presented verifies a factor of that standing.
    pub(super) fn judge(
        &self,
        proof: &Proof,
        standing: CredentialStanding,
    ) -> Result<(Verified, Option<u64>), Why> {
        match self.account.standing {
            Standing::Absent => return Err(Why::NoFactor),
            Standing::Disabled => return Err(Why::Disabled),
            Standing::Active if !self.facts.in_service => return Err(Why::Disabled),
            Standing::Active => {}
        }
        let now = self.context.now;
        match proof {
            Proof::Password {
                credential,
                matches,
            } => {
                if self.account.password_tries.waits(now) {
                    return Err(Why::Waiting);
                }
                let (id, _) = self.known(credential.as_ref(), standing)?;
                let right = matches.then_some(()).ok_or(Why::WrongPassword);
                right.map(|()| (verified(id, FactorKind::Password, now), None))
            }
            Proof::Totp { credential, step } => {
                if self.account.totp_tries.waits(now) {
                    return Err(Why::Waiting);
                }
                let (id, factor) = self.known(credential.as_ref(), standing)?;
                let Factor::Totp { last_step, .. } = factor else {
                    return Err(Why::NoFactor);
                };
                let step = step.ok_or(Why::WrongTotp)?;
                if last_step.is_some_and(|last| step <= last) {
                    return Err(Why::ReplayedTotp);
                }
                Ok((verified(id, FactorKind::Totp, now), Some(step)))
            }
        }
    }

    pub(super) fn refused(&self, why: Why) -> Event {
        Event::SignInRefused {
            person: self.facts.person.clone(),
            why,
            at: self.context.now,
        }
    }

    /// The credential the proof was held against, if it still stands as it must.
    fn known(
        &self,
        credential: Option<&CredentialId>,
        standing: CredentialStanding,
    ) -> Result<(&CredentialId, &Factor), Why> {
        let known = credential.and_then(|id| self.account.credentials.get_key_value(id));
        known
            .filter(|(_, known)| known.standing == standing)
            .map(|(id, known)| (id, &known.factor))
            .ok_or(Why::NoFactor)
    }

    fn oldest_beyond_limit(&self) -> Option<Event> {
        let live = || {
            let all = self.account.sessions.iter();
            all.filter(|(_, session)| self.context.now < session.ends_at)
        };
        if live().count() < MAX_SESSIONS {
            return None;
        }
        let (oldest, _) = live().min_by_key(|(_, session)| session.started_at)?;
        Some(Event::SessionEnded {
            session: oldest.clone(),
        })
    }
}

fn verified(credential: &CredentialId, kind: FactorKind, at: jiff::Timestamp) -> Verified {
    Verified {
        credential: credential.clone(),
        kind,
        at,
    }
}
