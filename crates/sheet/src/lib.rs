//! The tables a municipal office really has, read and written as pure functions over bytes.
//!
//! [`read`] takes what arrives (CSV in UTF-8, UTF-16 or Windows-31J, or an Excel workbook, with
//! title rows, merged headings and empty lines) and gives a [`Table`] in the importer's own column
//! order. [`Table::import`] then reads each row through a [`Reader`], which notes every bad cell
//! with its row, column, value and reason and goes on. [`write_csv`] and [`write_xlsx`] write what
//! [`read`] reads, with cells a spreadsheet would run as a formula made harmless.
//!
//! ```
//! use sheet::{Blank, Column, Layout, read};
//!
//! const COLUMNS: &[Column] = &[
//!     Column::required("システム番号", &["番号", "system_id"]),
//!     Column::required("クラウド利用", &["cloud"]),
//! ];
//!
//! let table = read("番号,クラウド利用\nSYS-001,○\n".as_bytes(), &Layout::new(COLUMNS))?;
//! let import = table.import(|cells| {
//!     let id = cells.text("システム番号", 1..=64);
//!     let cloud = cells.yes_no("クラウド利用", Blank::Refused);
//!     Some((id?, cloud?))
//! });
//! assert_eq!(import.good[0].value, ("SYS-001".to_owned(), true));
//! # Ok::<(), sheet::FileError>(())
//! ```

pub mod cell;
mod decode;
mod delimited;
mod error;
mod formula;
mod header;
mod import;
mod layout;
mod lines;
mod normal;
mod reader;
mod table;
mod workbook;
mod write;

pub use cell::{Blank, Reason};
pub use decode::Encoding;
pub use error::{FileError, Warning};
pub use import::{Good, Import};
pub use layout::{Column, Layout, Limits};
pub use normal::{heading, line};
pub use reader::{CellError, Reader};
pub use table::{Row, Source, Table, read};
pub use write::{CsvWriter, WriteError, write_csv, write_xlsx};
