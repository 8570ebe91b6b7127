//! Cells that several tables have.

use std::str::FromStr;

use kernel::IdSyntax;
use sheet::{Reader, cell::Reason, line};

/// Longest name, in characters.
pub(super) const NAME: usize = 200;
/// Longest reason, in characters.
pub(super) const REASON: usize = 2_000;

/// An id that must be there.
pub(super) fn id<T: FromStr<Err = IdSyntax>>(cells: &mut Reader<'_>, column: &str) -> Option<T> {
    cells.parse(column, |cell| parse(&line(cell)))
}

/// An id that may be left blank.
pub(super) fn optional_id<T: FromStr<Err = IdSyntax>>(
    cells: &mut Reader<'_>,
    column: &str,
) -> Option<Option<T>> {
    cells.optional(column, id)
}

/// A list of ids; a blank cell is an empty one.
pub(super) fn ids<T: FromStr<Err = IdSyntax>>(
    cells: &mut Reader<'_>,
    column: &str,
    most: usize,
) -> Option<Vec<T>> {
    cells.parse(column, |cell| {
        let items = sheet::cell::list(cell, 0..=most, 64)?;
        items.iter().map(|item| parse(item)).collect()
    })
}

/// A reason that may be left blank.
pub(super) fn reason(cells: &mut Reader<'_>, column: &str) -> Option<Option<String>> {
    let text = cells.text(column, 0..=REASON)?;
    Some((!text.is_empty()).then_some(text))
}

fn parse<T: FromStr<Err = IdSyntax>>(text: &str) -> Result<T, Reason> {
    text.parse().map_err(|error| {
        let (code, ja) = match &error {
            IdSyntax::Empty => ("cell_required", "空欄にはできません。".to_owned()),
            IdSyntax::TooLong(n) => (
                "id_invalid",
                format!("{n}文字です。64文字以内にしてください。"),
            ),
            IdSyntax::Character(c) => (
                "id_invalid",
                format!("番号に使えない文字があります（{c:?}）。"),
            ),
        };
        Reason::new(code, ja, error.to_string())
    })
}
