//! What a witness is asked, and how it judges (C2SP tlog-witness, `add-checkpoint`). Who keeps what was
//! seen last, and serves this, is `crates/witness`.

use crate::{
    Checkpoint, Failure, Hash, Trust, Which,
    merkle::{sha256, verify_consistency},
    note::{decimal, digest},
};

/// Longest body of a request, in bytes.
pub const LONGEST_SUBMISSION: usize = 64 << 10;
/// Most hashes of a consistency proof.
const LONGEST_PROOF: usize = 63;

/// A checkpoint that a witness is asked to sign, with the proof that it continues one before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission<'a> {
    old: u64,
    proof: Vec<Hash>,
    note: &'a str,
}

/// Why a witness does not sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The body is not in its form, or the old size is above the new one.
    #[error("the request is not in its form")]
    Malformed,
    /// No log of that origin is watched here.
    #[error("this log is not known here")]
    UnknownLog,
    /// No key of the log has signed.
    #[error("no key of this log has signed the checkpoint")]
    Unsigned,
    /// What was seen last is of another size than the proof begins at, or, at the same size, another log.
    #[error("the newest checkpoint seen is of {0} leaves, and the proof is not from there")]
    Conflict(u64),
    /// The proof does not show that the log goes on from what was seen.
    #[error("the proof does not show that the log goes on from what was seen")]
    NoGrowth,
}

impl<'a> Submission<'a> {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// [`Rejection::Malformed`].
    pub fn parse(body: &'a str) -> Result<Self, Rejection> {
        Self::read(body).ok_or(Rejection::Malformed)
    }

    fn read(body: &'a str) -> Option<Self> {
        if body.len() > LONGEST_SUBMISSION {
            return None;
        }
        let (head, note) = body.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = decimal(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<Hash> = lines.map(digest).collect::<Option<_>>()?;
        let fits = proof.len() <= LONGEST_PROOF && note.contains("\n\n");
        fits.then_some(Self { old, proof, note })
    }

    /// Which log it says it is of.
    pub fn origin(&self) -> &'a str {
        self.note.split('\n').next().unwrap_or_default()
    }

    /// The signed checkpoint as it came.
    pub fn note(&self) -> &'a str {
        self.note
    }

    /// The checkpoint, if its log's key has signed it and it continues what was seen last.
    ///
    /// # Errors
    /// See [`Rejection`].
    pub fn judge(&self, trust: &Trust, seen: Option<&Checkpoint>) -> Result<Checkpoint, Rejection> {
        let new =
            Checkpoint::open(self.note, trust, Which::Final).map_err(|failure| match failure {
                Failure::NotACheckpoint { .. } => Rejection::Malformed,
                _ => Rejection::Unsigned,
            })?;
        if self.old > new.size {
            return Err(Rejection::Malformed);
        }
        let (size, root) = match seen {
            Some(seen) => (seen.size, seen.root),
            None => (0, sha256(&[])),
        };
        if self.old != size || (new.size == size && new.root != root) {
            return Err(Rejection::Conflict(size));
        }
        if !verify_consistency(size, &root, new.size, &new.root, &self.proof) {
            return Err(Rejection::NoGrowth);
        }
        Ok(new)
    }
}
