//! Recovery codes: each opens an enrolment once, for a few minutes, and nothing else.

use standard::FactorKind;

use super::Asked;
use crate::{
    Digest,
    account::{CredentialId, CredentialStanding, Event, Factor, RECOVERY, Refusal, Why},
};

impl Asked<'_> {
    /// A new set takes the place of the old one, which is good no longer.
    pub(super) fn make_recovery_codes(
        &self,
        credential: &CredentialId,
        codes: &[Digest],
    ) -> Result<Vec<Event>, Refusal> {
        self.fresh_session()?;
        let old = self.codes().map(|(old, _)| Event::FactorRemoved {
            credential: old.clone(),
            kind: FactorKind::RecoveryCode,
        });
        let left = codes.to_vec();
        let made = self.enrolled(credential, Factor::RecoveryCodes { left }, false);
        Ok(old.into_iter().chain([made]).collect())
    }

    /// A code opens no account that waits after failures, and a wrong one is a failure too.
    pub(super) fn use_recovery_code(&self, recovery: &Digest, code: &Digest) -> Vec<Event> {
        let (credential, left) = match self.good_recovery_code(recovery) {
            Ok(found) => found,
            Err(why) => return vec![self.refused(why)],
        };
        let used = Event::RecoveryCodeUsed {
            credential: credential.clone(),
            code: recovery.clone(),
            left: u32::try_from(left.len()).map_or(u32::MAX, |left| left.saturating_sub(1)),
        };
        let opened = Event::EnrolmentOpened {
            person: self.facts.person.clone(),
            code: code.clone(),
            ends_at: self.context.now + RECOVERY,
        };
        vec![used, opened]
    }

    fn good_recovery_code(&self, code: &Digest) -> Result<(&CredentialId, &[Digest]), Why> {
        self.usable()?;
        self.need_not_wait()?;
        let found = self.codes().filter(|(_, left)| left.contains(code));
        found.ok_or(Why::WrongRecoveryCode)
    }

    fn codes(&self) -> Option<(&CredentialId, &[Digest])> {
        let known = self.account.credentials.iter();
        let mut live = known.filter(|(_, known)| known.standing == CredentialStanding::Live);
        live.find_map(|(id, known)| match &known.factor {
            Factor::RecoveryCodes { left } => Some((id, left.as_slice())),
            _ => None,
        })
    }
}
