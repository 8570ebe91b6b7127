//! Writing a ledger as a table.

use jiff::{Timestamp, civil::DateTime};
use sea_orm::{DatabaseConnection, sea_query::Condition};
use sheet::{WriteError, write_csv, write_xlsx};
use standard::pack::JST;

use super::Tabled;
use crate::store::query::{self, Unread};

/// Format of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// UTF-8 with byte order mark.
    Csv,
    /// Excel workbook.
    Xlsx,
}

/// A written table.
pub(crate) struct Exported {
    /// The file.
    pub(crate) content: Vec<u8>,
    /// Its name.
    pub(crate) file_name: String,
    /// Rows below the headings.
    pub(crate) rows: usize,
}

/// Writes what is in the ledger now.
pub(crate) async fn export<T: Tabled>(
    db: &DatabaseConnection,
    format: Format,
    now: Timestamp,
) -> Result<Result<Exported, WriteError>, Unread<T>> {
    let states = query::all::<T>(db, Condition::all()).await?;
    let rows: Vec<Vec<String>> = states
        .iter()
        .filter_map(|state| T::cells(state, now))
        .collect();
    Ok(written::<T>(&rows, format, JST.to_datetime(now)))
}

fn written<T: Tabled>(
    rows: &[Vec<String>],
    format: Format,
    now: DateTime,
) -> Result<Exported, WriteError> {
    let headings: Vec<&str> = T::COLUMNS.iter().map(|column| column.name()).collect();
    let (content, ending) = match format {
        Format::Csv => (write_csv(&headings, rows), "csv"),
        Format::Xlsx => (write_xlsx(T::SHEET, &headings, rows, now)?, "xlsx"),
    };
    Ok(Exported {
        content,
        file_name: format!("{}-{}.{ending}", T::TABLE, now.date()),
        rows: rows.len(),
    })
}
