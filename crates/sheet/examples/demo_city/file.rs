//! One file of the city: its rows, the rows that are wrong on purpose, and its bytes.

use anyhow::{Context, Result, ensure};
use encoding_rs::SHIFT_JIS;

use crate::information;

/// How a file is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// CSV, UTF-8 with a byte order mark.
    Utf8Csv,
    /// CSV, Windows-31J.
    Cp932Csv,
    /// The ledger of information: a workbook with a title and headings two rows high.
    Workbook,
}

/// A cell that is wrong on purpose.
#[derive(Debug)]
pub(crate) struct Bad {
    pub(crate) row: usize,
    pub(crate) column: &'static str,
    pub(crate) value: String,
    pub(crate) ja: &'static str,
    pub(crate) en: &'static str,
}

#[derive(Debug)]
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) format: Format,
    pub(crate) headings: &'static [&'static str],
    pub(crate) rows: Vec<Vec<String>>,
    pub(crate) bad: Vec<Bad>,
}

impl File {
    pub(crate) fn new(
        name: &'static str,
        format: Format,
        headings: &'static [&'static str],
        rows: Vec<Vec<String>>,
    ) -> Self {
        Self {
            name,
            format,
            headings,
            rows,
            bad: Vec::new(),
        }
    }

    /// Rows above the data.
    pub(crate) fn above(&self) -> usize {
        match self.format {
            Format::Utf8Csv | Format::Cp932Csv => 1,
            Format::Workbook => 3,
        }
    }

    /// Puts in, as the `at`-th row of data from 0, a copy of the row there whose key (its first
    /// column) is `key` and whose `changes` are made; the first of them is what is wrong.
    ///
    /// To be called with growing `at`, so that rows already put in stay where they are.
    pub(crate) fn spoil(
        mut self,
        at: usize,
        key: &str,
        changes: &[(&'static str, &str)],
        (ja, en): (&'static str, &'static str),
    ) -> Self {
        let mut row = self.rows[at].clone();
        row[0] = key.to_owned();
        for (column, value) in changes {
            row[self.index(column)] = (*value).to_owned();
        }
        let column = changes
            .first()
            .map_or(self.headings[0], |(column, _)| column);
        self.bad.push(Bad {
            row: at + self.above() + 1,
            column,
            value: row[self.index(column)].clone(),
            ja,
            en,
        });
        self.rows.insert(at, row);
        self
    }

    fn index(&self, column: &str) -> usize {
        self.headings
            .iter()
            .position(|heading| *heading == column)
            .unwrap_or_else(|| panic!("{} has no column {column}", self.name))
    }

    /// The file as it is saved.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>> {
        let csv = || sheet::write_csv(self.headings, &self.rows);
        match self.format {
            Format::Utf8Csv => Ok(csv()),
            Format::Cp932Csv => {
                let text = String::from_utf8(csv()).context("CSV is UTF-8")?;
                let text = text.trim_start_matches('\u{feff}');
                let (bytes, _, unmappable) = SHIFT_JIS.encode(text);
                ensure!(!unmappable, "{} has a character outside CP932", self.name);
                Ok(bytes.into_owned())
            }
            Format::Workbook => information::workbook(self),
        }
    }
}

/// Cells from anything that reads as text.
pub(crate) fn cells<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.map(str::to_owned).to_vec()
}

/// ○ or ×.
pub(crate) fn mark(flag: bool) -> &'static str {
    if flag { "○" } else { "×" }
}

/// A date in one of the ways in use, the `way`-th.
pub(crate) fn dated(way: usize, year: i16, month: i8, day: i8) -> String {
    let reiwa = year - 2018;
    let era_began = (year, month) >= (2019, 5);
    let heisei = year - 1988;
    match (way % 5, era_began) {
        (0, true) if reiwa == 1 => format!("令和元年{month}月{day}日"),
        (0, true) => format!("令和{reiwa}年{month}月{day}日"),
        (0, false) => format!("平成{heisei}年{month}月{day}日"),
        (1, true) => format!("R{reiwa}.{month}.{day}"),
        (1, false) => format!("H{heisei}.{month}.{day}"),
        (2, _) => format!("{year}/{month}/{day}"),
        (3, _) => format!("{year}-{month:02}-{day:02}"),
        (_, true) => full_width(&format!("令和{reiwa}年{month}月{day}日")),
        (_, false) => full_width(&format!("平成{heisei}年{month}月{day}日")),
    }
}

/// Digits as some keyboards leave them.
pub(crate) fn full_width(text: &str) -> String {
    text.chars()
        .map(|c| match c.to_digit(10) {
            Some(digit) => char::from_u32('０' as u32 + digit).unwrap_or(c),
            None => c,
        })
        .collect()
}
