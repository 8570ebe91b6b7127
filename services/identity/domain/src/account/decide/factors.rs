//! Adding, replacing and removing factors of an account in use.

use standard::FactorKind;

use super::Asked;
use crate::{
    Digest,
    account::{
        Credential, CredentialId, CredentialStanding, Event, Factor, Proof, Refusal, SealedSecret,
        password::{LEAST_ALONE, NewPassword},
    },
};

impl Asked<'_> {
    pub(super) fn change_password(
        &self,
        credential: &CredentialId,
        password: &NewPassword,
    ) -> Result<Vec<Event>, Refusal> {
        let (own, _) = self.fresh_session()?;
        password.measure.check(self.account.totp().is_none())?;
        let mut events = self.replace_password(credential, password, false);
        events.extend(self.revoke_where("password changed", |id, _| id != own));
        Ok(events)
    }

    pub(super) fn offer_totp(
        &self,
        credential: &CredentialId,
        secret: &SealedSecret,
    ) -> Result<Vec<Event>, Refusal> {
        self.fresh_session()?;
        Ok(vec![Event::FactorOffered {
            credential: credential.clone(),
            offered: Credential {
                factor: Factor::Totp {
                    secret: secret.clone(),
                    last_step: None,
                },
                standing: CredentialStanding::Pending,
                since: self.context.now,
            },
        }])
    }

    /// The offered generator counts from its first good code on; an older one goes.
    pub(super) fn confirm_totp(
        &self,
        proof: &Proof,
        secret: &Digest,
    ) -> Result<Vec<Event>, Refusal> {
        let (own, _) = self.fresh_session()?;
        let (factor, step) = match self.judge(proof, CredentialStanding::Pending) {
            Ok(verified) => verified,
            Err(why) => return Ok(vec![self.refused(why)]),
        };
        let mut events = Vec::new();
        if let Some((old, _)) = self.account.totp() {
            events.push(Event::FactorRemoved {
                credential: old.clone(),
                kind: FactorKind::Totp,
            });
            events.extend(
                self.revoke_where("one-time password generator replaced", |id, session| {
                    id != own && session.uses(old)
                }),
            );
        }
        events.push(Event::FactorConfirmed {
            credential: factor.credential.clone(),
            kind: factor.kind,
        });
        events.push(Event::SessionSteppedUp {
            session: own.clone(),
            secret: secret.clone(),
            factor,
            step,
        });
        Ok(events)
    }

    /// One card, one person (4-4-1); a card once lost stays lost (4-4-4).
    pub(super) fn register_card(
        &self,
        credential: &CredentialId,
        serial: &str,
    ) -> Result<Vec<Event>, Refusal> {
        self.manager()?;
        if self.facts.card_holder.is_some() {
            return Err(Refusal::CardTaken);
        }
        for known in self.account.credentials.values() {
            let Factor::IcCard { serial: other } = &known.factor else {
                continue;
            };
            match (other == serial, known.standing) {
                (true, CredentialStanding::Lost) => return Err(Refusal::FactorLost),
                (true, _) => return Ok(vec![]),
                (false, CredentialStanding::Live) => return Err(Refusal::HasCard),
                (false, _) => {}
            }
        }
        let card = Factor::IcCard {
            serial: serial.to_owned(),
        };
        Ok(vec![self.enrolled(credential, card, false)])
    }

    pub(super) fn remove_factor(&self, credential: &CredentialId) -> Result<Vec<Event>, Refusal> {
        let known = self.account.credentials.get(credential);
        match known.map(|known| &known.factor) {
            Some(Factor::IcCard { .. }) => self.manager()?,
            // Whoever may not look gets no hint of what is there.
            _ => self.fresh_session().map(|_| ())?,
        }
        let known = known.ok_or(Refusal::FactorUnknown)?;
        if known.standing == CredentialStanding::Lost {
            return Err(Refusal::FactorLost);
        }
        if known.standing == CredentialStanding::Live && known.factor.signs_in() {
            self.stands_without(credential)?;
        }
        let removed = Event::FactorRemoved {
            credential: credential.clone(),
            kind: known.factor.kind(),
        };
        let revoked = self.revoke_where("factor removed", |_, session| session.uses(credential));
        Ok([removed].into_iter().chain(revoked).collect())
    }

    fn stands_without(&self, credential: &CredentialId) -> Result<(), Refusal> {
        let rest = || {
            self.account
                .sign_in_factors()
                .filter(|(id, _)| *id != credential)
        };
        // A session begins with a password; without one the other factors open nothing.
        let password = rest().find_map(|(_, known)| match known.factor {
            Factor::Password { chars, .. } => Some(chars),
            _ => None,
        });
        match password {
            None => Err(Refusal::LastFactor),
            Some(chars) if chars < LEAST_ALONE && rest().count() == 1 => {
                Err(Refusal::PasswordTooShortAlone)
            }
            Some(_) => Ok(()),
        }
    }
}
