//! Writing what [`crate::read`] reads.

use std::io::{self, Write};

use jiff::civil::DateTime;
use rust_xlsxwriter::{DocProperties, Format, Workbook, XlsxError};
use thiserror::Error;

use crate::formula::neutralise;

/// A workbook that cannot be written: a bad sheet name, or more than Excel can hold.
#[derive(Debug, Error)]
#[error("the workbook cannot be written")]
pub struct WriteError(#[from] XlsxError);

/// CSV as Excel in Japan opens it by a double click: UTF-8 with a byte order mark, CRLF.
///
/// Cells a spreadsheet would run as a formula are neutralised by an apostrophe that
/// [`crate::read`] takes away again.
pub fn write_csv<H: AsRef<str>>(headings: &[H], rows: &[Vec<String>]) -> Vec<u8> {
    const INTO_MEMORY: &str = "writing into memory cannot fail";
    let mut writer = CsvWriter::begin(Vec::new(), headings).expect(INTO_MEMORY);
    for row in rows {
        writer.row(row).expect(INTO_MEMORY);
    }
    writer.finish().expect(INTO_MEMORY)
}

/// The same CSV row by row, for a table that need not fit into memory.
pub struct CsvWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CsvWriter<W> {
    /// Writes the byte order mark and the headings.
    ///
    /// # Errors
    /// When `out` takes no more.
    pub fn begin<H: AsRef<str>>(mut out: W, headings: &[H]) -> io::Result<Self> {
        out.write_all("\u{feff}".as_bytes())?;
        let writer = csv::WriterBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        let mut begun = Self(writer);
        begun.row(headings)?;
        Ok(begun)
    }

    /// Writes a row.
    ///
    /// # Errors
    /// As [`CsvWriter::begin`].
    pub fn row<C: AsRef<str>>(&mut self, cells: &[C]) -> io::Result<()> {
        let cells = cells
            .iter()
            .map(|cell| neutralise(cell.as_ref()).into_owned());
        Ok(self.0.write_record(cells.collect::<Vec<_>>())?)
    }

    /// Writes what is left and gives `out` back.
    ///
    /// # Errors
    /// As [`CsvWriter::begin`].
    pub fn finish(self) -> io::Result<W> {
        self.0.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// A workbook of one sheet, its headings bold and kept in view. Every cell is text, neutralised as
/// by [`write_csv`] because workbooks are saved as CSV in their turn. The same arguments give the
/// same bytes; `created` is in the file's properties.
///
/// # Errors
/// [`WriteError`] for a sheet name Excel refuses, more than 1,048,576 rows or 16,384 columns, or a
/// cell of more than 32,767 characters.
pub fn write_xlsx<H: AsRef<str>>(
    sheet: &str,
    headings: &[H],
    rows: &[Vec<String>],
    created: DateTime,
) -> Result<Vec<u8>, WriteError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&moment(created)?));
    let page = book.add_worksheet();
    page.set_name(sheet)?.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column, cell) in (0..).zip(headings) {
        page.write_string_with_format(0, column, neutralise(cell.as_ref()), &bold)?;
    }
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            page.write_string(row, column, neutralise(cell))?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn moment(at: DateTime) -> Result<rust_xlsxwriter::ExcelDateTime, XlsxError> {
    let part = |n: i8| u8::try_from(n).unwrap_or(0);
    let year = u16::try_from(at.year()).unwrap_or(1900);
    rust_xlsxwriter::ExcelDateTime::from_ymd(year, part(at.month()), part(at.day()))?.and_hms(
        part(at.hour()).into(),
        part(at.minute()),
        part(at.second()),
    )
}
