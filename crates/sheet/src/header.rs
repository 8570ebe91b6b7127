//! Where the headings are, and which column of the file each expected column is.

use std::collections::BTreeSet;

use crate::{
    error::FileError,
    layout::Column,
    lines::{Line, Lines, number},
    normal,
};

/// Rows that are looked at; titles and notes above a table are shorter than this.
const SEARCHED: usize = 20;

/// One column of the file, with the spellings its heading may be matched by, best first.
struct Heading {
    column: usize,
    shown: String,
    spellings: Vec<String>,
}

/// The headings of a file matched with the expected columns.
pub(crate) struct Header {
    /// The last row of the headings; data is below.
    pub(crate) row: u32,
    /// For each expected column: its place in the file and its heading there.
    pub(crate) places: Vec<Option<(usize, String)>>,
    /// Headings that mean no expected column.
    pub(crate) unknown: Vec<(usize, String)>,
    /// Expected columns two headings mean: name, earlier and later place.
    twice: Option<(&'static str, usize, usize)>,
}

impl Header {
    /// How many expected columns have a heading.
    pub(crate) fn found(&self) -> usize {
        self.places.iter().flatten().count()
    }

    /// Refuses headings that lack a required column or have one twice.
    pub(crate) fn checked(self, columns: &[Column]) -> Result<Self, FileError> {
        let missing: Vec<String> = columns
            .iter()
            .zip(&self.places)
            .filter(|(column, place)| column.required && place.is_none())
            .map(|(column, _)| column.name.to_owned())
            .collect();
        if !missing.is_empty() {
            return Err(FileError::MissingColumns {
                row: (self.found() > 0).then_some(self.row),
                missing,
            });
        }
        match self.twice {
            Some((name, first, second)) => Err(FileError::DuplicateColumn {
                name: name.to_owned(),
                first: number(first),
                second: number(second),
            }),
            None => Ok(self),
        }
    }
}

/// The row, or pair of rows, whose headings match the most expected columns.
///
/// Of equals, a single row before a pair, then the higher one.
pub(crate) fn find(lines: &Lines, columns: &[Column]) -> Option<Header> {
    let names: Vec<Vec<String>> = columns
        .iter()
        .map(|column| {
            let all = std::iter::once(&column.name).chain(column.also);
            all.map(|name| normal::heading(name)).collect()
        })
        .collect();
    let rows: Vec<(u32, &Line)> = lines.iter().take(SEARCHED).collect();

    let single = rows.iter().map(|(row, line)| (*row, one_row(line)));
    let pairs = rows.windows(2).filter_map(|pair| match pair {
        [(upper, top), (lower, below)] if upper + 1 == *lower => {
            Some((*lower, two_rows(top, below)))
        }
        _ => None,
    });
    let mut best: Option<Header> = None;
    for (row, headings) in single.chain(pairs) {
        let header = matched(row, headings, columns, &names);
        if best
            .as_ref()
            .is_none_or(|best| header.found() > best.found())
        {
            best = Some(header);
        }
    }
    best
}

fn one_row(line: &Line) -> Vec<Heading> {
    let heading = |column| {
        let text = line.get(column)?;
        Some(Heading {
            column,
            shown: normal::line(text),
            spellings: vec![normal::heading(text)],
        })
    };
    line.columns().filter_map(heading).collect()
}

/// Headings of two rows, where a merged cell of the upper row leaves blanks to its right (a group
/// over several columns) or below it (a heading two rows high).
fn two_rows(top: &Line, below: &Line) -> Vec<Heading> {
    let columns: BTreeSet<usize> = top.columns().chain(below.columns()).collect();
    let mut group = "";
    let mut headings = Vec::with_capacity(columns.len());
    for column in columns {
        group = top.get(column).unwrap_or(group);
        let (shown, spellings) = match below.get(column) {
            None => (group, vec![normal::heading(group)]),
            Some(own) => {
                let own_spelling = normal::heading(own);
                let joined = normal::heading(group) + &own_spelling;
                (own, vec![joined, own_spelling])
            }
        };
        headings.push(Heading {
            column,
            shown: normal::line(shown),
            spellings,
        });
    }
    headings
}

fn matched(row: u32, headings: Vec<Heading>, columns: &[Column], names: &[Vec<String>]) -> Header {
    let mut header = Header {
        row,
        places: vec![None; columns.len()],
        unknown: Vec::new(),
        twice: None,
    };
    for heading in headings {
        let meant = heading.spellings.iter().find_map(|spelling| {
            names
                .iter()
                .position(|accepted| accepted.contains(spelling))
        });
        match meant {
            None => header.unknown.push((heading.column, heading.shown)),
            Some(index) => match &header.places[index] {
                None => header.places[index] = Some((heading.column, heading.shown)),
                Some((first, _)) => {
                    let twice = (columns[index].name, *first, heading.column);
                    header.twice.get_or_insert(twice);
                }
            },
        }
    }
    header
}
