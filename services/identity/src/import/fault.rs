//! What is wrong with a row, told at the cell it is wrong in.

use std::collections::HashMap;

use kernel::{ClauseId, Kind, Refusal};
use sheet::{CellError, Reader, Row, cell::Reason};

use super::Contents;

/// A refusal of any rule, in words.
#[derive(Debug, Clone)]
pub(crate) struct WhyNot {
    kind: Kind,
    code: &'static str,
    /// The field of the command, as the refusal names it.
    field: Option<String>,
    clauses: Vec<ClauseId>,
    ja: String,
    en: String,
}

impl<R: Refusal> From<R> for WhyNot {
    fn from(refusal: R) -> Self {
        Self {
            kind: refusal.kind(),
            code: refusal.code(),
            field: refusal.field(),
            clauses: refusal.clauses(),
            ja: refusal.message_ja(),
            en: refusal.to_string(),
        }
    }
}

impl WhyNot {
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn clauses(&self) -> &[ClauseId] {
        &self.clauses
    }

    pub(crate) fn ja(&self) -> &str {
        &self.ja
    }

    pub(crate) fn en(&self) -> &str {
        &self.en
    }
}

/// A cell that is at fault, and the clauses that say so; none for a plain mistake in writing.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) cell: CellError,
    pub(crate) clauses: Vec<ClauseId>,
}

/// A row that a rule stands against.
pub(super) struct RefusedRow {
    pub(super) row: u32,
    pub(super) why: WhyNot,
}

/// Every fault of a file: cells that cannot be read, and rows that are refused, by row.
pub(super) fn faults(contents: &Contents, refused: Vec<RefusedRow>) -> Vec<Fault> {
    let unread = contents.bad.iter().map(|cell| Fault {
        cell: cell.clone(),
        clauses: Vec::new(),
    });
    let rows: HashMap<u32, Row<'_>> = if refused.is_empty() {
        HashMap::new()
    } else {
        let rows = contents.table.rows();
        rows.map(|row| (row.number(), row)).collect()
    };
    let refused = refused
        .into_iter()
        .filter_map(|refused| Some((*rows.get(&refused.row)?, refused.why)))
        .flat_map(|(row, why)| at_its_cell(contents, row, why));
    let mut all: Vec<_> = unread.chain(refused).collect();
    all.sort_by_key(|fault| fault.cell.row);
    all
}

fn at_its_cell(contents: &Contents, row: Row<'_>, why: WhyNot) -> Vec<Fault> {
    let field = why.field.as_deref().unwrap_or_default();
    let columns = (contents.columns)(field);
    // Of columns that say the same thing in different ways, the one this row says it in.
    let written = |column: &&&str| !sheet::line(row.cell(column)).is_empty();
    let column = columns.iter().find(written).or(columns.first());
    let column = column.copied().unwrap_or(contents.key);
    let mut reader = Reader::new(row);
    reader.refuse(column, Reason::new(why.code, why.ja, why.en));
    let cells = reader.into_errors().into_iter();
    cells
        .map(|cell| Fault {
            cell,
            clauses: why.clauses.clone(),
        })
        .collect()
}
