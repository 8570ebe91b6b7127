//! An error that every client takes.
//!
//! An error travels in HTTP/2 headers, its words twice: a text as it is, and the details. A client that
//! is sent more headers than it allows ends the connection, with all else that was asked on it; the
//! least that gRPC's own libraries allow is 8 KiB. What an error quotes its caller may have made long.

use tonic_types::{FieldViolation, LocalizedMessage};

/// Bytes an error's headers may have. The rest of 8 KiB is for those beside it.
pub(super) const HEADERS: usize = 7 * 1024;
/// Bytes of a sentence, where the two need more than there is room for.
const SENTENCE: usize = 600;
/// Bytes of each text about a field at fault.
const ABOUT_A_FIELD: usize = 240;
/// Bytes of code, clauses, pack, request id, time to come back, and of the messages around all.
const BESIDE: usize = 700;

/// The sentence in both languages, cut where they would leave no room for a field at fault.
pub(super) fn sentences(en: String, ja: String) -> (String, String) {
    const FIELD: usize = in_base64(3 * ABOUT_A_FIELD);
    if needed(&en, &ja) + FIELD <= HEADERS {
        return (en, ja);
    }
    (cut(en, SENTENCE), cut(ja, SENTENCE))
}

/// The fields at fault of which there is room beside these sentences, and the number of the others.
pub(super) fn violations(
    all: Vec<FieldViolation>,
    en: &str,
    ja: &str,
) -> (Vec<FieldViolation>, usize) {
    let mut room = HEADERS.saturating_sub(needed(en, ja));
    let count = all.len();
    let mut kept = Vec::new();
    for one in all {
        let one = FieldViolation {
            field: cut(one.field, ABOUT_A_FIELD),
            description: cut(one.description, ABOUT_A_FIELD),
            reason: one.reason,
            localized_message: one.localized_message.map(|words| LocalizedMessage {
                locale: words.locale,
                message: cut(words.message, ABOUT_A_FIELD),
            }),
        };
        let Some(left) = room.checked_sub(in_base64(size(&one))) else {
            break;
        };
        room = left;
        kept.push(one);
    }
    let left_out = count - kept.len();
    (kept, left_out)
}

/// What an error without fields takes: its English words are in the message and in the details.
fn needed(en: &str, ja: &str) -> usize {
    in_percent(en) + in_base64(2 * en.len() + ja.len() + BESIDE)
}

fn cut(mut text: String, bytes: usize) -> String {
    if text.len() > bytes {
        text.truncate(text.floor_char_boundary(bytes));
        text.push('…');
    }
    text
}

/// Its texts, and of each the tag and length, as the message around them.
fn size(one: &FieldViolation) -> usize {
    const TAG: usize = 3;
    let words = one.localized_message.as_ref();
    let words = words.map_or(0, |words| {
        words.locale.len() + words.message.len() + 3 * TAG
    });
    one.field.len() + one.description.len() + one.reason.len() + words + 4 * TAG
}

/// `grpc-status-details-bin`.
const fn in_base64(bytes: usize) -> usize {
    bytes.div_ceil(3) * 4
}

/// `grpc-message`: whatever is not a plain character takes three.
fn in_percent(text: &str) -> usize {
    let plain = |byte: u8| matches!(byte, b' '..=b'~' if byte != b'%');
    text.bytes()
        .map(|byte| if plain(byte) { 1 } else { 3 })
        .sum()
}

#[cfg(test)]
mod tests;
