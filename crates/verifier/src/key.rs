//! The log's public key: `name+id+base64` (C2SP signed-note).

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};

use crate::{Failure, merkle::sha256};

/// Signature type of Ed25519 over a note's text.
const ED25519: u8 = 0x01;

/// A log's public key, as handed out: `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl VerifierKey {
    /// The name in the key: the origin of the log.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn id(&self) -> [u8; 4] {
        self.id
    }

    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }

    #[cfg(test)]
    pub(crate) fn new(name: &str, key: VerifyingKey) -> Self {
        Self {
            name: name.to_owned(),
            id: id(name, ED25519, key.as_bytes()),
            key,
        }
    }
}

impl FromStr for VerifierKey {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let (name, id, key) = read(text, ED25519).ok_or(Failure::Key)?;
        Ok(Self { name, id, key })
    }
}

/// The text it is read from.
impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&write(&self.name, ED25519, self.key.as_bytes()))
    }
}

/// The id of a key: the beginning of the hash over its name, its type and itself.
pub(crate) fn id(name: &str, kind: u8, key: &[u8]) -> [u8; 4] {
    let [a, b, c, d, ..] = sha256(&[name.as_bytes(), b"\n", &[kind], key]);
    [a, b, c, d]
}

/// Whether that can be the name in a key: not empty, without white space, control characters or `+`.
pub(crate) fn is_name(name: &str) -> bool {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    !name.is_empty() && !name.contains(odd)
}

/// Reads `name+id+base64` of a key of that type.
pub(crate) fn read(text: &str, kind: u8) -> Option<(String, [u8; 4], VerifyingKey)> {
    let (name, rest) = text.trim().split_once('+')?;
    let (said, key) = rest.split_once('+')?;
    let typed = BASE64_STANDARD.decode(key).ok()?;
    let key = typed.strip_prefix(&[kind])?;
    let own = id(name, kind, key);
    if !is_name(name) || hex::decode(said).ok()? != own {
        return None;
    }
    let key = VerifyingKey::from_bytes(key.try_into().ok()?).ok()?;
    Some((name.to_owned(), own, key))
}

/// Writes what [`read`] reads.
pub(crate) fn write(name: &str, kind: u8, key: &[u8]) -> String {
    let typed = BASE64_STANDARD.encode([&[kind], key].concat());
    format!("{name}+{}+{typed}", hex::encode(id(name, kind, key)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// The key of the signed-note specification's example.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_key_is_written_as_it_is_read() {
        let key: VerifierKey = format!(" {KEY}\n").parse().unwrap();
        assert_eq!(key.to_string(), KEY);
    }

    #[test]
    fn a_key_changed_in_any_character_is_refused() {
        for at in 0..KEY.len() {
            let mut bytes = KEY.as_bytes().to_vec();
            bytes[at] ^= 1;
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.parse::<VerifierKey>().is_err(), "{text}");
        }
        assert!(KEY[..KEY.len() - 4].parse::<VerifierKey>().is_err());
    }
}
