//! Adding, replacing and removing factors of an account in use.

use standard::FactorKind;

use super::Asked;
use crate::{
    Digest,
    account::{
        By, Credential, CredentialId, CredentialStanding, Event, Factor, Proof, Refusal,
        SealedSecret, password::NewPassword,
    },
};

impl Asked<'_> {
    pub(super) fn change_password(
        &self,
        credential: &CredentialId,
        password: &NewPassword,
    ) -> Result<Vec<Event>, Refusal> {
        let (own, _) = self.fresh_session()?;
        password.measure.check(self.account.password_alone())?;
        let mut events = self.replace_password(credential, password, false);
        events.extend(self.revoke_where("password changed", |id, _| id != own));
        Ok(events)
    }

    pub(super) fn offer_totp(
        &self,
        by: &By,
        credential: &CredentialId,
        secret: &SealedSecret,
    ) -> Result<Vec<Event>, Refusal> {
        if let Err(why) = self.allowed(by)? {
            return Ok(vec![self.refused(why)]);
        }
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

    /// The offered generator counts from its first good code on; an older one goes. By a code it
    /// raises no session: whoever enrolled anew signs in anew.
    pub(super) fn confirm_totp(
        &self,
        by: &By,
        proof: &Proof,
        secret: &Digest,
    ) -> Result<Vec<Event>, Refusal> {
        let judged = self
            .allowed(by)?
            .and_then(|own| Ok((own, self.judge(proof, CredentialStanding::Pending)?)));
        let (own, (factors, used)) = match judged {
            Ok(judged) => judged,
            Err(why) => return Ok(vec![self.refused(why)]),
        };
        let factor = factors.into_iter().find(|one| one.kind == FactorKind::Totp);
        let factor = factor.ok_or(Refusal::FactorUnknown)?;
        let mut events = Vec::new();
        let old = self.account.totp().map(|(old, _)| old);
        events.extend(old.map(|old| Event::FactorRemoved {
            credential: old.clone(),
            kind: FactorKind::Totp,
        }));
        events.extend(
            self.revoke_where("one-time password generator replaced", |id, session| {
                own.is_none_or(|own| id != own && old.is_some_and(|old| session.uses(old)))
            }),
        );
        events.push(Event::FactorConfirmed {
            credential: factor.credential.clone(),
            kind: factor.kind,
            used,
            by_code: own.is_none(),
        });
        events.extend(own.map(|own| Event::SessionSteppedUp {
            session: own.clone(),
            secret: secret.clone(),
            factor,
            used,
            at: self.context.now,
        }));
        Ok(events)
    }

    pub(super) fn remove_factor(&self, credential: &CredentialId) -> Result<Vec<Event>, Refusal> {
        let known = self.account.credentials.get(credential);
        match known.map(|known| &known.factor) {
            Some(Factor::IcCard { .. }) => self.manager_freshly()?,
            Some(Factor::Federated(_)) if !self.by_owner() => self.manager_freshly()?,
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
                .map(|(_, known)| &known.factor)
        };
        // One that does not begin a session opens nothing by itself.
        if !rest().any(Factor::begins) {
            return Err(Refusal::LastFactor);
        }
        let short = |factor: &Factor| matches!(factor, Factor::Password { alone: false, .. });
        let weak = |factor: &Factor| short(factor) || matches!(factor, Factor::Federated(_));
        if rest().any(short) && rest().all(weak) {
            return Err(Refusal::PasswordTooShortAlone);
        }
        Ok(())
    }
}
