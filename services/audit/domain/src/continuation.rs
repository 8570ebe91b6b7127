//! What whoever holds the log's key is asked to sign: a checkpoint, with the proof that it continues
//! one before. So a key that is kept elsewhere signs one story only, whoever asks.

use base64::{Engine, prelude::BASE64_STANDARD};

use crate::{Checkpoint, Hash, verify_consistency};

/// Longest text of a [`Continuation`], in bytes.
pub const LONGEST_CONTINUATION: usize = 16 << 10;
/// Most hashes of a consistency proof.
const LONGEST_PROOF: usize = 63;

/// A checkpoint to be signed, and the proof that its log begins with an earlier state of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continuation {
    /// Leaves of the earlier state.
    pub old: u64,
    /// From there to the checkpoint (RFC 6962 consistency proof).
    pub proof: Vec<Hash>,
    /// What is to be signed.
    pub checkpoint: Checkpoint,
}

/// Why a checkpoint is not signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The request is not in its form, or the old size is above the new one.
    #[error("the request is not in its form")]
    Malformed,
    /// It is of another log than the key.
    #[error("the key is of another log")]
    OtherLog,
    /// What was signed last is of another size than the proof begins at, or, at the same size, another log.
    #[error("what was signed last is of {0} leaves, and the proof is not from there")]
    Conflict(u64),
    /// The proof does not show that the log goes on from what was signed last.
    #[error("the proof does not show that the log goes on from what was signed last")]
    NoGrowth,
}

impl Continuation {
    /// The request as it is sent: `old` and a number, a base64 hash a line, an empty line, the text of
    /// the checkpoint.
    ///
    /// # Errors
    /// [`Rejection::Malformed`] for an origin that is none.
    pub fn text(&self) -> Result<String, Rejection> {
        let checkpoint = self.checkpoint.text().map_err(|_| Rejection::Malformed)?;
        let hashes: String = self
            .proof
            .iter()
            .map(|hash| BASE64_STANDARD.encode(hash) + "\n")
            .collect();
        Ok(format!("old {}\n{hashes}\n{checkpoint}", self.old))
    }

    /// Reads what [`Self::text`] writes, and nothing else.
    ///
    /// # Errors
    /// [`Rejection::Malformed`].
    pub fn parse(text: &str) -> Result<Self, Rejection> {
        let read = Self::read(text).ok_or(Rejection::Malformed)?;
        match read.text()? == text {
            true => Ok(read),
            false => Err(Rejection::Malformed),
        }
    }

    fn read(text: &str) -> Option<Self> {
        if text.len() > LONGEST_CONTINUATION {
            return None;
        }
        let (head, checkpoint) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = lines.next()?.strip_prefix("old ")?.parse().ok()?;
        let hash = |line| BASE64_STANDARD.decode(line).ok()?.try_into().ok();
        let proof: Vec<Hash> = lines.map(hash).collect::<Option<_>>()?;
        let checkpoint = Checkpoint::read(checkpoint.as_bytes()).ok()?;
        let fits = proof.len() <= LONGEST_PROOF && old <= checkpoint.root.size;
        fits.then_some(Self {
            old,
            proof,
            checkpoint,
        })
    }

    /// Whether the checkpoint continues the one that was signed last.
    ///
    /// # Errors
    /// See [`Rejection`].
    pub fn judge(&self, signed: &Checkpoint) -> Result<(), Rejection> {
        let (new, last) = (&self.checkpoint, signed.root);
        if new.origin != signed.origin {
            return Err(Rejection::OtherLog);
        }
        if self.old != last.size || (new.root.size == last.size && new.root != last) {
            return Err(Rejection::Conflict(last.size));
        }
        verify_consistency(&last, &new.root, &self.proof).map_err(|_| Rejection::NoGrowth)
    }
}

#[cfg(test)]
mod tests;
