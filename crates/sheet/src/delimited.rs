//! Comma- or tab-separated text, with rows numbered as Excel numbers them.

use csv::{ReaderBuilder, StringRecord};

use crate::{error::FileError, layout::Limits, lines::Lines};

/// Put after the text as a last row: if it does not come back as one, a quotation mark is open.
/// `decode` lets no text through that has this character.
const END: &str = "\0";

/// The cells of the text.
pub(crate) fn lines(text: &str, delimiter: u8, limits: Limits) -> Result<Lines, FileError> {
    let mut lines = Lines::new(limits);
    let text = format!("{text}\n{END}");
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let mut record = StringRecord::new();
    let mut row = 0;
    loop {
        let from = usize::try_from(reader.position().byte()).unwrap_or(usize::MAX);
        match reader.read_record(&mut record) {
            Ok(true) if record.len() == 1 && &record[0] == END => return Ok(lines),
            Ok(true) => {}
            Ok(false) | Err(_) => return Err(FileError::UnclosedQuote { row }),
        }
        row += 1 + blank_lines(&text, from);
        for (column, cell) in record.iter().enumerate() {
            lines.put(row, column, cell)?;
        }
    }
}

/// Line breaks the CSV reader skips before the record it reads at `from`.
fn blank_lines(text: &str, from: usize) -> u32 {
    let (before, after) = text.split_at_checked(from).unwrap_or((text, ""));
    // The reader stops between the two halves of a CRLF.
    let after = match after.strip_prefix('\n') {
        Some(rest) if before.ends_with('\r') => rest,
        _ => after,
    };
    let blank = after.trim_start_matches(['\r', '\n']);
    let run = &after[..after.len() - blank.len()];
    let breaks = run.matches(['\r', '\n']).count() - run.matches("\r\n").count();
    u32::try_from(breaks).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Result<Vec<(u32, String)>, FileError> {
        let lines = lines(text, b',', Limits::default())?;
        let first = |(row, line): (u32, &crate::lines::Line)| {
            (row, line.get(0).unwrap_or_default().to_owned())
        };
        Ok(lines.iter().map(first).collect())
    }

    #[test]
    fn rows_are_numbered_as_excel_shows_them() {
        for text in [
            "a\n\nb,\"x\ny\"\n,\nc\n\n\n",
            "a\r\n\r\nb,\"x\r\ny\"\r\n,\r\nc\r\n\r\n",
            "a\r\rb,\"x\ry\"\r,\rc",
        ] {
            let expected = [(1, "a"), (3, "b"), (5, "c")].map(|(n, s)| (n, s.to_owned()));
            assert_eq!(rows(text), Ok(expected.to_vec()), "{text:?}");
        }
        assert_eq!(rows("\n\n a\n"), Ok(vec![(3, " a".to_owned())]));
    }

    #[test]
    fn an_open_quotation_mark_is_an_error_and_does_not_swallow_the_rest() {
        let text = "番号,名称\n1,\"庁内\n2,庁外\n3,他\n";
        assert_eq!(rows(text), Err(FileError::UnclosedQuote { row: 2 }));
    }
}
