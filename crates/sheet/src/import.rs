//! All rows of a table: the good ones as values, every bad cell of the others.

use std::{collections::HashMap, fmt::Display, hash::Hash};

use crate::{
    cell::Reason,
    reader::{CellError, Reader},
    table::Table,
};

/// A value and the row it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Good<T> {
    /// The row as Excel numbers it, from 1.
    pub row: u32,
    /// What the row says.
    pub value: T,
}

/// The outcome of reading every row. Whether good rows beside bad ones count is the caller's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import<T> {
    /// The rows without a bad cell, in the order of the file.
    pub good: Vec<Good<T>>,
    /// Every bad cell of every other row, by row.
    pub bad: Vec<CellError>,
}

impl Table {
    /// Reads every row with `read`, which gives `None` only after a cell was bad.
    pub fn import<T>(&self, mut read: impl FnMut(&mut Reader<'_>) -> Option<T>) -> Import<T> {
        let mut import = Import {
            good: Vec::with_capacity(self.rows().len()),
            bad: Vec::new(),
        };
        for row in self.rows() {
            let mut reader = Reader::new(row);
            let value = read(&mut reader);
            let errors = reader.into_errors();
            match value {
                Some(value) if errors.is_empty() => import.good.push(Good {
                    row: row.number(),
                    value,
                }),
                None if errors.is_empty() => import.bad.push(unexplained(row.number())),
                _ => import.bad.extend(errors),
            }
        }
        import
    }

    /// Moves to the bad every row whose `key`, read from `column`, an earlier good row has already.
    ///
    /// # Panics
    /// If the layout has no column of this name.
    pub fn unique<T, K: Eq + Hash + Display>(
        &self,
        import: Import<T>,
        column: &str,
        key: impl Fn(&T) -> K,
    ) -> Import<T> {
        let heading = self.heading(column);
        let Import { good, mut bad } = import;
        let mut first: HashMap<K, u32> = HashMap::new();
        let mut kept = Vec::with_capacity(good.len());
        for read in good {
            let key = key(&read.value);
            match first.get(&key) {
                Some(row) => {
                    let reason = duplicate(*row);
                    bad.push(CellError::new(read.row, heading, &key.to_string(), reason));
                }
                None => {
                    first.insert(key, read.row);
                    kept.push(read);
                }
            }
        }
        bad.sort_by_key(|error| error.row);
        Import { good: kept, bad }
    }
}

fn duplicate(row: u32) -> Reason {
    Reason::new(
        "cell_duplicate",
        format!("{row}行目と重複しています。"),
        format!("repeats row {row}"),
    )
}

fn unexplained(row: u32) -> CellError {
    let reason = Reason::new(
        "row_refused",
        "この行は取り込めません。",
        "this row cannot be imported",
    );
    CellError::new(row, "", "", reason)
}
