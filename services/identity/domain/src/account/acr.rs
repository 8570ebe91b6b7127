//! What a verification may be asked to reach (`acr_values`, RFC 9470).

use standard::FactorKind;

use super::Assurance;

/// A value of `acr_values`.
///
/// Tokens say in `acr` which level a session has. That a factor of it resists phishing is no level: a
/// passkey does and stops at the second, and so do a password and a one-time code, which do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acr {
    /// Factors that reach that level together.
    Level(Assurance),
    /// A factor that a look-alike site gains nothing from (7-2-(8)-3): `phr` of OpenID's EAP ACR values.
    PhishingResistant,
}

impl Acr {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Level(Assurance::Aal1),
        Self::Level(Assurance::Aal2),
        Self::Level(Assurance::Aal3),
        Self::PhishingResistant,
    ];

    /// As it is written.
    pub const fn urn(self) -> &'static str {
        match self {
            Self::Level(level) => level.urn(),
            Self::PhishingResistant => "urn:sekisho:phr",
        }
    }

    /// The one that is written so; none that is not of ours.
    pub fn read(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.urn() == text)
    }

    /// Whether verified factors of these kinds reach it together.
    pub fn is_reached_by(self, kinds: impl Iterator<Item = FactorKind> + Clone) -> bool {
        match self {
            Self::Level(level) => Assurance::of(kinds) >= Some(level),
            Self::PhishingResistant => kinds.into_iter().any(FactorKind::phishing_resistant),
        }
    }

    /// Whether verifying a factor of that kind is a step towards it. A card reaches the third level by
    /// itself, and nothing does without one.
    pub fn counts(self, kind: FactorKind) -> bool {
        match self {
            Self::Level(Assurance::Aal1 | Assurance::Aal2) => true,
            Self::Level(Assurance::Aal3) => kind == FactorKind::IcCard,
            Self::PhishingResistant => kind.phishing_resistant(),
        }
    }
}

#[cfg(test)]
mod tests {
    use FactorKind::{IcCard, Passkey, Password, Totp};

    use super::*;

    #[test]
    fn a_passkey_resists_phishing_at_the_second_level_and_a_password_with_a_code_does_not() {
        let urns = |kinds: &[FactorKind]| {
            let reached = |acr: &Acr| acr.is_reached_by(kinds.iter().copied());
            let reached = Acr::ALL.into_iter().filter(reached);
            let short = |acr: Acr| acr.urn().strip_prefix("urn:sekisho:");
            reached.filter_map(short).collect::<Vec<_>>()
        };
        assert_eq!(urns(&[]), [""; 0]);
        assert_eq!(urns(&[Password]), ["aal1"]);
        assert_eq!(urns(&[Password, Totp]), ["aal1", "aal2"]);
        assert_eq!(urns(&[Passkey]), ["aal1", "aal2", "phr"]);
        assert_eq!(urns(&[IcCard]), ["aal1", "aal2", "aal3", "phr"]);
    }

    /// Or a page would ask for what leads nowhere.
    #[test]
    fn what_counts_towards_the_strongest_reaches_it() {
        for acr in [Acr::Level(Assurance::Aal3), Acr::PhishingResistant] {
            for kind in FactorKind::ALL {
                let alone = acr.is_reached_by([*kind].into_iter());
                assert_eq!(acr.counts(*kind), alone, "{acr:?} {kind:?}");
            }
        }
    }

    #[test]
    fn each_is_read_as_it_is_written_and_nothing_else_is_one() {
        for acr in Acr::ALL {
            assert_eq!(Acr::read(acr.urn()), Some(acr));
        }
        for other in ["", "phr", "urn:sekisho:aal4", "urn:sekisho:PHR"] {
            assert_eq!(Acr::read(other), None, "{other}");
        }
    }
}
