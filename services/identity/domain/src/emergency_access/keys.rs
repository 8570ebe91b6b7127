//! What an ID for emergencies signs in with.

use crate::account::{CredentialStanding, Factor, State};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// Hardware keys and nothing else.
    Hardware,
    /// Nothing, or something that is no hardware key as well.
    Unfit,
}

impl Keys {
    /// Those of an account. A passkey that may be copied to other devices is no hardware key, and
    /// recovery codes open the way to enrol one that is none.
    pub fn of(account: &State) -> Self {
        let known = account.credentials.values();
        let mut live = known.filter(|one| one.standing == CredentialStanding::Live);
        let first = live.next();
        let hardware = |factor: &Factor| match factor {
            Factor::IcCard { certificate, .. } => certificate.is_some(),
            Factor::Passkey(passkey) => !passkey.backup_eligible,
            _ => false,
        };
        match first {
            Some(first) if hardware(&first.factor) && live.all(|one| hardware(&one.factor)) => {
                Self::Hardware
            }
            _ => Self::Unfit,
        }
    }
}
