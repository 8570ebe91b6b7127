//! What the verifying person trusts: the log's key, those it was handed over to, and witnesses.

use std::str::FromStr;

use crate::{
    Failure, Hash, VerifierKey, WitnessKey,
    hand_over::{HandOver, split},
    note::SignedNote,
};

/// The log's key as it was obtained, the keys that followed it, and the witnesses that must have seen
/// a log before it is accepted.
#[derive(Debug, Clone)]
pub struct Trust {
    /// Oldest first; all but the last have ended.
    reigns: Vec<Reign>,
    witnesses: Vec<WitnessKey>,
}

/// A key, and how the log was when it was handed over.
#[derive(Debug, Clone)]
pub(crate) struct Reign {
    pub(crate) key: VerifierKey,
    pub(crate) end: Option<End>,
}

/// The log at a hand-over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) size: u64,
    pub(crate) root: Hash,
}

impl Trust {
    /// The origin of the log: the name in its keys.
    pub fn name(&self) -> &str {
        self.reigns[0].key.name()
    }

    /// From here on, a log or proof is accepted only if this witness has seen its checkpoint.
    #[must_use]
    pub fn witnessed_by(mut self, witness: WitnessKey) -> Self {
        self.witnesses.push(witness);
        self
    }

    /// Follows hand-overs, one note after the other: each must be signed by the key before and by the
    /// one it names. Those before the trusted key's own time say nothing and are passed over.
    ///
    /// # Errors
    /// [`Failure::HandOver`] for one that is not in its form, does not follow, or is not signed by both.
    pub fn follow(mut self, notes: &str) -> Result<Self, Failure> {
        let failed = |number, why| Failure::HandOver { number, why };
        let notes = split(notes).map_err(|why| failed(0, why))?;
        for (number, note) in notes.iter().enumerate() {
            let hand_over = HandOver::open(note).map_err(|why| failed(number, why))?;
            let last = self.reigns.len() - 1;
            if hand_over.from != self.reigns[last].key {
                if last == 0 {
                    continue;
                }
                return Err(failed(number, "it is not by the key before it"));
            }
            self.check(&hand_over).map_err(|why| failed(number, why))?;
            self.reigns[last].end = Some(End {
                size: hand_over.size,
                root: hand_over.root,
            });
            self.reigns.push(Reign {
                key: hand_over.to,
                end: None,
            });
        }
        Ok(self)
    }

    fn check(&self, next: &HandOver) -> Result<(), &'static str> {
        let ended = self.ends().last().map_or(0, |end| end.size);
        if next.size < ended {
            return Err("the log was longer before");
        }
        if self.reigns.iter().any(|reign| reign.key == next.to) {
            return Err("the key was in use before");
        }
        Ok(())
    }

    pub(crate) fn reigns(&self) -> &[Reign] {
        &self.reigns
    }

    /// The log at each hand-over, oldest first.
    pub(crate) fn ends(&self) -> impl Iterator<Item = End> {
        self.reigns.iter().filter_map(|reign| reign.end)
    }

    /// Whether every witness demanded has signed.
    pub(crate) fn witnessed(&self, note: &SignedNote<'_>) -> Result<(), Failure> {
        let missing = |witness: &&WitnessKey| !witness.has_seen(note);
        match self.witnesses.iter().find(missing) {
            Some(witness) => Err(Failure::Unwitnessed {
                witness: witness.name().to_owned(),
            }),
            None => Ok(()),
        }
    }
}

impl From<VerifierKey> for Trust {
    fn from(key: VerifierKey) -> Self {
        let reign = Reign { key, end: None };
        Self {
            reigns: vec![reign],
            witnesses: Vec::new(),
        }
    }
}

/// A verifier key on the first line, and hand-overs after it, if there are any.
impl FromStr for Trust {
    type Err = Failure;

    fn from_str(text: &str) -> Result<Self, Failure> {
        let text = text.trim_start();
        let (key, notes) = text.split_once('\n').unwrap_or((text, ""));
        let key: VerifierKey = key.parse()?;
        Self::from(key).follow(notes)
    }
}
