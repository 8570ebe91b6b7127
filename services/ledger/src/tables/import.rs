//! Entering the rows of a table, in one transaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
};

use kernel::{Decider, Refusal};
use sheet::{CellError, FileError, Good, Import, Layout, Row, Table};
use store::{Aggregate, Failure, Request, Unit};

use super::Tabled;
use crate::Ledger;

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

/// What became of a table; if nothing was entered, what would have.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    /// Rows below the headings, blank ones not counted: the sum of the four that follow.
    pub(crate) rows: usize,
    pub(crate) created: u32,
    pub(crate) changed: u32,
    pub(crate) unchanged: u32,
    /// Rows with an error, however many there are in one.
    pub(crate) refused: usize,
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

type RefusalOf<T> = <<T as Aggregate>::State as Decider>::Refusal;

/// A table as it was read.
pub(crate) struct Contents<T: Tabled> {
    table: Table,
    import: Import<T::Row>,
}

impl<T: Tabled> Contents<T> {
    /// Whether none of its rows is good.
    pub(crate) fn is_empty(&self) -> bool {
        self.import.good.is_empty()
    }
}

/// Reads a table. Unpacking keeps a processor busy: not for a thread that serves others.
pub(crate) fn read<T: Tabled>(content: &[u8]) -> Result<Contents<T>, FileError> {
    let table = sheet::read(content, &Layout::new(T::COLUMNS))?;
    let import = table.import(T::read);
    let import = table.unique(import, T::COLUMNS[0].name(), |row| T::id(row).to_owned());
    Ok(Contents { table, import })
}

/// Enters the rows of a table.
pub(crate) async fn enter<T: Tabled>(
    ledger: &Ledger,
    contents: &Contents<T>,
    how: How,
    request: &Request,
) -> Result<Imported, Failure<Infallible>> {
    let work = |mut unit: Unit| async move {
        let imported = enter_all(&mut unit, ledger, contents, how).await?;
        Ok((unit, imported))
    };
    let done = if how.dry_run {
        ledger.store.rehearse(request, work).await
    } else {
        ledger.store.transact(request, work).await
    };
    done.or_else(Failure::refusal)
}

/// Refused, so that nothing is kept, where bad rows spoil all.
async fn enter_all<T: Tabled>(
    unit: &mut Unit,
    ledger: &Ledger,
    Contents { table, import }: &Contents<T>,
    how: How,
) -> Result<Imported, Failure<Imported>> {
    let mut imported = Imported {
        rows: table.rows().len(),
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
    for Good { row, value } in &import.good {
        match enter_row::<T>(value, unit, &directory).await {
            Ok(Entered::Created) => imported.created += 1,
            Ok(Entered::Changed) => imported.changed += 1,
            Ok(Entered::Unchanged) => imported.unchanged += 1,
            Err(failure) => {
                let refusal = failure.refusal()?;
                let error = refused::<T>(*row, rows.get(row), &refusal);
                imported.errors.push(error);
            }
        }
    }
    imported.errors.sort_by_key(|error| error.row);
    let bad: BTreeSet<u32> = imported.errors.iter().map(|error| error.row).collect();
    imported.refused = bad.len();
    let spoiled = how.all_or_nothing && !imported.errors.is_empty();
    imported.more_errors = imported.errors.len().saturating_sub(TOLD);
    imported.errors.truncate(TOLD);
    if spoiled {
        return Err(Failure::Refused(imported));
    }
    imported.entered = !how.dry_run;
    Ok(imported)
}

enum Entered {
    Created,
    Changed,
    Unchanged,
}

async fn enter_row<T: Tabled>(
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
