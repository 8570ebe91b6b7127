//! One key of the log hands over to the next: a note that both sign, with the log as it was at that
//! moment. Whoever trusts the old key follows it to the new one, and believes the old one nothing that
//! it says of a longer log.

use base64::{Engine, prelude::BASE64_STANDARD};
use signed_note::{Note, VerifierList};

use crate::{Root, SignerKey, VerifierKey};

/// First line of the note.
const FORM: &str = "sekisho-hand-over/1";

/// Why a hand-over cannot be signed, or a signed one not be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandOverError {
    /// The keys are of different logs, or one and the same.
    #[error("a key hands over to another key of the same log")]
    Keys,
    /// Not a note in this form.
    #[error("not a hand-over")]
    Malformed,
    /// Not signed by both keys.
    #[error("not signed by both keys")]
    Unsigned,
}

/// The log's key changes.
#[derive(Debug, Clone)]
pub struct HandOver {
    /// The last that the old key stands for.
    pub root: Root,
    /// The old key.
    pub from: VerifierKey,
    /// The new one.
    pub to: VerifierKey,
}

impl HandOver {
    /// The note that says it. Persist it before the new key signs anything else.
    pub fn sign(root: Root, from: &SignerKey, to: &SignerKey) -> Result<String, HandOverError> {
        let own = |key: &SignerKey| key.verifier().to_string();
        if from.name() != to.name() || own(from) == own(to) {
            return Err(HandOverError::Keys);
        }
        let text = format!(
            "{FORM}\n{}\n{}\n{}\n{}\n{}\n",
            to.name(),
            root.size,
            BASE64_STANDARD.encode(root.hash),
            own(from),
            own(to)
        );
        let mut note = Note::new(text.as_bytes(), &[]).map_err(|_| HandOverError::Malformed)?;
        note.add_sigs(&[from, to])
            .map_err(|_| HandOverError::Unsigned)?;
        String::from_utf8(note.to_bytes()).map_err(|_| HandOverError::Malformed)
    }

    /// Reads a note in which this key takes over, signed by it and by the one it names as the old.
    pub fn open(note: &str, to: &VerifierKey) -> Result<Self, HandOverError> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| HandOverError::Malformed)?;
        let text = std::str::from_utf8(note.text()).map_err(|_| HandOverError::Malformed)?;
        let (origin, hand_over) = Self::parse(text).ok_or(HandOverError::Malformed)?;
        let names = [hand_over.from.name(), hand_over.to.name(), to.name()];
        if names != [origin; 3] || hand_over.to.to_string() != to.to_string() {
            return Err(HandOverError::Keys);
        }
        for key in [&hand_over.from, &hand_over.to] {
            let known = VerifierList::new(vec![Box::new(key.standard.clone())]);
            note.verify(&known).map_err(|_| HandOverError::Unsigned)?;
        }
        Ok(hand_over)
    }

    fn parse(text: &str) -> Option<(&str, Self)> {
        let lines: Vec<&str> = text.lines().collect();
        let [FORM, origin, size, root, from, to] = lines[..] else {
            return None;
        };
        let root = Root {
            size: size.parse().ok()?,
            hash: BASE64_STANDARD.decode(root).ok()?.try_into().ok()?,
        };
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        Some((origin, Self { root, from, to }))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::Tree;

    const ORIGIN: &str = "log.city.example/sekisho";

    fn key(name: &str, seed: u8) -> SignerKey {
        SignerKey::from_seed(name, &[seed; 32]).unwrap()
    }

    fn root() -> Root {
        let mut tree = Tree::default();
        tree.append([crate::Leaf::of(b"one").hash()]);
        tree.root()
    }

    #[test]
    fn the_new_key_reads_what_both_have_signed() {
        let (old, new) = (key(ORIGIN, 1), key(ORIGIN, 2));
        let note = HandOver::sign(root(), &old, &new).unwrap();
        let read = HandOver::open(&note, &new.verifier()).unwrap();
        assert_eq!(read.root, root());
        assert_eq!(read.from.to_string(), old.verifier().to_string());
        let other = HandOver::open(&note, &key(ORIGIN, 3).verifier()).unwrap_err();
        assert_eq!(other, HandOverError::Keys);
    }

    #[test]
    fn one_signature_is_not_enough_and_no_byte_can_change() {
        let (old, new) = (key(ORIGIN, 1), key(ORIGIN, 2));
        let note = HandOver::sign(root(), &old, &new).unwrap();
        for line in note.lines().filter(|line| line.starts_with('—')) {
            let one = note.replace(&format!("{line}\n"), "");
            let refused = HandOver::open(&one, &new.verifier()).unwrap_err();
            assert_eq!(refused, HandOverError::Unsigned);
        }
        for at in 0..note.len() {
            let mut bytes = note.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(changed) = String::from_utf8(bytes) else {
                continue;
            };
            assert!(HandOver::open(&changed, &new.verifier()).is_err(), "{at}");
        }
    }

    #[test]
    fn a_key_hands_over_within_its_log_and_not_to_itself() {
        for other in [key(ORIGIN, 1), key("other.example", 2)] {
            let refused = HandOver::sign(root(), &key(ORIGIN, 1), &other).unwrap_err();
            assert_eq!(refused, HandOverError::Keys);
        }
    }
}
