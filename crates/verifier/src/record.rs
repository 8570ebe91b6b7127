//! Reads from a record what places it: `source`, `sequence` and `prevhash` of its CloudEvent.

use crate::{
    Hash,
    wire::{Fields, Malformed, Value},
};

/// Field numbers of `io.cloudevents.v1.CloudEvent` and its attribute values.
const SOURCE: u64 = 2;
const ATTRIBUTES: u64 = 5;
const KEY: u64 = 1;
const VALUE: u64 = 2;
const CE_STRING: u64 = 3;
const CE_BYTES: u64 = 4;
/// The attribute value is one of fields 1 to 7; the last one set counts.
const CE_KINDS: std::ops::RangeInclusive<u64> = 1..=7;

/// Where a record stands in its source's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// CloudEvents `source`.
    pub source: String,
    /// `sequence`, from 1.
    pub position: u64,
    /// `prevhash`: SHA-256 of the record before it, all zero for the first.
    pub prev_hash: Hash,
}

/// Why a record has no place in a chain. The log holds such records too, as raw bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unplaced {
    /// Not a protobuf message.
    #[error("not a protobuf message")]
    Malformed(#[source] Malformed),
    /// No `source`, or not UTF-8.
    #[error("no source")]
    Source,
    /// No `sequence`, or not 20 decimal digits of a number from 1.
    #[error("no sequence of 20 digits")]
    Sequence,
    /// No `prevhash`, or not 32 bytes.
    #[error("no prevhash of 32 bytes")]
    PrevHash,
}

impl From<Malformed> for Unplaced {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error)
    }
}

impl Placed {
    /// Reads a record. As in protobuf, the last occurrence of a field or map key counts.
    pub fn read(record: &[u8]) -> Result<Self, Unplaced> {
        let (mut source, mut sequence, mut prev_hash) = (None, None, None);
        for field in Fields::of(record) {
            match field? {
                (SOURCE, Value::Bytes(text)) => source = Some(text),
                (ATTRIBUTES, Value::Bytes(entry)) => match attribute(entry)? {
                    (b"sequence", value) => sequence = value,
                    (b"prevhash", value) => prev_hash = value,
                    _ => {}
                },
                _ => {}
            }
        }
        Ok(Self {
            source: source.and_then(text).ok_or(Unplaced::Source)?,
            position: sequence.and_then(position).ok_or(Unplaced::Sequence)?,
            prev_hash: prev_hash.and_then(hash).ok_or(Unplaced::PrevHash)?,
        })
    }
}

/// The one kind an attribute has been given, by field number, and its bytes.
type Attribute<'a> = Option<(u64, &'a [u8])>;

fn attribute(entry: &[u8]) -> Result<(&[u8], Attribute<'_>), Malformed> {
    let (mut key, mut value): (&[u8], Attribute<'_>) = (b"", None);
    for field in Fields::of(entry) {
        match field? {
            (KEY, Value::Bytes(text)) => key = text,
            // A message field given twice is merged: of its one-of, again the last counts.
            (VALUE, Value::Bytes(message)) => {
                for field in Fields::of(message) {
                    match field? {
                        (kind, Value::Bytes(bytes)) if CE_KINDS.contains(&kind) => {
                            value = Some((kind, bytes));
                        }
                        (kind, Value::Number | Value::Varint(_)) if CE_KINDS.contains(&kind) => {
                            value = Some((kind, b""));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok((key, value))
}

fn text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.is_empty()).then(|| text.to_owned())
}

fn position((kind, digits): (u64, &[u8])) -> Option<u64> {
    if kind != CE_STRING || digits.len() != 20 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (number > 0).then_some(number)
}

fn hash((kind, bytes): (u64, &[u8])) -> Option<Hash> {
    (kind == CE_BYTES).then(|| bytes.try_into().ok())?
}

#[cfg(test)]
mod tests;
