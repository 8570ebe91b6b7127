//! Accounts at providers (OpenID Connect): whose they are, and what a provider is trusted to prove.

use serde::{Deserialize, Serialize};
use standard::FactorKind;

use super::Assurance;

/// An account at a provider. Issuer and subject name it, for good; nothing else does: a mail address
/// is given to somebody else in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upstream {
    /// The provider's name in the configuration.
    pub provider: String,
    /// Its `iss`.
    pub issuer: String,
    /// The account's `sub` there.
    pub subject: String,
}

impl Upstream {
    /// Whether it is that account.
    pub fn is(&self, issuer: &str, subject: &str) -> bool {
        self.issuer == issuer && self.subject == subject
    }
}

/// The kinds of factors that count of those a provider claims: each in its turn as long as all of
/// them together stay within the ceiling. What is above it is cut, and not believed by halves.
pub fn within(
    claimed: impl IntoIterator<Item = FactorKind>,
    ceiling: Assurance,
) -> Vec<FactorKind> {
    let mut counted = Vec::new();
    for kind in claimed {
        counted.push(kind);
        let level = Assurance::of(counted.iter().copied());
        let repeated = counted[..counted.len() - 1].contains(&kind);
        if repeated || kind.categories().is_empty() || level > Some(ceiling) {
            counted.pop();
        }
    }
    counted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_3_what_a_provider_claims_above_its_ceiling_is_cut() {
        use Assurance::{Aal1, Aal2, Aal3};
        use FactorKind::{Federated, IcCard, Passkey, Password, RecoveryCode, Totp};
        let cases: [(&[FactorKind], Assurance, &[FactorKind]); 9] = [
            (&[Password], Aal1, &[Password]),
            (&[Password, Totp], Aal1, &[Password]),
            (&[Totp, Password], Aal1, &[Totp]),
            (&[Password, Totp, Password], Aal2, &[Password, Totp]),
            (&[Passkey], Aal1, &[]),
            (&[IcCard, Password], Aal2, &[Password]),
            (&[IcCard], Aal3, &[IcCard]),
            (&[RecoveryCode, Federated], Aal3, &[]),
            (&[], Aal3, &[]),
        ];
        for (claimed, ceiling, counted) in cases {
            let within = within(claimed.iter().copied(), ceiling);
            assert_eq!(within, counted, "{claimed:?} {ceiling:?}");
            assert!(Assurance::of(within.into_iter()) <= Some(ceiling));
        }
    }
}
