//! Tables as an office keeps them, entered whole or by their good rows, in one transaction.

mod enter;
mod entitlements;
mod fault;
mod missing;
mod organisation;
mod posts;
mod row;
mod staff;

use std::{collections::BTreeSet, convert::Infallible};

use sheet::{CellError, FileError, Good, Warning};
use store::{Failure, Request, Unit};

use crate::{identity::Identity, store::take_turn};
use enter::Entered;
use fault::RefusedRow;
pub(crate) use fault::{Fault, WhyNot};
use row::Row;

/// Most faults that are told; the rest is counted.
const TOLD: usize = 2_000;

/// Which table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    /// Bureaus, sections, third-class offices.
    Organisation,
    /// Members of staff.
    Staff,
    /// Posts with roles and holders.
    Posts,
    /// Who may use which system.
    Entitlements,
}

/// What to do with a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    /// Enter nothing unless every row is good.
    pub(crate) all_or_nothing: bool,
    /// Judge every row, enter nothing.
    pub(crate) dry_run: bool,
}

/// What became of a table.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Rows below the headings, blank ones not counted: the sum of the four that follow.
    pub(crate) rows: usize,
    pub(crate) created: u32,
    pub(crate) changed: u32,
    pub(crate) unchanged: u32,
    /// Rows with a fault, however many there are in one.
    pub(crate) refused: usize,
    pub(crate) faults: Vec<Fault>,
    /// Faults beyond those told.
    pub(crate) more_faults: usize,
    pub(crate) notes: Vec<Note>,
    pub(crate) entered: bool,
    pub(crate) source: String,
}

/// What a person should know of a table all the same.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub(crate) ja: String,
    pub(crate) en: String,
}

impl From<&Warning> for Note {
    fn from(warning: &Warning) -> Self {
        Self {
            ja: warning.message_ja(),
            en: warning.message_en(),
        }
    }
}

/// A file, read.
pub(crate) struct Contents {
    table: sheet::Table,
    /// The column a row is known by.
    key: &'static str,
    /// The columns that say what a refusal calls by the name of a field.
    columns: fn(&str) -> &'static [&'static str],
    good: Vec<Good<Row>>,
    bad: Vec<CellError>,
    /// The people listed in a staff table.
    staff: Option<BTreeSet<String>>,
}

/// Reads a table. Unpacking keeps a processor busy: not for a thread that serves others.
pub(crate) fn read(table: Table, content: &[u8]) -> Result<Contents, FileError> {
    match table {
        Table::Organisation => organisation::read(content),
        Table::Staff => staff::read(content),
        Table::Posts => posts::read(content),
        Table::Entitlements => entitlements::read(content),
    }
}

impl Identity {
    /// Enters a table. A row that is refused leaves nothing behind, so the others are judged as if
    /// it were not there.
    pub(crate) async fn enter(
        &self,
        contents: &Contents,
        wish: Wish,
        request: &Request,
    ) -> Result<Report, Failure<Infallible>> {
        let work = |mut unit: Unit| async move {
            let report = self.enter_all(&mut unit, contents, wish).await?;
            Ok((unit, report))
        };
        let done = if wish.dry_run {
            self.store.rehearse(request, work).await
        } else {
            self.store.transact(request, work).await
        };
        done.or_else(Failure::refusal)
    }

    /// Refused, so that nothing is kept, where bad rows spoil all.
    async fn enter_all(
        &self,
        unit: &mut Unit,
        contents: &Contents,
        wish: Wish,
    ) -> Result<Report, Failure<Report>> {
        let mut report = Report {
            rows: contents.table.rows().len(),
            source: contents.table.source.to_string(),
            notes: contents.table.warnings.iter().map(Note::from).collect(),
            ..Report::default()
        };
        let mut refused = Vec::new();
        take_turn(unit).await?;
        for read in &contents.good {
            match enter::enter(unit, &self.runtime.pack, &read.value).await {
                Ok(Entered::Created) => report.created += 1,
                Ok(Entered::Changed) => report.changed += 1,
                Ok(Entered::Unchanged) => report.unchanged += 1,
                Err(failure) => {
                    let why = failure.refusal()?;
                    refused.push(RefusedRow { row: read.row, why });
                }
            }
        }
        report.faults = fault::faults(contents, refused);
        if let Some(listed) = &contents.staff {
            report.notes.extend(missing::missing(unit, listed).await?);
        }
        let bad: BTreeSet<u32> = report.faults.iter().map(|fault| fault.cell.row).collect();
        report.refused = bad.len();
        report.more_faults = report.faults.len().saturating_sub(TOLD);
        report.faults.truncate(TOLD);
        if wish.all_or_nothing && report.refused > 0 {
            return Err(Failure::Refused(report));
        }
        report.entered = !wish.dry_run;
        Ok(report)
    }
}
