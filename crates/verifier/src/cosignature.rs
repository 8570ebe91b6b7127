//! What a witness says of a checkpoint (C2SP tlog-cosignature, Ed25519): that at that time it was the
//! largest it had seen of the log, and that it continued all it had seen before.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::{Failure, key, note::SignedNote};

/// Signature type of a cosignature.
const COSIGNATURE: u8 = 0x04;

/// How the text of a secret key begins.
const PRIVATE: &str = "PRIVATE+KEY+";

/// A witness's public key: `name+id+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    id: [u8; 4],
    key: VerifyingKey,
}

impl WitnessKey {
    /// The witness's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the witness has signed the note, at whatever time.
    pub(crate) fn has_seen(&self, note: &SignedNote<'_>) -> bool {
        let holds = |signature: &[u8]| self.verifies(note.text, signature).unwrap_or(false);
        note.signed_by(&self.name, self.id, holds).unwrap_or(false)
    }

    /// Eight bytes of time, then the signature.
    fn verifies(&self, text: &str, signature: &[u8]) -> Option<bool> {
        let (time, signature) = signature.split_first_chunk()?;
        let time = i64::try_from(u64::from_be_bytes(*time)).ok()?;
        let signature = Signature::from_slice(signature).ok()?;
        let message = message(time, text);
        Some(
            self.key
                .verify_strict(message.as_bytes(), &signature)
                .is_ok(),
        )
    }
}

impl FromStr for WitnessKey {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let (name, id, key) = key::read(text, COSIGNATURE).ok_or(Failure::Key)?;
        Ok(Self { name, id, key })
    }
}

/// The text it is read from.
impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&key::write(&self.name, COSIGNATURE, self.key.as_bytes()))
    }
}

/// The secret half: what a witness signs with. Shows itself nowhere.
pub struct Cosigner {
    name: String,
    key: SigningKey,
}

impl Cosigner {
    /// A key from 32 random bytes, under a name without white space or `+`.
    ///
    /// # Errors
    /// [`Failure::Key`] for another name.
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, Failure> {
        if !key::is_name(name) {
            return Err(Failure::Key);
        }
        Ok(Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(seed),
        })
    }

    /// The key's text, for its file and nothing else.
    pub fn reveal(&self) -> String {
        let id = hex::encode(self.verifier().id);
        let typed = [&[COSIGNATURE][..], self.key.as_bytes()].concat();
        format!(
            "{PRIVATE}{}+{id}+{}",
            self.name,
            BASE64_STANDARD.encode(typed)
        )
    }

    /// The public half.
    pub fn verifier(&self) -> WitnessKey {
        let key = self.key.verifying_key();
        WitnessKey {
            name: self.name.clone(),
            id: key::id(&self.name, COSIGNATURE, key.as_bytes()),
            key,
        }
    }

    /// The signature line, its newline included, that says a signed checkpoint was seen at this time
    /// (seconds of the Unix epoch); none for what is no signed note. Judge it first ([`crate::Submission`]).
    pub fn cosign(&self, note: &str, time: i64) -> Option<String> {
        let note = SignedNote::parse(note)?;
        let signature = self.key.sign(message(time, note.text).as_bytes());
        let id = self.verifier().id;
        let blob = [&id[..], &time.to_be_bytes(), &signature.to_bytes()].concat();
        Some(format!(
            "— {} {}\n",
            self.name,
            BASE64_STANDARD.encode(blob)
        ))
    }
}

/// Reads what [`Cosigner::reveal`] writes, white space around it ignored.
impl FromStr for Cosigner {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let read = || {
            let (name, rest) = text.trim().strip_prefix(PRIVATE)?.split_once('+')?;
            let (id, typed) = rest.split_once('+')?;
            let typed = BASE64_STANDARD.decode(typed).ok()?;
            let seed = typed.strip_prefix(&[COSIGNATURE])?.try_into().ok()?;
            let own = Self::from_seed(name, seed).ok()?;
            (id == hex::encode(own.verifier().id)).then_some(own)
        };
        read().ok_or(Failure::Key)
    }
}

impl fmt::Debug for Cosigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cosigner({}, secret)", self.name)
    }
}

fn message(time: i64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
