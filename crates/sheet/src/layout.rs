//! What an importer expects of a file: its columns, their accepted names, and the bounds.

/// One expected column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub(crate) name: &'static str,
    pub(crate) also: &'static [&'static str],
    pub(crate) required: bool,
}

impl Column {
    /// A column whose absence refuses the file. `name` is how the importer asks for it; the
    /// heading in the file may be `name` or any of `also`, compared as [`crate::heading`] does.
    pub const fn required(name: &'static str, also: &'static [&'static str]) -> Self {
        Self {
            name,
            also,
            required: true,
        }
    }

    /// A column that may be absent; its cells then read as blank.
    pub const fn optional(name: &'static str, also: &'static [&'static str]) -> Self {
        Self {
            name,
            also,
            required: false,
        }
    }

    /// The importer's name of the column.
    pub const fn name(&self) -> &'static str {
        self.name
    }
}

/// How much a file may hold. What is over refuses the whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as it arrives.
    pub bytes: usize,
    /// Bytes once unpacked: the parts of a workbook together, and the text of all cells together.
    pub unpacked: usize,
    /// Rows that are not blank, title and heading rows included.
    pub rows: usize,
    /// Columns.
    pub columns: usize,
    /// Characters in one cell.
    pub cell: usize,
}

impl Default for Limits {
    /// 20 MiB as it arrives, 128 MiB unpacked, 10,000 rows, 200 columns, 2,000 characters.
    fn default() -> Self {
        Self {
            bytes: 20 << 20,
            unpacked: 128 << 20,
            rows: 10_000,
            columns: 200,
            cell: 2_000,
        }
    }
}

/// The expected columns, which sheet of a workbook to read, and the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout<'a> {
    pub(crate) columns: &'static [Column],
    pub(crate) sheet: Option<&'a str>,
    pub(crate) limits: Limits,
}

impl<'a> Layout<'a> {
    /// These columns, in a workbook's first sheet, within the usual bounds.
    pub fn new(columns: &'static [Column]) -> Self {
        Self {
            columns,
            sheet: None,
            limits: Limits::default(),
        }
    }

    /// Reads the sheet of this name if the file is a workbook.
    pub fn sheet(self, name: &'a str) -> Self {
        Self {
            sheet: Some(name),
            ..self
        }
    }

    /// Other bounds than the usual.
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}
