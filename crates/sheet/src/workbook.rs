//! Excel workbooks (.xlsx): one sheet's cells as canonical text.

mod claims;

use std::{io::Cursor, panic};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};

use crate::{error::FileError, layout::Layout, lines::Lines};

/// The cells of the wanted sheet, and its name.
pub(crate) fn lines(bytes: &[u8], layout: &Layout) -> Result<(Lines, String), FileError> {
    let max = layout.limits.unpacked;
    if declared_size(bytes).is_none_or(|size| size > max as u64) {
        return Err(FileError::Expands { max });
    }
    claims::check(bytes)?;
    // The library panics on some references a damaged sheet may hold (arithmetic overflow in
    // debug builds); such a workbook is broken like any other.
    panic::catch_unwind(|| cells(bytes, layout)).unwrap_or_else(|_| {
        Err(FileError::BrokenWorkbook {
            reason: "impossible cell reference".to_owned(),
        })
    })
}

fn cells(bytes: &[u8], layout: &Layout) -> Result<(Lines, String), FileError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(broken)?;
    let found = book.sheet_names();
    let name = match layout.sheet {
        Some(wanted) => found.iter().find(|name| *name == wanted),
        None => found.first(),
    };
    let Some(name) = name.cloned() else {
        return Err(FileError::NoSuchSheet {
            wanted: layout.sheet.unwrap_or("1").to_owned(),
            found,
        });
    };
    let mut lines = Lines::new(layout.limits);
    let mut reader = book.worksheet_cells_reader(&name).map_err(broken)?;
    while let Some(cell) = reader.next_cell().map_err(broken)? {
        let (row, column) = cell.get_position();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        lines.put(row.saturating_add(1), column, &text(cell.get_value()))?;
    }
    Ok((lines, name))
}

fn broken(error: calamine::XlsxError) -> FileError {
    FileError::BrokenWorkbook {
        reason: error.to_string(),
    }
}

/// Dates in ISO 8601, whole numbers without a fraction, and errors as Excel writes them.
fn text(value: &DataRef) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(whole) => whole.to_string(),
        // Display of f64 writes no exponent and no needless ".0".
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(moment) => date(*moment),
        DataRef::Error(error) => error.to_string(),
    }
}

fn date(moment: ExcelDateTime) -> String {
    if moment.is_duration() {
        return moment.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    match moment.as_f64() {
        within_a_day if (0.0..1.0).contains(&within_a_day) => time,
        whole if whole.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{time}"),
    }
}

/// What the parts of the archive say they unpack to, together; `None` if one does not say.
///
/// The archive reader stops a part at its declared size, so this bounds the work. Every place
/// that could be a directory entry counts, whichever directory the reader then believes.
fn declared_size(bytes: &[u8]) -> Option<u64> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    const METHOD: usize = 10;
    const SIZE: usize = 24;
    const ZIP64: u32 = u32::MAX;

    let mut total = 0_u64;
    for entry in bytes.windows(SIZE + 4).filter(|at| at.starts_with(ENTRY)) {
        // Stored or deflated: nothing else is unpacked at all.
        if !matches!(entry[METHOD..METHOD + 2], [0 | 8, 0]) {
            continue;
        }
        let size = [
            entry[SIZE],
            entry[SIZE + 1],
            entry[SIZE + 2],
            entry[SIZE + 3],
        ];
        match u32::from_le_bytes(size) {
            ZIP64 => return None,
            size => total += u64::from(size),
        }
    }
    Some(total)
}
