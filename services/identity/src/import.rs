//! Tables as an office keeps them, entered whole or by their good rows, in one transaction.

mod enter;
mod entitlements;
mod organisation;
mod posts;
mod row;
mod staff;

use kernel::{ClauseId, Refusal};
use sheet::{CellError, FileError, Good, Warning};
use store::{Failure, Request};

use crate::{identity::Identity, store::take_turn, work::Attempts};
use enter::Entered;
use row::Row;

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
    pub(crate) created: u32,
    pub(crate) changed: u32,
    pub(crate) unchanged: u32,
    pub(crate) bad_cells: Vec<CellError>,
    pub(crate) bad_rows: Vec<BadRow>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) entered: bool,
    pub(crate) source: String,
}

/// A row that a rule stands against.
#[derive(Debug)]
pub(crate) struct BadRow {
    pub(crate) row: u32,
    pub(crate) why: WhyNot,
}

/// A refusal of any rule, in words.
#[derive(Debug)]
pub(crate) struct WhyNot {
    pub(crate) code: &'static str,
    pub(crate) clauses: Vec<ClauseId>,
    pub(crate) ja: String,
    pub(crate) en: String,
}

impl<R: Refusal> From<R> for WhyNot {
    fn from(refusal: R) -> Self {
        Self {
            code: refusal.code(),
            clauses: refusal.clauses(),
            ja: refusal.message_ja(),
            en: refusal.to_string(),
        }
    }
}

/// A file, read.
struct Contents {
    source: String,
    warnings: Vec<Warning>,
    good: Vec<Good<Row>>,
    bad: Vec<CellError>,
}

impl Identity {
    /// Enters a table. A row that is refused leaves nothing behind, so the others are judged as if
    /// it were not there.
    pub(crate) async fn import(
        &self,
        table: Table,
        content: &[u8],
        wish: Wish,
        request: &Request,
    ) -> Result<Report, Failure<FileError>> {
        let contents = match table {
            Table::Organisation => organisation::read(content),
            Table::Staff => staff::read(content),
            Table::Posts => posts::read(content),
            Table::Entitlements => entitlements::read(content),
        };
        let contents = contents.map_err(Failure::Refused)?;
        let mut attempts = Attempts::default();
        loop {
            let report = self.enter_all(&contents, wish, request).await;
            if !attempts.another(&report) {
                return report;
            }
        }
    }

    async fn enter_all(
        &self,
        contents: &Contents,
        wish: Wish,
        request: &Request,
    ) -> Result<Report, Failure<FileError>> {
        let mut report = Report {
            source: contents.source.clone(),
            warnings: contents.warnings.clone(),
            bad_cells: contents.bad.clone(),
            ..Report::default()
        };
        let mut unit = self.store.unit(request.context.clone()).await?;
        take_turn(&unit).await?;
        for read in &contents.good {
            match enter::enter(&mut unit, &self.runtime.pack, &read.value).await {
                Ok(Entered::Created) => report.created += 1,
                Ok(Entered::Changed) => report.changed += 1,
                Ok(Entered::Unchanged) => report.unchanged += 1,
                Err(Failure::Refused(why)) => report.bad_rows.push(BadRow { row: read.row, why }),
                Err(other) => return Err(other.map(|_| FileError::Empty)),
            }
        }
        let flawless = report.bad_cells.is_empty() && report.bad_rows.is_empty();
        if wish.dry_run || (wish.all_or_nothing && !flawless) {
            unit.abandon().await?;
        } else {
            unit.commit().await?;
            report.entered = true;
        }
        Ok(report)
    }
}
