//! Reading a file into rows in the importer's own column order.

use std::fmt;

use crate::{
    decode::{self, Encoding},
    delimited,
    error::{FileError, Warning},
    header::{self, Header},
    layout::{Column, Layout},
    lines::{Lines, number},
    workbook,
};

/// What the file turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Comma- or tab-separated text.
    Text {
        /// Its encoding.
        encoding: Encoding,
        /// `,` or a tab.
        delimiter: char,
    },
    /// An Excel workbook.
    Workbook {
        /// The sheet that was read.
        sheet: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text {
                encoding,
                delimiter: ',',
            } => write!(f, "CSV ({encoding})"),
            Self::Text { encoding, .. } => write!(f, "TSV ({encoding})"),
            Self::Workbook { sheet } => write!(f, "Excel ({sheet})"),
        }
    }
}

/// The rows of a file below its headings. Blank rows are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What the file turned out to be.
    pub source: Source,
    /// What a person should know of it.
    pub warnings: Vec<Warning>,
    columns: &'static [Column],
    headings: Vec<Option<String>>,
    rows: Vec<(u32, Vec<String>)>,
}

/// One row: its cells as they stand in the file, by the importer's names of the columns.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    number: u32,
    table: &'a Table,
    cells: &'a [String],
}

impl Table {
    /// The rows, in the order of the file.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = Row<'_>> {
        self.rows.iter().map(|(number, cells)| Row {
            number: *number,
            table: self,
            cells,
        })
    }

    /// The heading the file itself uses for a column; the importer's name where it has none.
    pub(crate) fn heading(&self, column: &str) -> &str {
        self.headings[self.index(column)]
            .as_deref()
            .unwrap_or(self.columns[self.index(column)].name)
    }

    fn index(&self, column: &str) -> usize {
        self.columns
            .iter()
            .position(|known| known.name == column)
            .unwrap_or_else(|| panic!("column {column} is not in the layout"))
    }
}

impl<'a> Row<'a> {
    /// The row as Excel numbers it, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// The cell as it stands in the file; blank if the file has no such column.
    ///
    /// # Panics
    /// If the layout has no column of this name: a mistake in the importer, not in the file.
    pub fn cell(&self, column: &str) -> &'a str {
        &self.cells[self.table.index(column)]
    }

    /// Whether the file has such a column at all.
    ///
    /// # Panics
    /// As [`Row::cell`].
    pub fn has(&self, column: &str) -> bool {
        self.table.headings[self.table.index(column)].is_some()
    }

    /// The heading the file itself uses for a column of the layout.
    ///
    /// # Panics
    /// As [`Row::cell`].
    pub fn heading(&self, column: &str) -> &'a str {
        self.table.heading(column)
    }
}

/// Reads a file.
///
/// # Errors
/// [`FileError`] if the file as a whole cannot be read; bad cells are found later, by reading rows.
pub fn read(bytes: &[u8], layout: &Layout) -> Result<Table, FileError> {
    let max = layout.limits.bytes;
    if bytes.len() > max {
        return Err(FileError::TooLarge {
            bytes: bytes.len(),
            max,
        });
    }
    let (source, lines, header) = match bytes {
        [b'P', b'K', 3, 4, ..] => {
            let (lines, sheet) = workbook::lines(bytes, layout)?;
            let header = headed(&lines, layout)?;
            (Source::Workbook { sheet }, lines, header)
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => return Err(FileError::OldWorkbook),
        _ => text(bytes, layout)?,
    };
    let header = header.checked(layout.columns)?;
    Ok(table(source, lines, header, layout.columns))
}

/// Commas if every required heading is found with them, else commas or tabs, whichever finds more.
fn text(bytes: &[u8], layout: &Layout) -> Result<(Source, Lines, Header), FileError> {
    let (text, encoding) = decode::text(bytes)?;
    let split = |delimiter: char| {
        // Both delimiters are ASCII.
        let lines = delimited::lines(&text, delimiter as u8, layout.limits)?;
        let header = headed(&lines, layout)?;
        let source = Source::Text {
            encoding,
            delimiter,
        };
        Ok((source, lines, header))
    };
    let found = |split: &Result<(Source, Lines, Header), FileError>| {
        split.as_ref().map_or(0, |(.., header)| header.found())
    };
    let commas = split(',');
    if found(&commas) == layout.columns.len() {
        return commas;
    }
    let tabs = split('\t');
    if found(&tabs) > found(&commas) {
        tabs
    } else {
        commas
    }
}

fn headed(lines: &Lines, layout: &Layout) -> Result<Header, FileError> {
    header::find(lines, layout.columns).ok_or(FileError::Empty)
}

fn table(source: Source, lines: Lines, header: Header, columns: &'static [Column]) -> Table {
    let warnings = header
        .unknown
        .into_iter()
        .map(|(column, heading)| Warning::UnknownColumn {
            column: number(column),
            heading,
        })
        .collect();
    let rows = lines
        .below(header.row)
        .map(|(row, mut line)| {
            let cells = header.places.iter().map(|place| match place {
                Some((column, _)) => line.take(*column),
                None => String::new(),
            });
            (row, cells.collect::<Vec<_>>())
        })
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()))
        .collect();
    let headings = header.places.into_iter().map(|place| Some(place?.1));
    Table {
        source,
        warnings,
        columns,
        headings: headings.collect(),
        rows,
    }
}
