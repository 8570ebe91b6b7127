//! The log's key pair, in the text forms of C2SP signed-note.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signer as _, SigningKey};
use signed_note::{StandardSigner, StandardVerifier, Verifier as _};

/// Signature type of Ed25519 in a key's text.
const ED25519: u8 = 0x01;

/// Why a text is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Key names are the log's origin: not empty, no spaces, control characters or `+`.
    #[error("not a key name: {0:?}")]
    Name(String),
    /// Not `PRIVATE+KEY+name+id+base64` with Ed25519, or the id is not that of the key.
    // Says nothing of the text: it may be most of a secret.
    #[error("not an Ed25519 signer key")]
    Signer,
    /// Not `name+id+base64` with Ed25519, or the id is not that of the key.
    #[error("not an Ed25519 verifier key: {0:?}")]
    Verifier(String),
}

/// The secret half: signs checkpoints. Comes from a file and shows itself nowhere.
pub struct SignerKey {
    name: String,
    key: SigningKey,
}

impl SignerKey {
    /// A new key from 32 random bytes. `name` is the origin of the log it signs for.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !signed_note::is_key_name_valid(name) || name.chars().any(char::is_control) {
            return Err(KeyError::Name(name.to_owned()));
        }
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// The name in the key, which is the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half.
    pub fn verifier(&self) -> VerifierKey {
        let public = self.key.verifying_key();
        let text = signed_note::new_ed25519_verifier_key(&self.name, &public);
        let standard = StandardVerifier::new(&text).expect("a checked name and a valid point");
        VerifierKey { text, standard }
    }

    /// The key's text, for its file and nothing else.
    pub fn reveal(&self) -> String {
        let id = signed_note::Signer::key_id(self);
        let key = BASE64_STANDARD.encode([&[ED25519][..], self.key.as_bytes()].concat());
        format!("PRIVATE+KEY+{}+{id:08x}+{key}", self.name)
    }
}

impl FromStr for SignerKey {
    type Err = KeyError;

    /// Reads a key file: `PRIVATE+KEY+name+id+base64`, white space around it ignored.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        StandardSigner::new(text).map_err(|_| KeyError::Signer)?;
        let mut fields = text.splitn(5, '+').skip(2);
        let (name, key) = (fields.next(), fields.nth(1));
        let (Some(name), Some(key)) = (name, key) else {
            return Err(KeyError::Signer);
        };
        let key = BASE64_STANDARD.decode(key).map_err(|_| KeyError::Signer)?;
        let seed = key.get(1..).and_then(|seed| seed.try_into().ok());
        Self::from_seed(name, seed.ok_or(KeyError::Signer)?)
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}, secret)", self.name)
    }
}

impl signed_note::Signer for SignerKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        let public = self.key.verifying_key();
        signed_note::key_id(&self.name, &[&[ED25519][..], public.as_bytes()].concat())
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, ed25519_dalek::SignatureError> {
        Ok(self.key.try_sign(message)?.to_vec())
    }
}

/// The public half, handed to everyone who wants to check the log.
#[derive(Clone)]
pub struct VerifierKey {
    text: String,
    pub(crate) standard: StandardVerifier,
}

impl VerifierKey {
    /// The name in the key, which is the origin of the log.
    pub fn name(&self) -> &str {
        self.standard.name()
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    /// Reads a `name+id+base64` text, white space around it ignored.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim().to_owned();
        match StandardVerifier::new(&text) {
            Ok(standard) => Ok(Self { text, standard }),
            Err(_) => Err(KeyError::Verifier(text)),
        }
    }
}

/// The `name+id+base64` text.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifierKey({})", self.text)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// The key pair of the signed-note specification's own example.
    const SIGNER: &str =
        "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const VERIFIER: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_key_file_gives_the_known_verifier_key_and_back() {
        let key: SignerKey = format!("{SIGNER}\n").parse().unwrap();
        assert_eq!(key.verifier().to_string(), VERIFIER);
        assert_eq!(key.reveal(), SIGNER);
        let public: VerifierKey = format!("{VERIFIER}\n").parse().unwrap();
        assert_eq!(public.name(), "PeterNeumann");
    }

    #[test]
    fn a_secret_does_not_show_itself() {
        let key: SignerKey = SIGNER.parse().unwrap();
        assert_eq!(format!("{key:?}"), "SignerKey(PeterNeumann, secret)");
        let broken = SIGNER.replace("c74f20a3", "c74f20a4");
        let error = broken.parse::<SignerKey>().unwrap_err();
        assert!(!format!("{error:?}{error}").contains("AYEK"));
    }

    #[test]
    fn a_key_changed_in_any_part_is_refused() {
        for (part, other) in [
            ("PRIVATE", "private"),
            ("PeterNeumann", "PeterNewman"),
            ("c74f20a3", "c74f20a"),
            ("AYEK", "AoEK"),
            ("KDFz", "KDF"),
        ] {
            assert!(SIGNER.replace(part, other).parse::<SignerKey>().is_err());
        }
        for (part, other) in [
            ("PeterNeumann", "x"),
            ("c74f20a3", "00000000"),
            ("ARpc", "AhpC"),
        ] {
            assert!(
                VERIFIER
                    .replace(part, other)
                    .parse::<VerifierKey>()
                    .is_err()
            );
        }
        for name in ["", "a b", "a+b", "a\u{3000}b", "a\u{1}b"] {
            assert!(SignerKey::from_seed(name, &[7; 32]).is_err(), "{name:?}");
        }
    }
}
