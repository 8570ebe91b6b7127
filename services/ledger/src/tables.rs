//! Ledgers as tables: what each column is, how a row is entered, how an entry is written.
//!
//! A row is read by [`Tabled::read`] into the same work an RPC would do, so that it is judged by
//! the same rules; what a table may leave out because an older ledger did is told to the rules as
//! a fact. [`Tabled::cells`] writes the row that reads back as the same entry.

mod connections;
mod devices;
mod export;
mod import;
mod information;
mod networks;
mod read;
mod systems;
mod words;

use async_trait::async_trait;
use directory::Directory;
use jiff::Timestamp;
use sheet::{Column, Reader};
use store::{Aggregate, Outcome, Unit};

pub(crate) use export::{Exported, Format, export};
pub(crate) use import::{How, Imported, RowError, enter, read};

/// An aggregate whose ledger can be read and written as a table.
#[async_trait]
pub(crate) trait Tabled: Aggregate {
    /// Name of the sheet, Japanese.
    const SHEET: &'static str;
    /// The columns; the first is the ledger's own number.
    const COLUMNS: &'static [Column];
    /// The column behind each request field a rule may find fault with.
    const FIELDS: &'static [(&'static str, &'static str)];

    /// What a row says.
    type Row: Send + Sync + 'static;

    /// Reads a row; every bad cell is noted.
    fn read(cells: &mut Reader<'_>) -> Option<Self::Row>;
    /// The ledger's own number in a row.
    fn id(row: &Self::Row) -> &str;
    /// Enters what a row says.
    async fn enter(row: &Self::Row, unit: &mut Unit, directory: &Directory) -> Outcome<Self>
    where
        Self: Sized;
    /// The row of an entry, a cell per column; none for one that has left the ledger.
    fn cells(state: &Self::State, now: Timestamp) -> Option<Vec<String>>;
}
