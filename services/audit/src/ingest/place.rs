//! Where a record says it stands, read from its bytes as the offline judge reads them.
//!
//! A record may be unreadable for its event (a field of another form) and still have a place; then
//! the chain is checked all the same. Only what has no place at all enters the log as mere bytes.

use audit_domain::Hash;

use proto::wire::fields;

/// Field numbers of `io.cloudevents.v1.CloudEvent` and its attribute values.
const SOURCE: u32 = 2;
const ATTRIBUTES: u32 = 5;
const KEY: u32 = 1;
const VALUE: u32 = 2;
const CE_STRING: u32 = 3;
const CE_BYTES: u32 = 4;
/// An attribute value is one of the fields 1 to 7; the last one set counts.
const CE_KINDS: std::ops::RangeInclusive<u32> = 1..=7;

/// A record's own word on its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// CloudEvents `source`.
    pub(crate) source: String,
    /// `sequence`, from 1.
    pub(crate) position: u64,
    /// `prevhash`.
    pub(crate) previous: Hash,
}

impl Place {
    /// Reads it; none when the bytes name no source, no sequence or no predecessor.
    pub(crate) fn read(record: &[u8]) -> Option<Self> {
        let (mut source, mut sequence, mut previous) = (None, None, None);
        for field in fields(record) {
            match field.ok()? {
                (SOURCE, Some(text)) => source = Some(text),
                (ATTRIBUTES, Some(entry)) => match attribute(entry)? {
                    (b"sequence", value) => sequence = value,
                    (b"prevhash", value) => previous = value,
                    _ => {}
                },
                _ => {}
            }
        }
        let source = std::str::from_utf8(source?).ok()?;
        Some(Self {
            source: (!source.is_empty()).then(|| source.to_owned())?,
            position: position(sequence?)?,
            previous: hash(previous?)?,
        })
    }
}

/// The kind an attribute has been given, by field number, and its bytes.
type Value<'a> = Option<(u32, &'a [u8])>;

fn attribute(entry: &[u8]) -> Option<(&[u8], Value<'_>)> {
    let (mut key, mut value): (&[u8], Value<'_>) = (b"", None);
    for field in fields(entry) {
        match field.ok()? {
            (KEY, Some(text)) => key = text,
            (VALUE, Some(message)) => {
                for field in fields(message) {
                    let (kind, bytes) = field.ok()?;
                    if CE_KINDS.contains(&kind) {
                        value = Some((kind, bytes.unwrap_or_default()));
                    }
                }
            }
            _ => {}
        }
    }
    Some((key, value))
}

fn position((kind, digits): (u32, &[u8])) -> Option<u64> {
    if kind != CE_STRING || digits.len() != 20 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = std::str::from_utf8(digits).ok()?.parse().ok()?;
    (number > 0).then_some(number)
}

fn hash((kind, bytes): (u32, &[u8])) -> Option<Hash> {
    (kind == CE_BYTES).then(|| bytes.try_into().ok())?
}

#[cfg(test)]
mod tests;
