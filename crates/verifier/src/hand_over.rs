//! One key of the log hands over to the next (`docs/log-format.md`): a note that both have signed,
//! with the log as it was at that moment.

use crate::{
    Hash, VerifierKey,
    note::{SignedNote, decimal, digest},
};

/// First line of the note.
const FORM: &str = "sekisho-hand-over/1";

#[derive(Debug)]
pub(crate) struct HandOver {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    pub(crate) from: VerifierKey,
    pub(crate) to: VerifierKey,
}

impl HandOver {
    /// Reads a note that both keys it names have signed. Whether the first of them is to be trusted is
    /// for the reader to know.
    pub(crate) fn open(note: &str) -> Result<Self, &'static str> {
        let note = SignedNote::parse(note).ok_or("it is no signed note")?;
        let (origin, hand_over) = Self::parse(note.text).ok_or("it is not in its form")?;
        let (from, to) = (&hand_over.from, &hand_over.to);
        if from.name() != origin || to.name() != origin || from == to {
            return Err("it is not from one key of the log to another");
        }
        for key in [from, to] {
            if !note.signed_by_log(key).unwrap_or(false) {
                return Err("it is not signed by both keys");
            }
        }
        Ok(hand_over)
    }

    fn parse(text: &str) -> Option<(&str, Self)> {
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [FORM, origin, size, root, from, to] = lines[..] else {
            return None;
        };
        let key = |text: &str| text.parse::<VerifierKey>().ok();
        let hand_over = Self {
            size: decimal(size)?,
            root: digest(root)?,
            from: key(from)?,
            to: key(to)?,
        };
        Some((origin, hand_over))
    }
}

/// Notes written one after the other, with an empty line between them.
pub(crate) fn split(notes: &str) -> Result<Vec<String>, &'static str> {
    let notes = notes.trim_matches('\n');
    if notes.is_empty() {
        return Ok(Vec::new());
    }
    let parts: Vec<&str> = notes.split("\n\n").collect();
    let (pairs, rest) = parts.as_chunks::<2>();
    if !rest.is_empty() {
        return Err("the notes do not end in signatures");
    }
    let note = |[text, signatures]: &[&str; 2]| {
        let signatures = signatures.trim_matches('\n');
        format!("{}\n\n{signatures}\n", text.trim_start_matches('\n'))
    };
    Ok(pairs.iter().map(note).collect())
}
