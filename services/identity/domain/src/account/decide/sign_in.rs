//! Starting a session, raising it, ending it.

use kernel::SessionId;
use standard::FactorKind;

use super::Asked;
use crate::{
    Digest,
    account::{
        CredentialId, CredentialStanding, Event, Factor, MAX_SESSIONS, Proof, Refusal, Throttle,
        Used, Verified, Why,
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
        let (factors, used) = match self.judge(proof, CredentialStanding::Live) {
            Ok(verified) => verified,
            Err(why) => return vec![self.refused(why)],
        };
        let started = Event::SessionStarted {
            session: session.clone(),
            secret: secret.clone(),
            factors,
            used,
            at: self.context.now,
            ends_at: self.context.now + self.facts.session_length,
        };
        self.oldest_beyond_limit()
            .into_iter()
            .chain([started])
            .collect()
    }

    /// A step-up also verifies a factor anew; the session's old handle is good no longer.
    pub(super) fn step_up(&self, secret: &Digest, proof: &Proof) -> Result<Vec<Event>, Refusal> {
        let (session, _) = self.session_in_hand()?;
        Ok(match self.judge(proof, CredentialStanding::Live) {
            Ok((factors, used)) => {
                let raised = factors.into_iter().map(|factor| Event::SessionSteppedUp {
                    session: session.clone(),
                    secret: secret.clone(),
                    factor,
                    used,
                    at: self.context.now,
                });
                raised.collect()
            }
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

    /// The factors that what was presented verifies, of a credential of that standing.
    pub(super) fn judge(
        &self,
        proof: &Proof,
        standing: CredentialStanding,
    ) -> Result<(Vec<Verified>, Option<Used>), Why> {
        self.usable()?;
        let now = self.context.now;
        match proof {
            Proof::Password {
                credential,
                matches,
            } => {
                if self.account.password_tries.waits(self.tries(), now) {
                    return Err(Why::Waiting);
                }
                let (id, factor) = self.known(credential.as_ref(), standing)?;
                let Factor::Password { alone, .. } = factor else {
                    return Err(Why::NoFactor);
                };
                matches.then_some(()).ok_or(Why::WrongPassword)?;
                let known = Verified {
                    beside_only: !alone,
                    ..verified(id, FactorKind::Password, now)
                };
                Ok((vec![known], None))
            }
            Proof::Totp { credential, step } => {
                if self.account.totp_tries.waits(self.tries(), now) {
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
                Ok((
                    vec![verified(id, FactorKind::Totp, now)],
                    Some(Used::Step(step)),
                ))
            }
            Proof::Passkey { credential, signed } => {
                let (id, factor) = self.known(credential.as_ref(), standing)?;
                let Factor::Passkey(passkey) = factor else {
                    return Err(Why::NoFactor);
                };
                let signed = signed.ok_or(Why::WrongPasskey)?;
                // Authenticators that do not count say 0 always (WebAuthn L3, 7.2 step 22).
                let counts = signed.counter > 0 || passkey.counter > 0;
                if counts && signed.counter <= passkey.counter {
                    return Err(Why::CounterNotRisen);
                }
                let used = Used::Counter {
                    counter: signed.counter,
                    backed_up: signed.backed_up,
                };
                Ok((vec![verified(id, FactorKind::Passkey, now)], Some(used)))
            }
            Proof::Card { credential } => {
                let (id, factor) = self.known(credential.as_ref(), standing)?;
                let Factor::IcCard {
                    certificate: Some(_),
                    ..
                } = factor
                else {
                    return Err(Why::NoFactor);
                };
                Ok((vec![verified(id, FactorKind::IcCard, now)], None))
            }
            Proof::Federated {
                credential,
                proven,
                at,
                ended,
            } => {
                if *ended {
                    return Err(Why::SignedOutThere);
                }
                let factors = self.upstream(credential.as_ref(), proven, *at, standing)?;
                Ok((factors, None))
            }
        }
    }

    /// Whether no factor of the account waits: what opens it by another way than that factor waits
    /// with it.
    pub(super) fn need_not_wait(&self) -> Result<(), Why> {
        let account = self.account;
        let all = [
            &account.password_tries,
            &account.totp_tries,
            &account.recovery_tries,
        ];
        let waits = |one: &&Throttle| one.waits(self.tries(), self.context.now);
        match all.iter().any(waits) {
            true => Err(Why::Waiting),
            false => Ok(()),
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
    pub(super) fn known(
        &self,
        credential: Option<&CredentialId>,
        standing: CredentialStanding,
    ) -> Result<(&CredentialId, &Factor), Why> {
        let known = credential.and_then(|id| self.account.credentials.get_key_value(id));
        let (id, known) = known.ok_or(Why::NoFactor)?;
        match known.standing {
            CredentialStanding::Lost => Err(Why::Lost),
            other if other == standing => Ok((id, &known.factor)),
            _ => Err(Why::NoFactor),
        }
    }

    pub(super) fn oldest_beyond_limit(&self) -> Option<Event> {
        let live = || {
            let all = self.account.sessions.iter();
            all.filter(|(_, session)| session.is_live(self.context.now))
        };
        if live().count() < MAX_SESSIONS {
            return None;
        }
        // Short ones, made for one access token, go before those that people sit at.
        let (oldest, _) = live().min_by_key(|(_, session)| session.ends_at)?;
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
        beside_only: false,
    }
}
