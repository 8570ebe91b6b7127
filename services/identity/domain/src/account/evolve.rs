//! What events leave behind. No rules.

use kernel::SessionId;

use super::{CredentialStanding, Enrolment, Event, Factor, Session, Standing, State, Used, Why};

impl State {
    pub(super) fn take_in(&mut self, event: &Event) {
        match event {
            Event::EnrolmentOpened {
                person,
                code,
                ends_at,
            } => {
                self.person = person.clone();
                self.enrolment = Some(Enrolment {
                    code: code.clone(),
                    ends_at: *ends_at,
                });
            }
            Event::FactorEnrolled {
                person,
                credential,
                enrolled,
                by_code,
            } => {
                self.person = person.clone();
                if *by_code {
                    self.enrolment = None;
                }
                self.forget_failures(&enrolled.factor);
                self.credentials
                    .insert(credential.clone(), enrolled.clone());
                let first = self.standing == Standing::Absent && enrolled.factor.signs_in();
                if first {
                    self.standing = Standing::Active;
                }
                if first || *by_code {
                    self.use_at(enrolled.since);
                }
            }
            Event::FactorOffered {
                credential,
                offered,
            } => {
                self.credentials
                    .retain(|_, known| known.standing != CredentialStanding::Pending);
                self.credentials.insert(credential.clone(), offered.clone());
            }
            Event::FactorConfirmed {
                credential,
                used,
                by_code,
                ..
            } => {
                if *by_code {
                    self.enrolment = None;
                }
                self.stand(credential, CredentialStanding::Live);
                self.verified(credential, *used);
            }
            Event::RecoveryCodeUsed {
                credential, code, ..
            } => {
                if let Some(Factor::RecoveryCodes { left }) = self.factor(credential) {
                    left.retain(|known| known != code);
                }
                self.recovery_tries.clear();
            }
            Event::FactorRemoved { credential, .. } => {
                self.credentials.remove(credential);
            }
            Event::SignInRefused { person, why, at } => {
                self.person = person.clone();
                match why {
                    Why::WrongPassword => self.password_tries.fail(*at),
                    Why::WrongTotp | Why::ReplayedTotp => self.totp_tries.fail(*at),
                    Why::WrongRecoveryCode => self.recovery_tries.fail(*at),
                    Why::NoFactor
                    | Why::Disabled
                    | Why::NotInService
                    | Why::Dormant
                    | Why::Waiting
                    | Why::NotFirst
                    | Why::WrongCode
                    | Why::WrongPasskey
                    | Why::CounterNotRisen
                    | Why::Lost
                    | Why::NothingProven
                    | Why::SignedOutThere => {}
                }
            }
            Event::SessionStarted {
                session,
                secret,
                factors,
                used,
                at,
                ends_at,
            } => {
                self.sessions.retain(|_, old| old.is_live(*at));
                let started = Session {
                    secret: secret.clone(),
                    factors: factors.clone(),
                    started_at: *at,
                    ends_at: *ends_at,
                    used_at: *at,
                    chain: None,
                };
                self.sessions.insert(session.clone(), started);
                self.use_at(*at);
                for factor in factors {
                    self.verified(&factor.credential, *used);
                }
            }
            Event::SessionSteppedUp {
                session,
                secret,
                factor,
                used,
                at,
            } => {
                if let Some(session) = self.sessions.get_mut(session) {
                    session.secret = secret.clone();
                    session.used_at = *at;
                    session.add(factor.clone());
                }
                self.use_at(*at);
                self.verified(&factor.credential, *used);
            }
            Event::ClientSessionStarted {
                session,
                chain,
                secret,
                factors,
                at,
                ends_at,
            } => {
                self.sessions.retain(|_, old| old.is_live(*at));
                let started = Session {
                    secret: secret.clone(),
                    factors: factors.clone(),
                    started_at: *at,
                    ends_at: *ends_at,
                    used_at: *at,
                    chain: Some(chain.clone()),
                };
                self.sessions.insert(session.clone(), started);
                self.use_at(*at);
            }
            Event::SessionUsed {
                session,
                secret,
                at,
            } => {
                if let Some(session) = self.sessions.get_mut(session) {
                    session.secret = secret.clone();
                    session.used_at = *at;
                }
                self.use_at(*at);
            }
            Event::SessionEnded { session } => {
                self.sessions.remove(session);
            }
            Event::SessionsRevoked {
                sessions, epoch, ..
            } => self.revoke(sessions, *epoch),
            Event::FoundUnused { at, .. } => self.flagged_at = Some(*at),
            Event::LaidDormant { epoch, .. } => {
                self.dormant = true;
                self.standing = Standing::Disabled;
                self.epoch = *epoch;
                self.enrolment = None;
            }
            Event::CredentialLost {
                credential,
                sessions,
                epoch,
                ..
            } => {
                self.stand(credential, CredentialStanding::Lost);
                self.revoke(sessions, *epoch);
            }
            Event::Disabled {
                person,
                outside,
                epoch,
                ..
            } => {
                self.person = person.clone();
                self.stopped_outside = *outside;
                self.dormant = false;
                self.standing = Standing::Disabled;
                self.epoch = *epoch;
                self.enrolment = None;
            }
            Event::Enabled { at, .. } => {
                self.stopped_outside = false;
                self.dormant = false;
                self.use_at(*at);
                let usable = self
                    .credentials
                    .values()
                    .any(|known| known.factor.signs_in());
                self.standing = if usable {
                    Standing::Active
                } else {
                    Standing::Absent
                };
            }
        }
    }

    fn stand(&mut self, credential: &super::CredentialId, standing: CredentialStanding) {
        if let Some(known) = self.credentials.get_mut(credential) {
            known.standing = standing;
        }
    }

    fn revoke(&mut self, sessions: &[SessionId], epoch: u64) {
        for session in sessions {
            self.sessions.remove(session);
        }
        self.epoch = epoch;
    }

    fn factor(&mut self, credential: &super::CredentialId) -> Option<&mut Factor> {
        let known = self.credentials.get_mut(credential);
        known.map(|known| &mut known.factor)
    }

    /// What failed at the factor that a new one takes the place of does not count against the new one.
    fn forget_failures(&mut self, new: &Factor) {
        match new {
            Factor::Password { .. } => self.password_tries.clear(),
            Factor::RecoveryCodes { .. } => self.recovery_tries.clear(),
            _ => {}
        }
    }

    fn verified(&mut self, credential: &super::CredentialId, used: Option<Used>) {
        match (self.factor(credential), used) {
            (Some(Factor::Totp { last_step, .. }), Some(Used::Step(step))) => {
                *last_step = Some(step);
                self.totp_tries.clear();
            }
            (Some(Factor::Passkey(passkey)), Some(Used::Counter { counter, backed_up })) => {
                passkey.counter = counter;
                passkey.backed_up = backed_up;
            }
            (Some(Factor::Password { .. }), _) => self.password_tries.clear(),
            _ => {}
        }
    }
}
