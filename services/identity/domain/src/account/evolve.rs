//! What events leave behind. No rules.

use kernel::SessionId;

use super::{
    CredentialStanding, Enrolment, Event, Factor, Session, Standing, State, Verified, Why,
};

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
                    self.password_tries.clear();
                }
                self.credentials
                    .insert(credential.clone(), enrolled.clone());
                if self.standing == Standing::Absent && enrolled.factor.signs_in() {
                    self.standing = Standing::Active;
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
            Event::FactorConfirmed { credential, .. } => {
                self.stand(credential, CredentialStanding::Live);
            }
            Event::FactorRemoved { credential, .. } => {
                self.credentials.remove(credential);
            }
            Event::SignInRefused { person, why, at } => {
                self.person = person.clone();
                match why {
                    Why::WrongPassword => self.password_tries.fail(*at),
                    Why::WrongTotp | Why::ReplayedTotp => self.totp_tries.fail(*at),
                    Why::NoFactor
                    | Why::Disabled
                    | Why::Waiting
                    | Why::NotFirst
                    | Why::WrongCode => {}
                }
            }
            Event::SessionStarted {
                session,
                secret,
                factor,
                step,
                ends_at,
            } => {
                self.sessions.retain(|_, old| factor.at < old.ends_at);
                let started = Session {
                    secret: secret.clone(),
                    factors: vec![factor.clone()],
                    started_at: factor.at,
                    ends_at: *ends_at,
                };
                self.sessions.insert(session.clone(), started);
                self.verified(factor, *step);
            }
            Event::SessionSteppedUp {
                session,
                secret,
                factor,
                step,
            } => {
                if let Some(session) = self.sessions.get_mut(session) {
                    session.secret = secret.clone();
                    session.add(factor.clone());
                }
                self.verified(factor, *step);
            }
            Event::SessionEnded { session } => {
                self.sessions.remove(session);
            }
            Event::SessionsRevoked {
                sessions, epoch, ..
            } => self.revoke(sessions, *epoch),
            Event::CredentialLost {
                credential,
                sessions,
                epoch,
                ..
            } => {
                self.stand(credential, CredentialStanding::Lost);
                self.revoke(sessions, *epoch);
            }
            Event::Disabled { epoch, .. } => {
                self.standing = Standing::Disabled;
                self.epoch = *epoch;
                self.enrolment = None;
            }
            Event::Enabled { .. } => {
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

    fn verified(&mut self, factor: &Verified, step: Option<u64>) {
        let Some(known) = self.credentials.get_mut(&factor.credential) else {
            return;
        };
        match &mut known.factor {
            Factor::Totp { last_step, .. } => {
                *last_step = step;
                self.totp_tries.clear();
            }
            Factor::Password { .. } => self.password_tries.clear(),
            Factor::IcCard { .. } => {}
        }
    }
}
