//! The signed statement of how long the log is and what is in it.

use signed_note::{Note, VerifierList};

use crate::{Root, SignerKey, Tree, VerifierKey};

/// Why a checkpoint cannot be signed, or a signed one not be accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// The key is another log's.
    #[error("the checkpoint is of {origin:?}, the key of {key:?}")]
    Origin {
        /// Origin of the checkpoint.
        origin: String,
        /// Name in the key.
        key: String,
    },
    /// Not a signed note, or not by this key.
    #[error("not a note signed by this log's key")]
    Unsigned,
    /// Signed, but the text is no checkpoint of the form this log writes.
    #[error("the signed text is not a checkpoint")]
    Malformed,
}

/// A log's origin, size and root hash: C2SP tlog-checkpoint, without extension lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log: the name of its key.
    pub origin: String,
    /// Size and root hash.
    pub root: Root,
}

impl Checkpoint {
    /// The text that is signed: origin, size and base64 root hash, a line each.
    pub fn text(&self) -> Result<String, CheckpointError> {
        let hash = tlog_tiles::Hash(self.root.hash);
        if self.origin.contains('\n') {
            return Err(CheckpointError::Malformed);
        }
        let text = tlog_tiles::Checkpoint::new(&self.origin, self.root.size, hash, "")
            .map_err(|_| CheckpointError::Malformed)?
            .to_bytes();
        String::from_utf8(text).map_err(|_| CheckpointError::Malformed)
    }

    /// The signed note. Persist it before showing it to anyone.
    pub fn sign(&self, key: &SignerKey) -> Result<String, CheckpointError> {
        self.check_origin(key.name())?;
        let mut note =
            Note::new(self.text()?.as_bytes(), &[]).map_err(|_| CheckpointError::Malformed)?;
        note.add_sigs(&[key])
            .map_err(|_| CheckpointError::Unsigned)?;
        String::from_utf8(note.to_bytes()).map_err(|_| CheckpointError::Malformed)
    }

    /// Reads a signed note after checking its signature. Signatures by other keys (witnesses') may
    /// stand beside it.
    pub fn open(note: &str, key: &VerifierKey) -> Result<Self, CheckpointError> {
        let note = Note::from_bytes(note.as_bytes()).map_err(|_| CheckpointError::Unsigned)?;
        let known = VerifierList::new(vec![Box::new(key.standard.clone())]);
        note.verify(&known).map_err(|_| CheckpointError::Unsigned)?;
        let checkpoint = Self::read(note.text())?;
        checkpoint.check_origin(key.name())?;
        Ok(checkpoint)
    }

    /// Reads a text that nobody has signed yet, or whose signature was checked.
    pub(crate) fn read(text: &[u8]) -> Result<Self, CheckpointError> {
        let read =
            tlog_tiles::Checkpoint::from_bytes(text).map_err(|_| CheckpointError::Malformed)?;
        if !read.extension().is_empty() {
            return Err(CheckpointError::Malformed);
        }
        Ok(Self {
            origin: read.origin().to_owned(),
            root: Root {
                size: read.size(),
                hash: read.hash().0,
            },
        })
    }

    /// Whether the tree is exactly the one signed for. At boot the tree is read back from the store
    /// at the last checkpoint's size: if this is false, do not sign and raise the alarm.
    pub fn describes(&self, tree: &Tree) -> bool {
        self.root == tree.root()
    }

    fn check_origin(&self, key: &str) -> Result<(), CheckpointError> {
        if self.origin == key {
            return Ok(());
        }
        Err(CheckpointError::Origin {
            origin: self.origin.clone(),
            key: key.to_owned(),
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const ORIGIN: &str = "log.sekisho.example/audit";

    fn key(name: &str) -> SignerKey {
        SignerKey::from_seed(name, &[7; 32]).unwrap()
    }

    fn checkpoint() -> Checkpoint {
        let mut tree = Tree::default();
        tree.append([crate::Leaf::of(b"one").hash()]);
        Checkpoint {
            origin: ORIGIN.to_owned(),
            root: tree.root(),
        }
    }

    #[test]
    fn a_signed_checkpoint_reads_back_and_has_the_c2sp_form() {
        let note = checkpoint().sign(&key(ORIGIN)).unwrap();
        let lines: Vec<_> = note.lines().collect();
        assert_eq!(lines[..2], [ORIGIN, "1"]);
        assert_eq!(lines[3], "");
        assert!(lines[4].starts_with(&format!("— {ORIGIN} ")));
        let read = Checkpoint::open(&note, &key(ORIGIN).verifier()).unwrap();
        assert_eq!(read, checkpoint());
    }

    #[test]
    fn no_byte_of_a_signed_checkpoint_can_change() {
        let note = checkpoint().sign(&key(ORIGIN)).unwrap();
        let verifier = key(ORIGIN).verifier();
        for at in 0..note.len() {
            for bit in 0..8 {
                let mut bytes = note.clone().into_bytes();
                bytes[at] ^= 1 << bit;
                let Ok(text) = String::from_utf8(bytes) else {
                    continue;
                };
                assert!(Checkpoint::open(&text, &verifier).is_err(), "byte {at}");
            }
        }
    }

    #[test]
    fn a_witness_may_sign_beside_the_log_but_not_instead_of_it() {
        let mut note =
            Note::from_bytes(checkpoint().sign(&key(ORIGIN)).unwrap().as_bytes()).unwrap();
        note.add_sigs(&[&key("witness.example")]).unwrap();
        let both = String::from_utf8(note.to_bytes()).unwrap();
        assert!(Checkpoint::open(&both, &key(ORIGIN).verifier()).is_ok());

        let mut note = Note::new(checkpoint().text().unwrap().as_bytes(), &[]).unwrap();
        note.add_sigs(&[&key("witness.example")]).unwrap();
        let other = String::from_utf8(note.to_bytes()).unwrap();
        assert_eq!(
            Checkpoint::open(&other, &key(ORIGIN).verifier()),
            Err(CheckpointError::Unsigned)
        );
    }

    #[test]
    fn a_key_signs_for_its_own_log_only() {
        let error = checkpoint().sign(&key("other.example")).unwrap_err();
        assert!(matches!(error, CheckpointError::Origin { .. }));

        // Signed by the right key, but for another log.
        let mut note = Note::new(
            b"other.example\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            &[],
        )
        .unwrap();
        note.add_sigs(&[&key(ORIGIN)]).unwrap();
        let note = String::from_utf8(note.to_bytes()).unwrap();
        let error = Checkpoint::open(&note, &key(ORIGIN).verifier()).unwrap_err();
        assert!(matches!(error, CheckpointError::Origin { .. }));
    }

    #[test]
    fn a_tree_that_lost_or_changed_a_leaf_is_not_described() {
        let mut tree = Tree::default();
        assert!(!checkpoint().describes(&tree));
        tree.append([crate::Leaf::of(b"other").hash()]);
        assert!(!checkpoint().describes(&tree));
        let mut tree = Tree::default();
        tree.append([crate::Leaf::of(b"one").hash()]);
        assert!(checkpoint().describes(&tree));
    }
}
