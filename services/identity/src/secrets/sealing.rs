//! Secrets that must be read again are kept sealed: the database alone, or a copy of it, gives none
//! of them away.
//!
//! XChaCha20-Poly1305 with a drawn nonce. What is sealed names its key, so that keys can be changed,
//! and is bound to the account and the credential it was sealed for: moved to another row it does
//! not open.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use identity_domain::account::{CredentialId, SealedSecret};
use kernel::PersonId;
use sha2::{Digest as _, Sha256};

/// Bytes of a key.
pub(super) const KEY: usize = 32;
/// Bytes of a nonce: long enough to be drawn without ever meeting another.
const NONCE: usize = 24;

/// Seals with one key, and opens what it or an older one has sealed.
pub(crate) struct Sealing {
    newest: SealingKey,
    older: Vec<SealingKey>,
}

struct SealingKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// Why a secret was not opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unsealed {
    /// No key here has that name.
    #[error("it is sealed with key {0}, which the sealing key file does not hold")]
    Key(String),
    /// Changed, or sealed for something else.
    #[error("it was changed, or was sealed for another account or credential")]
    Changed,
}

impl Sealing {
    /// The first key seals; the others only open.
    pub(super) fn new(newest: &[u8; KEY], older: &[[u8; KEY]]) -> Self {
        Self {
            newest: SealingKey::new(newest),
            older: older.iter().map(SealingKey::new).collect(),
        }
    }

    /// The name of the key that seals.
    pub(crate) fn newest(&self) -> &str {
        &self.newest.id
    }

    /// Whether a key of that name is held.
    pub(crate) fn holds(&self, id: &str) -> bool {
        self.key(id).is_some()
    }

    pub(crate) fn seal(
        &self,
        person: &PersonId,
        credential: &CredentialId,
        secret: &str,
    ) -> Result<SealedSecret, Unsealed> {
        let nonce = runtime::random_bytes::<NONCE>();
        let bound = bound_to(person, credential);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: &bound,
        };
        let cipher = &self.newest.cipher;
        let sealed = cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| Unsealed::Changed)?;
        let text = URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
        Ok(SealedSecret::new(format!("{}.{text}", self.newest.id)))
    }

    /// What was sealed for this account and credential.
    ///
    /// # Errors
    /// When its key is not held, or it is not what was sealed for them.
    pub(crate) fn open(
        &self,
        person: &PersonId,
        credential: &CredentialId,
        sealed: &SealedSecret,
    ) -> Result<String, Unsealed> {
        let (id, text) = sealed.reveal().split_once('.').ok_or(Unsealed::Changed)?;
        let key = self.key(id).ok_or_else(|| Unsealed::Key(id.to_owned()))?;
        let bytes = URL_SAFE_NO_PAD.decode(text);
        let bytes = bytes.map_err(|_| Unsealed::Changed)?;
        let (nonce, text) = bytes.split_at_checked(NONCE).ok_or(Unsealed::Changed)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| Unsealed::Changed)?;
        let bound = bound_to(person, credential);
        let payload = Payload {
            msg: text,
            aad: &bound,
        };
        let opened = key.cipher.decrypt(&XNonce::from(nonce), payload);
        let opened = opened.map_err(|_| Unsealed::Changed)?;
        String::from_utf8(opened).map_err(|_| Unsealed::Changed)
    }

    fn key(&self, id: &str) -> Option<&SealingKey> {
        let mut all = std::iter::once(&self.newest).chain(&self.older);
        all.find(|key| key.id == id)
    }
}

impl SealingKey {
    fn new(key: &[u8; KEY]) -> Self {
        let mut name = Sha256::new_with_prefix("sekisho sealing key ");
        name.update(key);
        Self {
            id: URL_SAFE_NO_PAD.encode(&name.finalize()[..9]),
            cipher: XChaCha20Poly1305::new(key.into()),
        }
    }
}

/// A person's id has no slash.
fn bound_to(person: &PersonId, credential: &CredentialId) -> Vec<u8> {
    format!("{person}/{credential}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(id: &str) -> PersonId {
        PersonId::try_new(id).expect("an id")
    }

    #[test]
    fn what_is_sealed_opens_for_its_own_account_and_credential_and_for_no_other() {
        let sealing = Sealing::new(&[1; KEY], &[]);
        let (one, otp) = (person("S1"), CredentialId::new("otp"));
        let sealed = sealing.seal(&one, &otp, "SECRET").expect("sealed");
        assert!(!sealed.reveal().contains("SECRET"));
        assert_eq!(
            sealing.open(&one, &otp, &sealed).expect("its own"),
            "SECRET"
        );
        assert_ne!(sealing.seal(&one, &otp, "SECRET").expect("sealed"), sealed);
        for (whose, which) in [(person("S2"), otp), (one, CredentialId::new("other"))] {
            let opened = sealing.open(&whose, &which, &sealed);
            assert!(matches!(opened, Err(Unsealed::Changed)), "{whose} {which}");
        }
    }

    #[test]
    fn what_was_changed_does_not_open() {
        let sealing = Sealing::new(&[1; KEY], &[]);
        let (one, otp) = (person("S1"), CredentialId::new("otp"));
        let sealed = sealing.seal(&one, &otp, "SECRET").expect("sealed");
        let (id, text) = sealed.reveal().split_once('.').expect("a key's name");
        let bytes = URL_SAFE_NO_PAD.decode(text).expect("base64");
        let changed = (0..bytes.len()).map(|at| {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            format!("{id}.{}", URL_SAFE_NO_PAD.encode(changed))
        });
        let short = ["", ".", "SECRET"].map(str::to_owned);
        for text in changed
            .chain(short)
            .chain([format!("{id}."), format!("{id}.AAAA")])
        {
            let opened = sealing.open(&one, &otp, &SealedSecret::new(text.clone()));
            assert!(opened.is_err(), "{text}");
        }
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_still_opens_as_long_as_it_is_held() {
        let (old, new) = ([1; KEY], [2; KEY]);
        let (one, otp) = (person("S1"), CredentialId::new("otp"));
        let before = Sealing::new(&old, &[]).seal(&one, &otp, "SECRET");
        let before = before.expect("sealed");
        let both = Sealing::new(&new, &[old]);
        assert_eq!(both.open(&one, &otp, &before).expect("older"), "SECRET");
        let after = both.seal(&one, &otp, "SECRET").expect("sealed");
        let only_new = Sealing::new(&new, &[]);
        assert_eq!(only_new.open(&one, &otp, &after).expect("newest"), "SECRET");
        let lost = only_new.open(&one, &otp, &before);
        assert!(matches!(lost, Err(Unsealed::Key(id)) if both.holds(&id)));
    }
}
