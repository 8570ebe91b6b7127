//! The cells of a file before anything is known of their meaning, within the bounds.

use std::collections::BTreeMap;

use crate::{error::FileError, formula, layout::Limits};

/// The cells of one row that are not blank, by column from 0.
#[derive(Debug, Default)]
pub(crate) struct Line(BTreeMap<usize, String>);

impl Line {
    pub(crate) fn get(&self, column: usize) -> Option<&str> {
        self.0.get(&column).map(String::as_str)
    }

    pub(crate) fn columns(&self) -> impl Iterator<Item = usize> {
        self.0.keys().copied()
    }

    pub(crate) fn take(&mut self, column: usize) -> String {
        self.0.remove(&column).unwrap_or_default()
    }
}

/// All rows that are not blank, by row number from 1.
///
/// Kept sparse, so that memory follows what the file says and not where it says it.
#[derive(Debug)]
pub(crate) struct Lines {
    limits: Limits,
    size: usize,
    rows: BTreeMap<u32, Line>,
}

impl Lines {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            size: 0,
            rows: BTreeMap::new(),
        }
    }

    /// Keeps a cell, or refuses the file that has it.
    pub(crate) fn put(&mut self, row: u32, column: usize, text: &str) -> Result<(), FileError> {
        let text = formula::restore(text);
        if text.trim().is_empty() {
            return Ok(());
        }
        let Limits {
            unpacked,
            rows,
            columns,
            cell,
            ..
        } = self.limits;
        if column >= columns {
            return Err(FileError::TooManyColumns { row, max: columns });
        }
        if text.chars().nth(cell).is_some() {
            return Err(FileError::CellTooLong {
                row,
                column: number(column),
                max: cell,
            });
        }
        self.size += text.len();
        if self.size > unpacked {
            return Err(FileError::Expands { max: unpacked });
        }
        if !self.rows.contains_key(&row) && self.rows.len() == rows {
            return Err(FileError::TooManyRows { max: rows });
        }
        let line = self.rows.entry(row).or_default();
        line.0.insert(column, text.to_owned());
        Ok(())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &Line)> {
        self.rows.iter().map(|(row, line)| (*row, line))
    }

    /// The rows below `row`.
    pub(crate) fn below(mut self, row: u32) -> impl Iterator<Item = (u32, Line)> {
        self.rows.split_off(&row.saturating_add(1)).into_iter()
    }
}

/// A column as a person counts it, from 1.
pub(crate) fn number(column: usize) -> u32 {
    u32::try_from(column).unwrap_or(u32::MAX).saturating_add(1)
}
