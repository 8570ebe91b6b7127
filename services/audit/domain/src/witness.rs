//! What a witness says of a checkpoint (C2SP tlog-cosignature, Ed25519): that it has seen it, when, and
//! that it continues all it had seen of this log before.

use std::{fmt, str::FromStr};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};
use signed_note::{Note, Verifier, VerifierList};

use crate::KeyError;

/// Signature type of a cosignature in a key's text.
const COSIGNATURE: u8 = 0x04;

/// A witness's public key.
#[derive(Clone)]
pub struct WitnessKey {
    name: String,
    id: u32,
    key: VerifyingKey,
}

impl WitnessKey {
    /// The name in the key.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The witness's signature line for a signed checkpoint, its newline included, from what it
    /// answered; none if it has not signed this one.
    pub fn find(&self, note: &str, answer: &str) -> Option<String> {
        let note = Note::from_bytes([note, answer].concat().as_bytes()).ok()?;
        let known = VerifierList::new(vec![Box::new(self.clone())]);
        let (signed, _) = note.verify(&known).ok()?;
        String::from_utf8(signed.first()?.to_bytes()).ok()
    }
}

impl Verifier for WitnessKey {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, text: &[u8], signature: &[u8]) -> bool {
        let Some((time, signature)) = signature.split_first_chunk() else {
            return false;
        };
        let (Ok(time), Ok(signature)) = (
            i64::try_from(u64::from_be_bytes(*time)),
            Signature::from_slice(signature),
        ) else {
            return false;
        };
        let message = [format!("cosignature/v1\ntime {time}\n").as_bytes(), text].concat();
        self.key.verify_strict(&message, &signature).is_ok()
    }
}

impl FromStr for WitnessKey {
    type Err = KeyError;

    /// Reads `name+id+base64`, white space around it ignored.
    fn from_str(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let read = || {
            let (name, rest) = text.split_once('+')?;
            let (id, key) = rest.split_once('+')?;
            let typed = BASE64_STANDARD.decode(key).ok()?;
            let own = signed_note::key_id(name, &typed);
            let key = typed.strip_prefix(&[COSIGNATURE])?.try_into().ok()?;
            let sound = signed_note::is_key_name_valid(name) && id == format!("{own:08x}");
            sound.then_some(Self {
                name: name.to_owned(),
                id: own,
                key: VerifyingKey::from_bytes(key).ok()?,
            })
        };
        read().ok_or_else(|| KeyError::Verifier(text.to_owned()))
    }
}

impl fmt::Debug for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WitnessKey({}+{:08x})", self.name, self.id)
    }
}
