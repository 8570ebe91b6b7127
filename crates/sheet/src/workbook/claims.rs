//! What a workbook claims of itself, judged before the reading library believes it.
//!
//! The library sets aside room for as many shared strings as `uniqueCount` says before it reads
//! one, and a claim beyond all memory would end the process. A part of n bytes cannot hold more
//! than n strings.

use std::io::{Cursor, Read as _};

use crate::error::FileError;

const PART: &str = "xl/sharedstrings.xml";
const ATTRIBUTE: &[u8] = b"uniqueCount";

/// Refuses a workbook whose table of shared strings claims more than it can hold.
pub(super) fn check(bytes: &[u8]) -> Result<(), FileError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(broken)?;
        if !part
            .name()
            .map_err(broken)?
            .replace('\\', "/")
            .eq_ignore_ascii_case(PART)
        {
            continue;
        }
        let mut text = Vec::new();
        part.read_to_end(&mut text).map_err(broken)?;
        // In UTF-16 the attribute would not be found below.
        if text.contains(&0) {
            return Err(broken("the shared strings are not UTF-8"));
        }
        if largest_claim(&text).is_none_or(|claim| claim > text.len() as u64) {
            return Err(broken("the shared strings claim more than they hold"));
        }
    }
    Ok(())
}

/// The largest number any `uniqueCount` gives; `None` if one is not plain digits.
fn largest_claim(text: &[u8]) -> Option<u64> {
    let mut largest = 0;
    let mut rest = text;
    while let Some(at) = rest
        .windows(ATTRIBUTE.len())
        .position(|window| window == ATTRIBUTE)
    {
        rest = &rest[at + ATTRIBUTE.len()..];
        let value = rest.trim_ascii_start();
        // The word may stand in a string; only an attribute has a value.
        let Some(value) = value.strip_prefix(b"=") else {
            continue;
        };
        let value = value.trim_ascii_start();
        let quote = *value.first()?;
        let digits = value[1..].split(|byte| *byte == quote).next()?;
        largest = largest.max(std::str::from_utf8(digits).ok()?.parse().ok()?);
    }
    Some(largest)
}

fn broken(reason: impl ToString) -> FileError {
    FileError::BrokenWorkbook {
        reason: reason.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::largest_claim;

    #[test]
    fn only_plain_numbers_are_claims() {
        assert_eq!(
            largest_claim(b"<sst count=\"9\" uniqueCount=\"12\">"),
            Some(12)
        );
        assert_eq!(largest_claim(b"<sst uniqueCount = '7'/>"), Some(7));
        assert_eq!(largest_claim(b"<sst><t>uniqueCount</t></sst>"), Some(0));
        assert_eq!(largest_claim(b"<sst uniqueCount=\"&#57;\">"), None);
        assert_eq!(
            largest_claim(b"<sst uniqueCount=\"99999999999999999999\">"),
            None
        );
    }
}
