//! From bytes to text, without guessing wrongly in silence.

use std::fmt;

use encoding_rs::{DecoderResult, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};

use crate::error::FileError;

/// How the text of a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, little end first, with its byte order mark.
    Utf16Le,
    /// UTF-16, big end first, with its byte order mark.
    Utf16Be,
    /// Windows-31J (CP932), what Excel in Japan calls Shift_JIS.
    Windows31J,
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le | Self::Utf16Be => "UTF-16",
            Self::Windows31J => "Windows-31J",
        })
    }
}

impl Encoding {
    fn codec(self) -> &'static encoding_rs::Encoding {
        match self {
            Self::Utf8 => UTF_8,
            Self::Utf16Le => UTF_16LE,
            Self::Utf16Be => UTF_16BE,
            Self::Windows31J => SHIFT_JIS,
        }
    }
}

/// The text, and the encoding a byte order mark names or, without one, the first of UTF-8 and
/// Windows-31J in which every byte is part of a character.
pub(crate) fn text(bytes: &[u8]) -> Result<(String, Encoding), FileError> {
    let (text, encoding) = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => named(rest, Encoding::Utf8)?,
        [0xFF, 0xFE, rest @ ..] => named(rest, Encoding::Utf16Le)?,
        [0xFE, 0xFF, rest @ ..] => named(rest, Encoding::Utf16Be)?,
        _ => match (
            strict(bytes, Encoding::Utf8),
            strict(bytes, Encoding::Windows31J),
        ) {
            (Ok(text), _) => (text, Encoding::Utf8),
            (_, Ok(text)) => (text, Encoding::Windows31J),
            // The reading that came further is the one that was meant; bytes that pass for
            // UTF-8 by chance are rare, those that pass for Windows-31J are not.
            (Err((utf8, before)), Err((cp932, _))) if utf8 >= cp932 => {
                return Err(invalid(Encoding::Utf8, &before));
            }
            (_, Err((_, before))) => return Err(invalid(Encoding::Windows31J, &before)),
        },
    };
    // No table has this character; a file that does is not text.
    match text.split_once('\0') {
        Some((before, _)) => Err(invalid(encoding, before)),
        None => Ok((text, encoding)),
    }
}

fn named(bytes: &[u8], encoding: Encoding) -> Result<(String, Encoding), FileError> {
    match strict(bytes, encoding) {
        Ok(text) => Ok((text, encoding)),
        Err((_, before)) => Err(invalid(encoding, &before)),
    }
}

/// The whole as text; else how many bytes were read, and the text before the first bad one.
fn strict(bytes: &[u8], encoding: Encoding) -> Result<String, (usize, String)> {
    let mut decoder = encoding.codec().new_decoder_without_bom_handling();
    let room = decoder
        .max_utf8_buffer_length_without_replacement(bytes.len())
        .unwrap_or(bytes.len());
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(text),
        (_, read) => Err((read, text)),
    }
}

fn invalid(encoding: Encoding, before: &str) -> FileError {
    let breaks = |mark: char| before.matches(mark).count();
    let (mark, count) = match breaks('\n') {
        0 => ('\r', breaks('\r')),
        some => ('\n', some),
    };
    let line = before.rsplit(mark).next().unwrap_or(before);
    let from_one = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).saturating_add(1);
    FileError::InvalidText {
        encoding,
        row: from_one(count),
        column: from_one(line.chars().count()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}")
            .encode_utf16()
            .flat_map(bytes)
            .collect()
    }

    #[test]
    fn each_encoding_is_recognised() {
        let said = "番号,名称\r\n①,髙橋ｶﾅ\r\n";
        let (cp932, _, unmappable) = SHIFT_JIS.encode(said);
        assert!(!unmappable, "CP932 has the vendor's characters");
        for (bytes, encoding) in [
            (said.as_bytes().to_vec(), Encoding::Utf8),
            (format!("\u{feff}{said}").into_bytes(), Encoding::Utf8),
            (utf16(said, u16::to_le_bytes), Encoding::Utf16Le),
            (utf16(said, u16::to_be_bytes), Encoding::Utf16Be),
            (cp932.into_owned(), Encoding::Windows31J),
        ] {
            assert_eq!(text(&bytes), Ok((said.to_owned(), encoding)));
        }
    }

    #[test]
    fn a_bad_byte_is_named_by_line_and_character() {
        let at = |encoding, row, column| {
            Err(FileError::InvalidText {
                encoding,
                row,
                column,
            })
        };
        let mut utf8 = "番号\n課".as_bytes().to_vec();
        utf8.extend([0xFF, b',']);
        assert_eq!(text(&utf8), at(Encoding::Utf8, 2, 2));

        let mut marked = b"\xEF\xBB\xBFa,b\n".to_vec();
        marked.push(0x82);
        assert_eq!(text(&marked), at(Encoding::Utf8, 2, 1));

        // 0x82 leads a pair in CP932; 0x20 cannot follow it.
        let (mut cp932, ..) = SHIFT_JIS.encode("見本市,\r\n");
        cp932.to_mut().extend([0x82, 0x20]);
        assert_eq!(text(&cp932), at(Encoding::Windows31J, 2, 1));

        assert_eq!(text(b"a,b\nc,\0"), at(Encoding::Utf8, 2, 3));
    }
}
