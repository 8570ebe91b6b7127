//! Assurance levels: how strongly a session's person is who they say (NIST SP 800-63B-4).

use standard::{FactorCategory, FactorKind};

/// A level; a higher one contains the lower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assurance {
    /// One category.
    Aal1,
    /// Two different categories (複数要素認証).
    Aal2,
    /// Two categories, one of them bound to a device that cannot be copied.
    Aal3,
}

impl Assurance {
    /// The value of the `acr` claim.
    pub const fn urn(self) -> &'static str {
        match self {
            Self::Aal1 => "urn:sekisho:aal1",
            Self::Aal2 => "urn:sekisho:aal2",
            Self::Aal3 => "urn:sekisho:aal3",
        }
    }

    /// The level that verified factors of these kinds reach together.
    ///
    /// Two factors of one category stay at the first level. A passkey stops at the second: it may
    /// be a synced one.
    pub fn of(kinds: impl Iterator<Item = FactorKind> + Clone) -> Option<Self> {
        let categories: Vec<FactorCategory> = kinds
            .clone()
            .flat_map(FactorKind::categories)
            .copied()
            .collect();
        let bound = kinds.into_iter().any(|kind| kind == FactorKind::IcCard);
        match (categories.is_empty(), two_categories(&categories)) {
            (true, _) => None,
            (false, false) => Some(Self::Aal1),
            (false, true) if bound => Some(Self::Aal3),
            (false, true) => Some(Self::Aal2),
        }
    }
}

pub(super) fn two_categories(categories: &[FactorCategory]) -> bool {
    categories.windows(2).any(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assurance_counts_categories_and_not_factors() {
        use FactorKind::{IcCard, Passkey, Password, RecoveryCode, Totp};
        let cases: [(&[FactorKind], Option<Assurance>); 8] = [
            (&[], None),
            (&[RecoveryCode], None),
            (&[Password], Some(Assurance::Aal1)),
            (&[Password, Password], Some(Assurance::Aal1)),
            (&[Totp], Some(Assurance::Aal1)),
            (&[Totp, Password], Some(Assurance::Aal2)),
            (&[Passkey], Some(Assurance::Aal2)),
            (&[Password, IcCard], Some(Assurance::Aal3)),
        ];
        for (kinds, expected) in cases {
            assert_eq!(Assurance::of(kinds.iter().copied()), expected, "{kinds:?}");
        }
    }
}
