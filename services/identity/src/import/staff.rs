//! 職員表: members of staff.

use identity_domain::organisation::person;
use sheet::{Blank, Column, FileError, Layout, Reader};

use super::{
    Contents,
    row::{Row, begins, contents, id, over},
};

const NUMBER: &str = "職員番号";
const NAME: &str = "氏名";
const SECTION: &str = "所属コード";
const NON_REGULAR: &str = "会計年度任用";
const EMPLOYMENT: &str = "雇用区分";
const HIRED_ON: &str = "採用日";
const SINCE: &str = "異動日";
const LEAVES_ON: &str = "退職日";

/// Words for the kind of employment; true = non-regular.
const EMPLOYMENTS: &[(&str, bool)] = &[
    ("正規", false),
    ("会計年度任用", true),
    ("regular", false),
    ("non_regular", true),
];

const COLUMNS: &[Column] = &[
    Column::required(NUMBER, &["person_id"]),
    Column::required(NAME, &["名前", "name"]),
    Column::required(SECTION, &["課公所コード", "section_id"]),
    Column::optional(NON_REGULAR, &["会計年度任用職員", "non_regular"]),
    Column::optional(EMPLOYMENT, &["employment"]),
    Column::optional(HIRED_ON, &["hired_on"]),
    Column::optional(SINCE, &["発令日", "since"]),
    Column::optional(LEAVES_ON, &["離職日", "leaves_on"]),
];

pub(super) fn read(content: &[u8]) -> Result<Contents, FileError> {
    let key = |row: &Row| match row {
        Row::Person { entry, .. } => entry.id.to_string(),
        _ => String::new(),
    };
    let mut contents = contents(content, &Layout::new(COLUMNS), (NUMBER, key), columns, row)?;
    let numbers = contents
        .table
        .rows()
        .map(|row| sheet::line(row.cell(NUMBER)));
    contents.staff = Some(numbers.collect());
    Ok(contents)
}

fn columns(field: &str) -> &'static [&'static str] {
    match field {
        "section_id" => &[SECTION],
        "since" => &[SINCE],
        "leaves_on" => &[LEAVES_ON],
        _ => &[],
    }
}

fn row(cells: &mut Reader<'_>) -> Option<Row> {
    let number = cells.parse(NUMBER, id);
    let name = cells.text(NAME, 1..=200);
    let section = cells.parse(SECTION, id);
    let non_regular = cells.yes_no(NON_REGULAR, Blank::No);
    let employment = cells.optional(EMPLOYMENT, |cells, column| {
        cells.choice(column, EMPLOYMENTS)
    });
    let hired_on = cells.optional(HIRED_ON, Reader::date);
    let since = cells.optional(SINCE, Reader::date);
    let leaves_on = cells.optional(LEAVES_ON, Reader::date);
    Some(Row::Person {
        entry: person::Entry {
            id: number?,
            name: name?,
            section: section?,
            since: since?.and_then(begins),
            leaves_at: leaves_on?.and_then(over),
            non_regular: non_regular? || employment? == Some(true),
        },
        hired: hired_on?.and_then(begins),
    })
}
