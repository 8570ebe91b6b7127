//! Authentication factors and what they prove (複数要素認証: two different categories).

use super::words;

words! {
    /// A category of authentication factor.
    FactorCategory, "factor category" {
        Knowledge = "knowledge", "知識", "Knowledge";
        Possession = "possession", "所持", "Possession";
        Inherence = "inherence", "存在", "Inherence";
    }
}

words! {
    /// A kind of factor a person may have enrolled.
    FactorKind, "factor kind" {
        Password = "password", "パスワード", "Password";
        /// RFC 6238.
        Totp = "totp", "ワンタイムパスワード", "One-time password";
        /// WebAuthn with user verification.
        Passkey = "passkey", "パスキー", "Passkey";
        /// Client certificate on a staff card, opened by a PIN.
        IcCard = "ic_card", "ICカード", "IC card";
        /// One use, for enrolling a new factor only.
        RecoveryCode = "recovery_code", "回復コード", "Recovery code";
        /// An account at a provider that people sign in with; what it verified there is told with
        /// each sign-in, as factors of the kinds above.
        Federated = "federated", "連携サインイン", "Linked sign-in";
    }
}

impl FactorKind {
    /// The categories a successful verification proves.
    ///
    /// A passkey is held and opened by its owner's body or PIN; which of the two is not told, and
    /// it counts as two categories either way. A recovery code proves none: it only opens the way
    /// to enrol. Nor does a link to another provider by itself.
    pub const fn categories(self) -> &'static [FactorCategory] {
        match self {
            Self::Password => &[FactorCategory::Knowledge],
            Self::Totp => &[FactorCategory::Possession],
            Self::Passkey => &[FactorCategory::Possession, FactorCategory::Inherence],
            Self::IcCard => &[FactorCategory::Possession, FactorCategory::Knowledge],
            Self::RecoveryCode | Self::Federated => &[],
        }
    }

    /// Whether it is bound to the verifier, so that a look-alike site gains nothing (7-2-(8)-3).
    pub const fn phishing_resistant(self) -> bool {
        matches!(self, Self::Passkey | Self::IcCard)
    }

    /// Its value in the `amr` claim: RFC 8176, and a private value where it has none.
    pub const fn amr(self) -> &'static str {
        match self {
            Self::Password => "pwd",
            Self::Totp => "otp",
            Self::Passkey => "hwk",
            Self::IcCard => "sc",
            Self::RecoveryCode => "recovery_code",
            Self::Federated => "federated",
        }
    }
}

/// The one category a registered `amr` value (RFC 8176) of another issuer proves.
///
/// `mfa`, `mca` and `rba` name no factor and so prove none; nor do `geo`, `user` and `wia`.
/// A text message or a call proves possession of a line.
pub fn amr_category(amr: &str) -> Option<FactorCategory> {
    match amr {
        "pwd" | "pin" | "kba" => Some(FactorCategory::Knowledge),
        "otp" | "hwk" | "swk" | "sc" | "pop" | "sms" | "tel" => Some(FactorCategory::Possession),
        "face" | "fpt" | "iris" | "retina" | "vbm" => Some(FactorCategory::Inherence),
        _ => None,
    }
}
