//! Verifier keys, signed notes and the checkpoints in them (C2SP signed-note, tlog-checkpoint).

use std::str::FromStr;

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signature, VerifyingKey};

use crate::{Failure, Hash, Which, merkle::sha256};

/// Signature type of Ed25519 in a key.
const ED25519: u8 = 0x01;
/// Longest note looked at, in bytes.
const LONGEST_NOTE: usize = 1 << 20;

/// The log's public key, as handed out: `name+id+base64`.
#[derive(Debug, Clone)]
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
}

impl FromStr for VerifierKey {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let (name, rest) = text.trim().split_once('+').ok_or(Failure::Key)?;
        let (id, key) = rest.split_once('+').ok_or(Failure::Key)?;
        if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(Failure::Key);
        }
        let id: [u8; 4] = hex::decode(id)
            .ok()
            .and_then(|id| id.try_into().ok())
            .ok_or(Failure::Key)?;
        let typed = BASE64_STANDARD.decode(key).map_err(|_| Failure::Key)?;
        if sha256(&[name.as_bytes(), b"\n", &typed])[..4] != id {
            return Err(Failure::Key);
        }
        let Some((&ED25519, key)) = typed.split_first() else {
            return Err(Failure::Key);
        };
        let key = key.try_into().map_err(|_| Failure::Key)?;
        Ok(Self {
            name: name.to_owned(),
            id,
            key: VerifyingKey::from_bytes(key).map_err(|_| Failure::Key)?,
        })
    }
}

/// What the log's key has signed: so many leaves, with this root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log.
    pub origin: String,
    /// Number of leaves.
    pub size: u64,
    /// RFC 6962 root hash over them.
    pub root: Hash,
}

impl Checkpoint {
    /// Reads a signed checkpoint. Every signature by the log's key must hold, and one must be there;
    /// other keys' signatures (witnesses') and extension lines are passed over.
    pub fn open(note: &str, key: &VerifierKey, which: Which) -> Result<Self, Failure> {
        let unsigned = || Failure::Unsigned { which };
        if note.len() > LONGEST_NOTE || note.contains(|c: char| c < ' ' && c != '\n') {
            return Err(unsigned());
        }
        let (body, signatures) = note.rsplit_once("\n\n").ok_or_else(unsigned)?;
        let text = &note[..=body.len()];
        let signatures = signatures.strip_suffix('\n').ok_or_else(unsigned)?;
        let mut signed = false;
        for line in signatures.split('\n') {
            let (name, id, signature) = signature(line).ok_or_else(unsigned)?;
            if name != key.name || id != key.id {
                continue;
            }
            let signature = Signature::from_slice(&signature).map_err(|_| unsigned())?;
            let holds = key.key.verify_strict(text.as_bytes(), &signature);
            holds.map_err(|_| unsigned())?;
            signed = true;
        }
        if !signed {
            return Err(unsigned());
        }
        let checkpoint = parse(text).ok_or(Failure::NotACheckpoint { which })?;
        if checkpoint.origin != key.name {
            return Err(Failure::NotACheckpoint { which });
        }
        Ok(checkpoint)
    }
}

/// `— name base64`, the base64 being four bytes of key id and the signature.
fn signature(line: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, blob) = line.strip_prefix("— ")?.split_once(' ')?;
    let blob = BASE64_STANDARD.decode(blob).ok()?;
    let (id, signature) = blob.split_first_chunk::<4>()?;
    Some((name, *id, signature.to_vec()))
}

fn parse(text: &str) -> Option<Checkpoint> {
    let mut lines = text.strip_suffix('\n')?.split('\n');
    let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
    if lines.any(str::is_empty) {
        return None;
    }
    Some(Checkpoint {
        origin: origin.to_owned(),
        size: decimal(size)?,
        root: digest(root)?,
    })
}

/// A number without sign or leading zeros.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A base64 SHA-256 hash.
pub(crate) fn digest(text: &str) -> Option<Hash> {
    BASE64_STANDARD.decode(text).ok()?.try_into().ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// Key and note of the signed-note specification's example.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\n\
        then you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn the_specification_s_note_is_signed_though_no_checkpoint() {
        let key: VerifierKey = KEY.parse().unwrap();
        let failure = Checkpoint::open(NOTE, &key, Which::Final).unwrap_err();
        assert!(
            matches!(failure, Failure::NotACheckpoint { .. }),
            "{failure}"
        );
        let changed = NOTE.replace("problem is", "Problem is");
        let failure = Checkpoint::open(&changed, &key, Which::Final).unwrap_err();
        assert!(matches!(failure, Failure::Unsigned { .. }), "{failure}");
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

    #[test]
    fn a_checkpoint_text_has_one_form_only() {
        let root = BASE64_STANDARD.encode([1; 32]);
        assert!(parse(&format!("o\n7\n{root}\n")).is_some());
        assert!(parse(&format!("o\n7\n{root}\nextension\n")).is_some());
        for text in [
            format!("o\n07\n{root}\n"),
            format!("o\n+7\n{root}\n"),
            format!("o\n7\n{root}"),
            format!("o\n7\n{}\n", &root[..40]),
            format!("o\n7\n{root}\n\nextension\n"),
            "o\n7\n".to_owned(),
        ] {
            assert!(parse(&text).is_none(), "{text:?}");
        }
    }

    #[test]
    fn a_checkpoint_of_another_log_is_refused_though_this_log_s_key_signed_it() {
        use ed25519_dalek::{Signer, SigningKey};

        let secret = SigningKey::from_bytes(&[3; 32]);
        let typed = [&[ED25519][..], secret.verifying_key().as_bytes()].concat();
        let id = sha256(&[b"ours\n", &typed])[..4].to_vec();
        let key = format!(
            "ours+{}+{}",
            hex::encode(&id),
            BASE64_STANDARD.encode(typed)
        );
        let key: VerifierKey = key.parse().unwrap();

        let signed = |origin: &str| {
            let text = format!("{origin}\n1\n{}\n", BASE64_STANDARD.encode([1; 32]));
            let signature = secret.sign(text.as_bytes()).to_bytes();
            let blob = BASE64_STANDARD.encode([&id[..], &signature].concat());
            format!("{text}\n— ours {blob}\n")
        };
        assert!(Checkpoint::open(&signed("ours"), &key, Which::Kept).is_ok());
        let failure = Checkpoint::open(&signed("theirs"), &key, Which::Kept).unwrap_err();
        assert!(
            matches!(failure, Failure::NotACheckpoint { which: Which::Kept }),
            "{failure}"
        );
    }
}
