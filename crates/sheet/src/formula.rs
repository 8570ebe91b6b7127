//! Cells a spreadsheet would run as a formula, made harmless by a leading apostrophe.
//!
//! The apostrophe is added to every cell that is dangerous once its own leading apostrophes are
//! set aside, and one is taken from each such cell on reading: so what is written comes back
//! letter for letter, even where a cell began with an apostrophe of its own.

use std::borrow::Cow;

/// What a spreadsheet may take for the start of a formula; the full-width forms count because
/// Japanese editions of Excel read them so.
const STARTS: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

fn dangerous(cell: &str) -> bool {
    cell.starts_with(STARTS)
}

/// The cell as it is written.
pub(crate) fn neutralise(cell: &str) -> Cow<'_, str> {
    if dangerous(cell.trim_start_matches('\'')) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The cell as it was before [`neutralise`].
pub(crate) fn restore(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if dangerous(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formula_starts_are_neutralised_and_nothing_else_is() {
        for (cell, written) in [
            ("=1+1", "'=1+1"),
            ("+81", "'+81"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("＝ｃｍｄ", "'＝ｃｍｄ"),
            ("'=1", "''=1"),
            ("'quoted", "'quoted"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(neutralise(cell), written, "{cell:?}");
            assert_eq!(restore(written), cell, "{written:?}");
        }
    }
}
