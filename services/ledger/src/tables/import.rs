//! Entering the rows of a table, in one transaction.

use std::collections::BTreeMap;

use kernel::{Decider, Refusal};
use sheet::{CellError, FileError, Good, Import, Layout, Limits, Row, Table};
use store::{Aggregate, Failure, Request, Unit};

use super::Tabled;
use crate::Ledger;

/// How often an import that met other work is done anew.
const ATTEMPTS: usize = 3;
/// Most rows of a table.
const ROWS: usize = 10_000;
/// Most errors that are told; the rest is counted.
const TOLD: usize = 2_000;

/// How a table is to be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct How {
    /// Enter nothing unless every row is good.
    pub(crate) all_or_nothing: bool,
    /// Judge, but enter nothing.
    pub(crate) dry_run: bool,
}

/// What became of a table.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    pub(crate) created: u32,
    pub(crate) changed: u32,
    pub(crate) unchanged: u32,
    pub(crate) errors: Vec<RowError>,
    /// Errors beyond those told.
    pub(crate) more_errors: usize,
    /// Japanese and English.
    pub(crate) warnings: Vec<(String, String)>,
    pub(crate) entered: bool,
    pub(crate) source: String,
}

/// A bad row, or a bad cell of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RowError {
    pub(crate) row: u32,
    pub(crate) column: String,
    pub(crate) value: String,
    pub(crate) code: &'static str,
    pub(crate) clauses: Vec<String>,
    pub(crate) ja: String,
    pub(crate) en: String,
}

/// Why a table as a whole was not entered.
pub(crate) enum NotImported<R> {
    /// It cannot be read.
    File(FileError),
    /// The store failed.
    Store(Failure<R>),
    /// The reader gave up.
    Reader(tokio::task::JoinError),
}

impl<R> From<Failure<R>> for NotImported<R> {
    fn from(failure: Failure<R>) -> Self {
        Self::Store(failure)
    }
}

type RefusalOf<T> = <<T as Aggregate>::State as Decider>::Refusal;

/// Reads a table and enters its rows.
pub(crate) async fn import<T: Tabled>(
    ledger: &Ledger,
    content: Vec<u8>,
    how: How,
    request: Request,
) -> Result<Imported, NotImported<RefusalOf<T>>> {
    // Unpacking and reading keep a processor busy; other requests must not wait for it.
    let read = tokio::task::spawn_blocking(move || read::<T>(&content)).await;
    let (table, import) = read
        .map_err(NotImported::Reader)?
        .map_err(NotImported::File)?;
    for _ in 1..ATTEMPTS {
        match attempt::<T>(ledger, &table, &import, how, request.clone()).await {
            Err(Failure::Contended) => {}
            other => return Ok(other?),
        }
    }
    Ok(attempt::<T>(ledger, &table, &import, how, request).await?)
}

fn read<T: Tabled>(content: &[u8]) -> Result<(Table, Import<T::Row>), FileError> {
    let limits = Limits {
        rows: ROWS,
        ..Limits::default()
    };
    let table = sheet::read(content, &Layout::new(T::COLUMNS).limits(limits))?;
    let import = table.import(T::read);
    let import = table.unique(import, T::COLUMNS[0].name(), |row| T::id(row).to_owned());
    Ok((table, import))
}

async fn attempt<T: Tabled>(
    ledger: &Ledger,
    table: &Table,
    import: &Import<T::Row>,
    how: How,
    request: Request,
) -> Result<Imported, Failure<RefusalOf<T>>> {
    let mut imported = Imported {
        source: table.source.to_string(),
        warnings: table
            .warnings
            .iter()
            .map(|warning| (warning.message_ja(), warning.message_en()))
            .collect(),
        errors: import.bad.iter().map(bad_cell).collect(),
        ..Imported::default()
    };
    let rows: BTreeMap<u32, Row<'_>> = table.rows().map(|row| (row.number(), row)).collect();
    let directory = ledger.directory.get();
    let mut unit = ledger.store.unit(request).await?;
    for Good { row, value } in &import.good {
        match enter::<T>(value, &mut unit, &directory).await {
            Ok(Entered::Created) => imported.created += 1,
            Ok(Entered::Changed) => imported.changed += 1,
            Ok(Entered::Unchanged) => imported.unchanged += 1,
            Err(Failure::Refused(refusal)) => {
                imported
                    .errors
                    .push(refused::<T>(*row, rows.get(row), &refusal));
            }
            Err(failure) => return Err(failure),
        }
    }
    imported.errors.sort_by_key(|error| error.row);
    let spoiled = how.all_or_nothing && !imported.errors.is_empty();
    imported.more_errors = imported.errors.len().saturating_sub(TOLD);
    imported.errors.truncate(TOLD);
    imported.entered = !how.dry_run && !spoiled;
    if imported.entered {
        unit.commit().await?;
    } else {
        unit.abandon().await?;
    }
    Ok(imported)
}

enum Entered {
    Created,
    Changed,
    Unchanged,
}

async fn enter<T: Tabled>(
    row: &T::Row,
    unit: &mut Unit,
    directory: &directory::Directory,
) -> Result<Entered, Failure<RefusalOf<T>>> {
    let (_, version) = unit.load::<T>(T::id(row)).await?;
    let done = T::enter(row, unit, directory).await?;
    Ok(match (version, done.events.is_empty()) {
        (_, true) => Entered::Unchanged,
        (0, false) => Entered::Created,
        (_, false) => Entered::Changed,
    })
}

fn bad_cell(error: &CellError) -> RowError {
    RowError {
        row: error.row,
        column: error.column.clone(),
        value: error.value.clone(),
        code: error.code,
        clauses: Vec::new(),
        ja: error.message_ja.clone(),
        en: error.message_en.clone(),
    }
}

/// A rule stands against the row: told at the cell it finds fault with, if it names one.
fn refused<T: Tabled>(number: u32, row: Option<&Row<'_>>, refusal: &RefusalOf<T>) -> RowError {
    let field = refusal.field();
    let column = T::FIELDS
        .iter()
        .find(|(known, _)| field.as_deref() == Some(*known))
        .map(|(_, column)| *column);
    let cell = row.zip(column);
    let value = cell
        .map(|(row, column)| row.cell(column))
        .unwrap_or_default();
    RowError {
        row: number,
        column: cell
            .map(|(row, column)| row.heading(column))
            .unwrap_or_default()
            .to_owned(),
        value: value.chars().take(100).collect(),
        code: refusal.code(),
        clauses: refusal.clauses().iter().map(ToString::to_string).collect(),
        ja: refusal.message_ja(),
        en: refusal.to_string(),
    }
}
