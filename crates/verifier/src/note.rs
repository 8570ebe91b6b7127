//! Signed notes and the checkpoints in them (C2SP signed-note, tlog-checkpoint).

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{Failure, Hash, Trust, VerifierKey, Which};

/// Longest note looked at, in bytes.
const LONGEST_NOTE: usize = 1 << 20;

/// A text and the signatures under it, whosoever they are.
#[derive(Debug)]
pub(crate) struct SignedNote<'a> {
    /// What is signed, its last newline included.
    pub(crate) text: &'a str,
    signatures: Vec<Signature<'a>>,
}

#[derive(Debug)]
struct Signature<'a> {
    name: &'a str,
    id: [u8; 4],
    bytes: Vec<u8>,
}

/// A signature in a key's name does not hold.
#[derive(Debug)]
pub(crate) struct Forged;

impl<'a> SignedNote<'a> {
    pub(crate) fn parse(note: &'a str) -> Option<Self> {
        if note.len() > LONGEST_NOTE || note.contains(|c: char| c < ' ' && c != '\n') {
            return None;
        }
        let (body, signatures) = note.rsplit_once("\n\n")?;
        let lines = signatures.strip_suffix('\n')?.split('\n');
        Some(Self {
            text: &note[..=body.len()],
            signatures: lines.map(signature).collect::<Option<_>>()?,
        })
    }

    /// Whether a key signed: every signature in its name and id must hold, and one must be there.
    pub(crate) fn signed_by(
        &self,
        name: &str,
        id: [u8; 4],
        holds: impl Fn(&[u8]) -> bool,
    ) -> Result<bool, Forged> {
        let mut own = self
            .signatures
            .iter()
            .filter(|signature| signature.name == name && signature.id == id)
            .peekable();
        let signed = own.peek().is_some();
        match own.all(|signature| holds(&signature.bytes)) {
            true => Ok(signed),
            false => Err(Forged),
        }
    }

    /// The same for a key of a log.
    pub(crate) fn signed_by_log(&self, key: &VerifierKey) -> Result<bool, Forged> {
        self.signed_by(key.name(), key.id(), |signature| {
            key.verifies(self.text, signature)
        })
    }
}

/// `— name base64`, the base64 being four bytes of key id and the signature.
fn signature(line: &str) -> Option<Signature<'_>> {
    let (name, blob) = line.strip_prefix("— ")?.split_once(' ')?;
    let blob = BASE64_STANDARD.decode(blob).ok()?;
    let (id, bytes) = blob.split_first_chunk::<4>()?;
    Some(Signature {
        name,
        id: *id,
        bytes: bytes.to_vec(),
    })
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
    /// Reads a signed checkpoint. Every signature by a key that is trusted must hold, and one must be
    /// there, by a key that had not been handed over by then; the final one must have been seen by
    /// every witness demanded. Other signatures and extension lines are passed over.
    pub fn open(note: &str, trust: &Trust, which: Which) -> Result<Self, Failure> {
        let unsigned = || Failure::Unsigned { which };
        let note = SignedNote::parse(note).ok_or_else(unsigned)?;
        let mut signer = None;
        for reign in trust.reigns() {
            if note.signed_by_log(&reign.key).map_err(|_| unsigned())? {
                signer = Some(reign);
            }
        }
        let signer = signer.ok_or_else(unsigned)?;
        let checkpoint = parse(note.text).ok_or(Failure::NotACheckpoint { which })?;
        if checkpoint.origin != trust.name() {
            return Err(Failure::NotACheckpoint { which });
        }
        if let Some(end) = &signer.end
            && checkpoint.size > end.size
        {
            let (size, until) = (checkpoint.size, end.size);
            return Err(Failure::Retired { which, size, until });
        }
        if which == Which::Final {
            trust.witnessed(&note)?;
        }
        Ok(checkpoint)
    }

    /// Whether this is the root over as many leaves.
    pub(crate) fn signs(&self, found: Hash) -> Result<(), Failure> {
        match self.root == found {
            true => Ok(()),
            false => Err(Failure::Root {
                size: self.size,
                signed: self.root,
                found,
                last: Vec::new(),
            }),
        }
    }
}

/// Origin, size and root hash, a line each; extension lines after them.
pub(crate) fn parse(text: &str) -> Option<Checkpoint> {
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
        let key: Trust = KEY.parse().unwrap();
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
        let key = VerifierKey::new("ours", secret.verifying_key());
        let id = key.id();
        let key = Trust::from(key);

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
