//! Tables as an office keeps them, entered whole or by their good rows, in one transaction.

mod enter;
mod entitlements;
mod fault;
mod missing;
mod organisation;
mod posts;
#[cfg(test)]
mod properties;
mod put_off;
mod row;
mod staff;
mod transfers;

use std::{collections::BTreeSet, convert::Infallible};

use identity_domain::account;
use sheet::{CellError, FileError, Good, Warning};
use store::{Done, Failure, Request, Unit};

use crate::{identity::Identity, people::Consequence, store::take_turn};
use enter::Entered;
use fault::RefusedRow;
pub(crate) use fault::{Fault, WhyNot};
use put_off::Ends;
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
    /// Personnel orders.
    Transfers,
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
    /// What personnel orders lead to, by row.
    pub(crate) consequences: Vec<(u32, Consequence)>,
    /// Accounts whose sessions ended with it.
    pub(crate) ended: Vec<Done<account::State>>,
}

impl Report {
    fn count(&mut self, entered: &Entered) {
        match entered {
            Entered::Created => self.created += 1,
            Entered::Changed => self.changed += 1,
            Entered::Unchanged => self.unchanged += 1,
        }
    }
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
    /// Entered whole or not at all, whatever is wished.
    whole: bool,
}

impl Contents {
    /// Whether none of its rows is good.
    pub(crate) fn is_empty(&self) -> bool {
        self.good.is_empty()
    }

    /// Whether its rows say who belongs where: the staff, and personnel orders.
    fn moves_people(&self) -> bool {
        self.staff.is_some() || self.whole
    }
}

/// Reads a table. Unpacking keeps a processor busy: not for a thread that serves others.
pub(crate) fn read(table: Table, content: &[u8]) -> Result<Contents, FileError> {
    match table {
        Table::Organisation => organisation::read(content),
        Table::Staff => staff::read(content),
        Table::Posts => posts::read(content),
        Table::Entitlements => entitlements::read(content),
        Table::Transfers => transfers::read(content),
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
        let report = done.or_else(Failure::refusal)?;
        if report.entered {
            report.ended.iter().for_each(|ended| self.withdraw(ended));
        }
        Ok(report)
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
        take_turn(unit).await?;
        let before = if contents.moves_people() {
            put_off::ends(unit).await?
        } else {
            Ends::new()
        };
        let refused = if contents.whole {
            transfers::enter(self, unit, contents, &mut report).await?
        } else {
            self.enter_rows(unit, contents, &mut report).await?
        };
        report.faults = fault::faults(contents, refused);
        if let Some(listed) = &contents.staff {
            report.notes.extend(missing::missing(unit, listed).await?);
        }
        if contents.moves_people() {
            let after = put_off::ends(unit).await?;
            report.notes.extend(put_off::put_off(&before, &after));
        }
        let bad: BTreeSet<u32> = report.faults.iter().map(|fault| fault.cell.row).collect();
        report.refused = bad.len();
        report.more_faults = report.faults.len().saturating_sub(TOLD);
        report.faults.truncate(TOLD);
        let whole = wish.all_or_nothing || contents.whole;
        if whole && report.refused > 0 {
            return Err(Failure::Refused(report));
        }
        report.entered = !wish.dry_run;
        Ok(report)
    }

    async fn enter_rows(
        &self,
        unit: &mut Unit,
        contents: &Contents,
        report: &mut Report,
    ) -> Result<Vec<RefusedRow>, Failure<Report>> {
        let mut refused = Vec::new();
        for read in &contents.good {
            match enter::enter(unit, &self.runtime.pack, &read.value).await {
                Ok(entered) => report.count(&entered),
                Err(failure) => {
                    let why = failure.refusal()?;
                    refused.push(RefusedRow { row: read.row, why });
                }
            }
        }
        Ok(refused)
    }
}
