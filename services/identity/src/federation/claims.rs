//! What a provider says of a sign-in, and how much of it counts.

use identity_domain::account::{Acr, Assurance, within};
use jiff::{SignedDuration, Timestamp};
use runtime::config::{AcrSection, Ceiling, FederationSection};
use standard::FactorKind;

use super::refused::Rejected;
use crate::store::SignedOut;

/// How far a provider's clock may be from ours.
pub(super) const SKEW: SignedDuration = SignedDuration::from_secs(60);

/// What a verified token of a provider says of whoever signed in there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) acr: Option<String>,
    pub(super) amr: Vec<String>,
    pub(super) auth_time: Option<Timestamp>,
    /// Its session.
    pub(super) sid: Option<String>,
    /// When it said so.
    pub(super) issued_at: Timestamp,
}

/// What counts of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proven {
    pub(super) kinds: Vec<FactorKind>,
    pub(super) at: Timestamp,
}

impl Said {
    /// Who must not have been signed out at the provider for it to count.
    pub(super) fn signed_out<'a>(&'a self, issuer: &'a str) -> SignedOut<'a> {
        SignedOut {
            issuer,
            subject: Some(&self.subject),
            sid: self.sid.as_deref(),
            at: self.issued_at,
        }
    }

    /// What it proves at that provider: since `earliest`, by the provider's table, up to its ceiling.
    ///
    /// # Errors
    /// When it does not say when, or it was too long ago, or nothing of it counts.
    pub(super) fn proven(
        &self,
        by: &FederationSection,
        earliest: Timestamp,
        now: Timestamp,
    ) -> Result<Proven, Rejected> {
        let at = self.auth_time.ok_or(Rejected::NoAuthTime)?;
        if at > now + SKEW {
            return Err(Rejected::AuthTimeAhead);
        }
        if at + SKEW < earliest {
            return Err(Rejected::Stale);
        }
        let by_acr = by
            .acr
            .iter()
            .filter(|one| Some(&one.value) == self.acr.as_ref());
        let by_acr = by_acr.flat_map(|one| &one.proves);
        let by_amr = self.amr.iter().filter_map(|value| by.amr.get(value));
        let kinds = within(by_acr.chain(by_amr).copied(), ceiling(by));
        if kinds.is_empty() {
            return Err(Rejected::NothingProven);
        }
        Ok(Proven { kinds, at })
    }
}

/// The highest level that counts from a provider.
pub(super) fn ceiling(by: &FederationSection) -> Assurance {
    match by.ceiling {
        Ceiling::Aal1 => Assurance::Aal1,
        Ceiling::Aal2 => Assurance::Aal2,
        Ceiling::Aal3 => Assurance::Aal3,
    }
}

/// The `acr` to ask for: the first that reaches what is wanted, else the first.
pub(super) fn to_ask(by: &FederationSection, wanted: Option<Acr>) -> Option<&str> {
    let reaches = |one: &&AcrSection| {
        let kinds = within(one.proves.iter().copied(), ceiling(by));
        wanted.is_none_or(|acr| acr.is_reached_by(kinds.into_iter()))
    };
    let found = by.acr.iter().find(reaches).or(by.acr.first());
    found.map(|one| one.value.as_str())
}

