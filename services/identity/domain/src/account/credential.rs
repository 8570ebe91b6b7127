//! What a person signs in with.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standard::FactorKind;

use super::Upstream;
use crate::Digest;

/// A credential's id (UUID, given by the shell). Its secret never changes: another secret is
/// another credential, so a check made against an id holds whenever it is judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CredentialId(String);

impl CredentialId {
    /// Takes over an id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CredentialId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! secrets {
    ($($(#[$doc:meta])* $name:ident),+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes over the text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text itself: for the shell's checks, never for showing.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(hidden)"))
            }
        }
    )+};
}

secrets! {
    /// An Argon2id hash in PHC form, made by the shell.
    PasswordHash,
    /// An RFC 6238 secret, sealed by the shell for this account and this credential alone, with a
    /// key that is not in the database.
    SealedSecret
}

/// A credential and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// What it is.
    pub factor: Factor,
    /// Whether it counts.
    pub standing: Standing,
    /// When it was enrolled, or offered.
    pub since: Timestamp,
}

/// Whether a credential counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Offered, not yet proven to be in the person's hands.
    Pending,
    /// In use.
    Live,
    /// Reported lost: dead for good (4-4-4).
    Lost,
}

/// What a credential is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// Something known.
    Password {
        /// Its slow hash.
        hash: PasswordHash,
        /// Whether it is long enough to stand alone. How long it is, nobody keeps.
        alone: bool,
    },
    /// A one-time password generator.
    Totp {
        /// The shared secret, sealed.
        secret: SealedSecret,
        /// The last step accepted; it and all before it are refused.
        last_step: Option<u64>,
    },
    /// A WebAuthn credential with user verification.
    Passkey(Passkey),
    /// A staff ID card, known by its serial number.
    IcCard {
        /// Serial number as printed.
        serial: String,
        /// The certificate on it; none for a card that is registered only so that it can be
        /// reported lost.
        certificate: Option<CardCertificate>,
    },
    /// A set of recovery codes.
    RecoveryCodes {
        /// Digests of those not used yet.
        left: Vec<Digest>,
    },
    /// An account at a provider that its owner signs in with there.
    Federated(Upstream),
}

/// What a certificate on an ID card is known by. Serial numbers differ within one issuer only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardCertificate {
    /// The issuer, by its name in the configuration.
    pub issuer: String,
    /// The serial number there, in hexadecimal.
    pub serial: String,
}

/// What is kept of a passkey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkey {
    /// Its WebAuthn id in base64url: of all accounts, one passkey has it.
    pub handle: String,
    /// Its public key and how it was enrolled, as the shell's WebAuthn library writes them.
    pub key: String,
    /// The name its owner gave it.
    pub name: String,
    /// Signatures its authenticator says it has made; 0 for ever from those that do not count.
    pub counter: u32,
    /// It may be copied to other devices (the flag BE, for good from its enrolment on).
    pub backup_eligible: bool,
    /// It was copied when it was used last (the flag BS).
    pub backed_up: bool,
}

impl Factor {
    /// Its kind.
    pub const fn kind(&self) -> FactorKind {
        match self {
            Self::Password { .. } => FactorKind::Password,
            Self::Totp { .. } => FactorKind::Totp,
            Self::Passkey(_) => FactorKind::Passkey,
            Self::IcCard { .. } => FactorKind::IcCard,
            Self::RecoveryCodes { .. } => FactorKind::RecoveryCode,
            Self::Federated(_) => FactorKind::Federated,
        }
    }

    /// Whether it can be verified at sign-in. A card known by its printed serial alone cannot: it
    /// is registered so that it can be reported lost. Nor do recovery codes: they open the way to
    /// enrol, and nothing else.
    pub const fn signs_in(&self) -> bool {
        match self {
            Self::Password { .. } | Self::Totp { .. } | Self::Passkey(_) | Self::Federated(_) => {
                true
            }
            Self::IcCard { certificate, .. } => certificate.is_some(),
            Self::RecoveryCodes { .. } => false,
        }
    }

    /// Whether a session can begin with it.
    pub(super) const fn begins(&self) -> bool {
        self.signs_in() && !matches!(self, Self::Totp { .. })
    }
}
