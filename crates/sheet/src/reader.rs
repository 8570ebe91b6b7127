//! Reading one row: every bad cell is noted and reading goes on.

use std::{fmt, ops::RangeInclusive};

use jiff::civil::Date;

use crate::{
    cell::{self, Blank, Reason},
    normal::line,
    table::Row,
};

/// Characters of a bad value that are quoted back.
const QUOTED: usize = 100;

/// A cell that cannot be what its column wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// The row as Excel numbers it, from 1.
    pub row: u32,
    /// The heading as it stands in the file.
    pub column: String,
    /// What the cell says, at most its first 100 characters.
    pub value: String,
    /// Stable, lower snake case: `cell_not_a_date`.
    pub code: &'static str,
    /// The reason in Japanese, without row and column.
    pub message_ja: String,
    /// The reason in English, without row and column.
    pub message_en: String,
}

impl CellError {
    pub(crate) fn new(row: u32, column: &str, value: &str, reason: Reason) -> Self {
        let mut quoted: String = value.chars().take(QUOTED).collect();
        if value.chars().nth(QUOTED).is_some() {
            quoted.push('…');
        }
        Self {
            row,
            column: column.to_owned(),
            value: quoted,
            code: reason.code,
            message_ja: reason.ja,
            message_en: reason.en,
        }
    }
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            row,
            column,
            value,
            message_en,
            ..
        } = self;
        write!(f, "row {row}, {column}: \"{value}\" {message_en}")
    }
}

impl std::error::Error for CellError {}

/// Reads the cells of a row. Each method gives `None` for a bad cell, after noting why.
///
/// Read every cell first and ask for the values after, so that all bad cells of the row are found.
/// Columns are named as in the layout; every method panics on a name the layout does not have.
#[derive(Debug)]
pub struct Reader<'a> {
    row: Row<'a>,
    errors: Vec<CellError>,
}

impl<'a> Reader<'a> {
    /// Begins reading a row.
    pub fn new(row: Row<'a>) -> Self {
        Self {
            row,
            errors: Vec::new(),
        }
    }

    /// The row as Excel numbers it, from 1.
    pub fn row(&self) -> u32 {
        self.row.number()
    }

    /// The cell as it stands in the file.
    pub fn raw(&self, column: &str) -> &'a str {
        self.row.cell(column)
    }

    /// Whether the file has such a column at all: a blank cell says nothing where it has not.
    pub fn has(&self, column: &str) -> bool {
        self.row.has(column)
    }

    /// Text of `length` characters on one line; a range from 0 allows a blank.
    pub fn text(&mut self, column: &str, length: RangeInclusive<usize>) -> Option<String> {
        self.parse(column, |cell| cell::text(cell, length))
    }

    /// Yes or no, as [`cell::yes_no`].
    pub fn yes_no(&mut self, column: &str, blank: Blank) -> Option<bool> {
        self.parse(column, |cell| cell::yes_no(cell, blank))
    }

    /// A date in either calendar, as [`cell::date`].
    pub fn date(&mut self, column: &str) -> Option<Date> {
        self.parse(column, cell::date)
    }

    /// A list of `count` items of at most `length` characters, as [`cell::list`].
    pub fn list(
        &mut self,
        column: &str,
        count: RangeInclusive<usize>,
        length: usize,
    ) -> Option<Vec<String>> {
        self.parse(column, |cell| cell::list(cell, count, length))
    }

    /// A whole number within a range.
    pub fn integer(&mut self, column: &str, range: RangeInclusive<i64>) -> Option<i64> {
        self.parse(column, |cell| cell::integer(cell, range))
    }

    /// One of the words the column knows, as [`cell::choice`].
    pub fn choice<T: Clone>(&mut self, column: &str, words: &[(&str, T)]) -> Option<T> {
        self.parse(column, |cell| cell::choice(cell, words))
    }

    /// A value of the importer's own kind. `parse` is given the cell as it stands in the file.
    pub fn parse<T>(
        &mut self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Option<T> {
        match parse(self.row.cell(column)) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.refuse(column, reason);
                None
            }
        }
    }

    /// `Some(None)` for a blank cell, else what `read` makes of it:
    /// `cells.optional("保存期限", Reader::date)`.
    pub fn optional<T>(
        &mut self,
        column: &str,
        read: impl FnOnce(&mut Self, &str) -> Option<T>,
    ) -> Option<Option<T>> {
        if line(self.row.cell(column)).is_empty() {
            Some(None)
        } else {
            read(self, column).map(Some)
        }
    }

    /// Notes a cell that is bad for a reason the importer knows, for example next to another cell.
    pub fn refuse(&mut self, column: &str, reason: Reason) {
        let row = self.row;
        self.errors.push(CellError::new(
            row.number(),
            row.heading(column),
            row.cell(column),
            reason,
        ));
    }

    /// The bad cells noted so far.
    pub fn into_errors(self) -> Vec<CellError> {
        self.errors
    }
}