/// Whether anything that its tables prove may reach that.
pub(super) fn may_reach(by: &FederationSection, asked: Acr) -> bool {
    match asked {
        Acr::Level(level) => level <= ceiling(by),
        Acr::PhishingResistant => {
            let by_acr = by.acr.iter().flat_map(|one| &one.proves);
            let mut kinds = by_acr.chain(by.amr.values()).copied();
            kinds.any(|kind| asked.is_reached_by(within([kind], ceiling(by)).into_iter()))
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A provider on this machine.
    pub(in crate::federation) fn section(ceiling: Ceiling) -> FederationSection {
        let acr = |value: &str, proves: &[FactorKind]| AcrSection {
            value: value.to_owned(),
            proves: proves.to_vec(),
        };
        FederationSection {
            id: "idp".to_owned(),
            name_ja: "市の認証基盤".to_owned(),
            name_en: "City sign-on".to_owned(),
            issuer: "http://127.0.0.1:1".to_owned(),
            client_id: "sekisho".to_owned(),
            client_secret_file: "secret".into(),
            scopes: Vec::new(),
            acr: vec![
                acr("one", &[FactorKind::Password]),
                acr("two", &[FactorKind::Password, FactorKind::Totp]),
                acr("three", &[FactorKind::IcCard]),
            ],
            amr: [("otp", FactorKind::Totp), ("hwk", FactorKind::Passkey)]
                .map(|(value, kind)| (value.to_owned(), kind))
                .into(),
            ceiling,
            max_age_seconds: 300,
            allowed_hosts: Vec::new(),
            private_addresses: false,
            loopback: true,
            ca_file: None,
            exchange: true,
        }
    }

    fn said(acr: &str, amr: &[&str], auth_time: Option<Timestamp>) -> Said {
        Said {
            subject: "u1".to_owned(),
            acr: (!acr.is_empty()).then(|| acr.to_owned()),
            amr: amr.iter().copied().map(str::to_owned).collect(),
            auth_time,
            issued_at: Timestamp::UNIX_EPOCH,
            sid: None,
        }
    }

    #[test]
    fn attack_3_acr_and_amr_count_by_the_table_up_to_the_ceiling_and_bare_mfa_proves_nothing() {
        use Ceiling::{Aal1, Aal2, Aal3};
        use FactorKind::{IcCard, Passkey, Password, Totp};
        let now = Timestamp::from_second(1_790_000_000).expect("an instant");
        let cases: [(&str, &[&str], Ceiling, &[FactorKind]); 11] = [
            ("one", &[], Aal1, &[Password]),
            ("two", &[], Aal2, &[Password, Totp]),
            ("two", &[], Aal1, &[Password]),
            ("one", &["otp"], Aal2, &[Password, Totp]),
            ("one", &["otp"], Aal1, &[Password]),
            ("three", &[], Aal3, &[IcCard]),
            ("three", &["otp"], Aal2, &[Totp]),
            ("", &["hwk", "mfa"], Aal2, &[Passkey]),
            ("", &["mfa"], Aal3, &[]),
            ("unheard-of", &["pwd", "user"], Aal3, &[]),
            ("", &[], Aal3, &[]),
        ];
        for (acr, amr, ceiling, kinds) in cases {
            let proven = said(acr, amr, Some(now)).proven(&section(ceiling), now, now);
            let found = proven.map(|proven| proven.kinds);
            let expected = match kinds {
                [] => Err(Rejected::NothingProven),
                kinds => Ok(kinds.to_vec()),
            };
            assert_eq!(found, expected, "{acr} {amr:?} {ceiling:?}");
        }
    }

    #[test]
    fn attack_3_without_a_recent_auth_time_nothing_counts() {
        let now = Timestamp::from_second(1_790_000_000).expect("an instant");
        let minutes = SignedDuration::from_mins;
        let earliest = now - minutes(5);
        let cases = [
            (None, Err(Rejected::NoAuthTime)),
            (Some(earliest - SKEW), Ok(())),
            (
                Some(earliest - SKEW - SignedDuration::from_secs(1)),
                Err(Rejected::Stale),
            ),
            (Some(now + SKEW), Ok(())),
            (Some(now + minutes(2)), Err(Rejected::AuthTimeAhead)),
        ];
        for (at, expected) in cases {
            let proven = said("one", &[], at).proven(&section(Ceiling::Aal1), earliest, now);
            assert_eq!(proven.map(|_| ()), expected, "{at:?}");
        }
    }

    #[test]
    fn the_acr_asked_for_reaches_what_is_wanted_if_any_does() {
        let by = section(Ceiling::Aal2);
        let level = |level| Some(Acr::Level(level));
        for (wanted, asked) in [
            (None, "one"),
            (level(Assurance::Aal1), "one"),
            (level(Assurance::Aal2), "two"),
            (level(Assurance::Aal3), "one"),
            (Some(Acr::PhishingResistant), "one"),
        ] {
            assert_eq!(to_ask(&by, wanted), Some(asked), "{wanted:?}");
        }
        let by = section(Ceiling::Aal3);
        for wanted in [level(Assurance::Aal3), Some(Acr::PhishingResistant)] {
            assert_eq!(to_ask(&by, wanted), Some("three"), "{wanted:?}");
        }
    }

    #[test]
    fn a_provider_resists_phishing_only_by_a_factor_in_its_tables_within_its_ceiling() {
        let may = |by: &FederationSection| may_reach(by, Acr::PhishingResistant);
        let at = |ceiling| section(ceiling);
        assert!(may(&at(Ceiling::Aal3)) && may(&at(Ceiling::Aal2)), "hwk");
        assert!(!may(&at(Ceiling::Aal1)), "cut");
        let mut by = at(Ceiling::Aal2);
        by.amr.remove("hwk");
        assert!(!may(&by), "a card is cut, and nothing else resists");
    }
}
